import type { Logger } from 'pino';
import type { LogWriter } from './log-writer.js';

/** Exit code of a worker that did not end in time. What it left unfinished Temporal gives to another one; 0 is a good end, 1 a failure. */
export const EXIT_FORCED = 3;

const LAST_WORDS_MS = 200;

/** Signals that the SDK ends a worker on. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const;

/**
 * Sees to it that a worker which is asked to end does so within `seconds`, whatever holds it up: a call that takes no notice of its
 * cancellation, a Temporal server that does not answer, for which the SDK alone waits 30 s more, or a log that nobody reads.
 */
export function forceEnd(seconds: number, logger: Logger, log: LogWriter): void {
  const asked = (): void => {
    for (const signal of SIGNALS) process.off(signal, asked);
    setTimeout(() => {
      logger.error({ seconds }, 'worker ended by force: it was not done in time');
      void log.flush(LAST_WORDS_MS).then(() => {
        // A thread that hangs in a write would be waited for.
        if (log.isStuck) process.kill(process.pid, 'SIGKILL');
        process.exit(EXIT_FORCED);
      });
    }, seconds * 1000).unref();
  };
  for (const signal of SIGNALS) process.on(signal, asked);
}
