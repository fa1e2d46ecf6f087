import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import { FinHubError } from './error.js';

/** The result of a request; `outage` if the host itself seems to be down. */
export type Outcome = { payload: unknown } | { error: FinHubError; outage: boolean };

/** After this many requests in a row without a response, or with a 5xx, the host gets a pause. */
export const TRIES_BEFORE_PAUSE = 10;

/** Pauses requests to a host that is down, then sends one to see whether it is back. */
export class Breaker {
  readonly #pauseMs: number;
  readonly #circuit;
  #openedAt = 0;

  /** @param pauseMs length of a pause in milliseconds */
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

  /** Runs a request, or fails without sending it. A request that was not sent is never unclear, and can be tried after the pause. */
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
