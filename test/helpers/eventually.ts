import { setTimeout as sleep } from 'node:timers/promises';

/** Between looks, milliseconds: longer from one to the next, since each is work for the machine that is waited for. */
const PAUSES = { first: 25, growth: 1.3, longest: 150 };

/**
 * Looks until there is something to see, and returns it; `undefined` and `false` are nothing.
 * @throws Error with `what` and the last look's own error, after the deadline
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let last: unknown, pause = PAUSES.first; ; pause = Math.min(pause * PAUSES.growth, PAUSES.longest)) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
    await sleep(pause);
  }
}
