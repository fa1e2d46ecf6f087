import type { Logger } from 'pino';
import type { LogWriter } from './log-writer.js';

/** Exit code of a worker that did not end in time; Temporal gives its unfinished work to another one. 0 is a normal end, 1 a failure. */
export const EXIT_FORCED = 3;

const LAST_WORDS_MS = 200;

/** The signals on which the SDK ends a worker. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const;

/**
 * Ends a worker within `seconds` of being asked, whatever delays it: a call that ignores its cancellation, a Temporal server that does not
 * respond, for which the SDK alone waits another 30 s, or a log that nobody reads.
 */
export function forceEnd(seconds: number, logger: Logger, log: LogWriter): void {
  const asked = (): void => {
    for (const signal of SIGNALS) process.off(signal, asked);
    setTimeout(() => {
      logger.error({ seconds }, 'worker ended by force: it did not finish in time');
      void log.flush(LAST_WORDS_MS).then(() => {
        // The process would wait for a thread that hangs in a write.
        if (log.isStuck) process.kill(process.pid, 'SIGKILL');
        process.exit(EXIT_FORCED);
      });
    }, seconds * 1000).unref();
  };
  for (const signal of SIGNALS) process.on(signal, asked);
}
