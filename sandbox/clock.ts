import type { State } from './state.js';

/** The sandbox's time: the machine's time plus an offset that only grows, stored in the state. */
export class Clock {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + Number(this.#state.settings.get('clock-offset')?.value ?? 0);
  }

  /** Moves the time forward by `ms` (at least 0). */
  advance(ms: number): void {
    const offset = this.now() - Date.now() + ms;
    this.#state.settings.put({ id: 'clock-offset', value: String(Math.round(offset)) });
  }
}

/** `ms` as FinHub prints most times: ISO 8601, UTC, milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
