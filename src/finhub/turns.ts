import { setTimeout as pause } from 'node:timers/promises';
import { FinHubError } from './error.js';

/**
 * Lets the tries of one logical operation come one after the other in this process: a reset starts a second while the first is still under
 * way. After an unclear try the next one waits, since FinHub may still be at work on it and what is read back too early shows nothing.
 */
export class Turns {
  readonly #settleMs: number;
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param settleMs how long FinHub may be at work after an unclear try, in milliseconds */
  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** Runs `work` once all that came before it under the same key has ended and settled. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before ? before.then(work) : work();
    const settled = mine.catch((error: unknown) =>
      error instanceof FinHubError && error.unclear ? pause(this.#settleMs, undefined, { ref: false }) : undefined,
    );
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return mine;
  }
}
