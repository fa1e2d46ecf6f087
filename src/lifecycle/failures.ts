import type { Requirement } from './requirement.js';

/** Failure types that activities throw, by what came back from FinHub. What then follows: docs/reference/failures.md. */
export const FAILURES = {
  /** Refused, reset or timed out before an answer; retried by class. */
  unreachable: 'FinHubUnreachable',
  /** HTTP 429; retried after the time FinHub names. */
  rateLimited: 'FinHubRateLimited',
  /** HTTP 5xx; retried by class. */
  unavailable: 'FinHubUnavailable',
  /** 401 although the session was renewed, or a refused login. */
  unauthorized: 'FinHubUnauthorized',
  /** FinHub refuses a login of the service itself: nothing is wrong with the case, which goes on once the login works. */
  serviceLogin: 'FinHubLoginRefused',
  /** 400 or 422, with field errors where FinHub gives them. */
  invalidRequest: 'FinHubInvalidRequest',
  /** The request could not be made of what the case has, and nothing was sent: a fault of ours, which no retry heals. */
  unsendable: 'RequestUnsendable',
  forbidden: 'FinHubForbidden',
  notFound: 'FinHubNotFound',
  /** 409 that could not be proved to be our own doing. */
  conflict: 'FinHubConflict',
  /** An answer the response schema refuses; nothing is guessed. */
  unexpectedAnswer: 'FinHubUnexpectedAnswer',
  /** The request may have taken effect, and nothing documented can tell. */
  unclear: 'FinHubUnclear',
  /** A polled object is not there yet; benign, its retries are the polling. */
  awaiting: 'AwaitingFinHub',
  /** The application's categorization is not one of FinHub's hierarchy; the field errors say what does not fit. */
  categorization: 'CategorizationInvalid',
  /** FinHub's hierarchy says of the category that its customers are not taken on. */
  prohibited: 'RiskProhibited',
  /** What it was to act on did not stand when it was judged again; `notCounting` names the decisions. Nothing was sent. */
  unproved: 'NotProved',
  /** A document is missing from the store or is not what its reference says. */
  document: 'DocumentUnavailable',
  /** The document store does not answer, or is not the one that this service has used so far; retried until it is back. */
  documentStore: 'DocumentStoreUnavailable',
  /** Something was encrypted with a key that this worker's key ring lacks; retried until a worker has it. */
  keys: 'KeyMissing',
} as const;

/**
 * Failures with one cause for many cases, which lies with whoever runs the service: retried slowly without end. An alarm of the worker tells
 * of them once; what each case could ask a person is of no help.
 */
export const PAUSING: ReadonlySet<string> = new Set([FAILURES.serviceLogin, FAILURES.documentStore, FAILURES.keys]);

/** Failures that time may heal: retried slowly while the case says that it waits for FinHub, and, but for {@link PAUSING}, then handed to a person. */
export const RETRYABLE: ReadonlySet<string> = new Set([
  ...PAUSING,
  FAILURES.unreachable,
  FAILURES.rateLimited,
  FAILURES.unavailable,
]);

/** A fault FinHub found in one field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

/** `details[0]` of every failure an activity throws; only `said` and the field errors may tell about people. */
export interface FailureDetails {
  operation: string;
  status?: number | undefined;
  fieldErrors?: FieldError[] | undefined;
  /** What FinHub said, in its own words; it may tell about people, and stays out of logs. */
  said?: string | undefined;
  /** The request may have reached FinHub and no answer came. */
  unclear?: boolean | undefined;
  /** An earlier try may have reached FinHub, and this one did not show that it had no effect. */
  earlierUnclear?: boolean | undefined;
  /** Ids of the decisions that do not count (any more). */
  notCounting?: string[] | undefined;
  /** Milliseconds until another try is of use, where that is known. */
  retryAfterMs?: number | undefined;
}

/** How a call failed, as the case keeps it. */
export interface CallFailure {
  type: string;
  message: string;
  fieldErrors?: FieldError[] | undefined;
  /** The request may have taken effect. */
  unclear?: boolean | undefined;
  /** An earlier try may have. */
  earlierUnclear?: boolean | undefined;
  retryAfterMs?: number | undefined;
  /** Ids of the decisions that do not count. */
  notCounting?: string[] | undefined;
  missing?: readonly Requirement[] | undefined;
}
