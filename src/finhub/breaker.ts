import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import { FinHubError } from './error.js';

/** What a request came to; `outage` when the host itself seems to be down. */
export type Outcome = { payload: unknown } | { error: FinHubError; outage: boolean };

/** Requests in a row without an answer, or with a 5xx, after which a host is left alone. */
export const TRIES_BEFORE_PAUSE = 10;

/** Leaves a host alone for a while that is down, instead of hammering it; then one request finds out whether it is back. */
export class Breaker {
  readonly #pauseMs: number;
  readonly #circuit;
  #openedAt = 0;

  /** @param pauseMs how long the host is left alone, in milliseconds */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
    this.#circuit = circuitBreaker(
      handleWhenResult((outcome) => 'outage' in (outcome as Outcome) && (outcome as { outage: boolean }).outage),
      { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(TRIES_BEFORE_PAUSE) },
    );
    this.#circuit.onBreak(() => {
      this.#openedAt = Date.now();
    });
  }

  /** Runs a request, or says that it was not sent: then nothing is unclear, and a retry waits until the host is asked again. */
  async run(operation: string, request: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await this.#circuit.execute(request);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      const retryAfterMs = Math.max(0, this.#openedAt + this.#pauseMs - Date.now());
      const why = `not sent: the last ${TRIES_BEFORE_PAUSE} requests to the host failed`;
      return { error: new FinHubError('unreachable', operation, why, { retryAfterMs }), outage: true };
    }
  }
}
