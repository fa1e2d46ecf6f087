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
 * A FinHub call that did not end in a usable answer. Its message names the operation and what came back, never what was sent: it ends up in
 * Temporal's history and in logs.
 */
export class FinHubError extends Error {
  readonly kind: FinHubErrorKind;
  readonly operation: string;
  readonly status: number | undefined;
  readonly fieldErrors: FieldError[];
  /** What FinHub said, shortened. It may tell about people, so it is no part of the message, which ends up in logs. */
  readonly said: string | undefined;
  /** The request may have taken effect at FinHub. */
  readonly unclear: boolean;
  /** When FinHub asks to be called again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
  /** The next try must know that this one had no effect, so it is for the case to make, not for a retry of the same activity. */
  onceOnly = false;
  /** An earlier try may have taken effect, and this one did not show that it had none. */
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
