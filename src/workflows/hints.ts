import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { afterLook, fullAllowance, untilAllowed } from '../lifecycle/hints.js';

/**
 * Hints that there is news at FinHub. They are no facts: all that they do is to end the pause before the next look. Whoever looks at FinHub
 * anyway misses none, so they count only while somebody waits for the next look.
 */
export class Hints {
  #watchers = 0;
  #hasCome = false;
  #allowance = fullAllowance(Date.now());

  /** One has come. */
  come(): void {
    this.#hasCome = this.#watchers > 0;
  }

  /** Sleeps until the time is over or a hint may be followed; whether it was a hint. */
  sleep(ms: number, summary: string): Promise<boolean> {
    return this.#watched(async () => {
      const end = Date.now() + ms;
      if (!(await condition(() => this.#hasCome, ms, { summary }))) return false;
      const pause = Math.min(untilAllowed(this.#allowance, Date.now()), end - Date.now());
      if (pause > 0) await sleep(pause, { summary: PAUSE });
      this.#follow();
      return true;
    });
  }

  /** Polls, and begins anew with each hint. */
  watching<T>(hintedFirst: boolean, poll: (hinted: boolean) => Promise<T>): Promise<T> {
    return this.#watched(async () => {
      for (let hinted = hintedFirst; ; hinted = true) {
        const settled = await this.#untilHinted(() => poll(hinted));
        if (settled) return settled.value;
        this.#follow();
      }
    });
  }

  /** What the poll came to, or undefined where a hint ended it. */
  async #untilHinted<T>(poll: () => Promise<T>): Promise<{ value: T } | undefined> {
    let settled: { value: T } | { error: unknown } | undefined;
    const scope = new CancellationScope();
    const asked = scope.run(poll).then(
      (value) => (settled = { value }),
      (error: unknown) => (settled = { error }),
    );
    const isOver = (): boolean => settled !== undefined;
    let isHinted = false;
    try {
      await condition(() => isOver() || this.#hasCome);
      const pause = isOver() ? 0 : untilAllowed(this.#allowance, Date.now());
      if (pause > 0) await condition(isOver, pause, { summary: PAUSE });
      if (!isOver()) {
        isHinted = true;
        scope.cancel();
      }
    } finally {
      // Whatever cancelled the case has cancelled the poll with it.
      await asked;
    }
    if ('value' in settled!) return settled;
    if (isHinted && isCancellation(settled!.error)) return undefined;
    throw settled!.error;
  }

  #follow(): void {
    this.#hasCome = false;
    this.#allowance = afterLook(this.#allowance, Date.now());
  }

  async #watched<T>(work: () => Promise<T>): Promise<T> {
    this.#watchers += 1;
    try {
      return await work();
    } finally {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#hasCome = false;
    }
  }
}

const PAUSE = 'many webhooks have come; waits before it looks once more';
