import { setTimeout as pause } from 'node:timers/promises';
import { FinHubError } from './error.js';

/**
 * Runs the tries of one call one after the other in this process: a workflow reset can start a second try while the first is under way.
 * After an unclear try the next one waits, because FinHub may still be working on it and reading back too early shows nothing.
 */
export class Turns {
  readonly #quietMs: number;
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param quietMs how long FinHub may still work on an unclear try, in milliseconds */
  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  /** Runs `work` after all earlier work under the same key has ended, with a pause after an unclear try. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before ? before.then(work) : work();
    const ended = mine.catch((error: unknown) =>
      error instanceof FinHubError && error.unclear ? pause(this.#quietMs, undefined, { ref: false }) : undefined,
    );
    this.#last.set(key, ended);
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    return mine;
  }
}
