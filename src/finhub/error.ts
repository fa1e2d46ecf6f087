import type { FieldError } from '../lifecycle/failures.js';

export type FinHubErrorKind =
  | 'unreachable'
  | 'rateLimited'
  | 'unavailable'
  | 'unauthorized'
  | 'serviceLogin'
  | 'invalidRequest'
  | 'unsendable'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'unexpectedAnswer'
  | 'unclear';

/**
 * A failed FinHub call. Its message names the operation and the response, never the request: it ends up in Temporal's history and in
 * logs.
 */
export class FinHubError extends Error {
  readonly kind: FinHubErrorKind;
  readonly operation: string;
  readonly status: number | undefined;
  readonly fieldErrors: FieldError[];
  /** FinHub's explanation, shortened. Not part of the message, because it may contain personal data and messages are logged. */
  readonly said: string | undefined;
  /** The request may have taken effect at FinHub. */
  readonly unclear: boolean;
  /** How long FinHub asks us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Temporal must not retry this: the case makes the next try, which has to know that this one had no effect. */
  onceOnly = false;
  /** An earlier try may have taken effect, and this one did not disprove it. */
  earlierUnclear = false;

  constructor(
    kind: FinHubErrorKind,
    operation: string,
    message: string,
    more: {
      status?: number | undefined;
      fieldErrors?: FieldError[];
      said?: string | undefined;
      unclear?: boolean;
      retryAfterMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(`${operation}: ${message}`, { cause: more.cause });
    this.name = 'FinHubError';
    this.kind = kind;
    this.operation = operation;
    this.status = more.status;
    this.fieldErrors = more.fieldErrors ?? [];
    this.said = more.said;
    this.unclear = more.unclear ?? false;
    this.retryAfterMs = more.retryAfterMs;
  }
}
