import type { Requirement } from './requirement.js';

/** Failure types of activities, by FinHub's response. docs/reference/failures.md says what follows. */
export const FAILURES = {
  /** Refused, reset or timed out before a response; retried by class. */
  unreachable: 'FinHubUnreachable',
  /** HTTP 429; retried after the time FinHub names. */
  rateLimited: 'FinHubRateLimited',
  /** HTTP 5xx; retried by class. */
  unavailable: 'FinHubUnavailable',
  /** 401 although the session was renewed, or a refused login. */
  unauthorized: 'FinHubUnauthorized',
  /** FinHub refuses a login of the service itself. The case is not at fault, and continues once the login works. */
  serviceLogin: 'FinHubLoginRefused',
  /** 400 or 422, with field errors where FinHub gives them. */
  invalidRequest: 'FinHubInvalidRequest',
  /** No request could carry the case's data, and nothing was sent: our fault; a retry does not help. */
  unsendable: 'RequestUnsendable',
  forbidden: 'FinHubForbidden',
  notFound: 'FinHubNotFound',
  /** 409 that could not be proved to be our own doing. */
  conflict: 'FinHubConflict',
  /** A response that does not fit its schema; we guess nothing. */
  unexpectedAnswer: 'FinHubUnexpectedAnswer',
  /** The request may have taken effect, and no documented look-up can show it. */
  unclear: 'FinHubUnclear',
  /** A polled object does not exist yet; expected, its retries are the polling. */
  awaiting: 'AwaitingFinHub',
  /** The categorization does not fit FinHub's hierarchy; the field errors say where. */
  categorization: 'CategorizationInvalid',
  /** FinHub's hierarchy prohibits customers in this category. */
  prohibited: 'RiskProhibited',
  /** Its proof was not valid when it was checked again; `notCounting` names the decisions. Nothing was sent. */
  unproved: 'NotProved',
  /** A document is missing from the store or does not match its reference. */
  document: 'DocumentUnavailable',
  /** The document store does not respond, or is not the one used so far; retried until it is back. */
  documentStore: 'DocumentStoreUnavailable',
  /** Something is encrypted with a key that is not in this worker's key ring; retried until a worker has it. */
  keys: 'KeyMissing',
} as const;

/**
 * Failures with one cause for many cases, which whoever runs the service must fix: retried slowly without end. The worker raises one alarm;
 * asking a person in each case would not help.
 */
export const PAUSING: ReadonlySet<string> = new Set([FAILURES.serviceLogin, FAILURES.documentStore, FAILURES.keys]);

/** Failures that may pass: retried slowly while the case shows that it waits for FinHub. Then a person decides, except for {@link PAUSING}. */
export const RETRYABLE: ReadonlySet<string> = new Set([
  ...PAUSING,
  FAILURES.unreachable,
  FAILURES.rateLimited,
  FAILURES.unavailable,
]);

/** An error that FinHub found in one field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

/** `details[0]` of every failure of an activity. Only `said` and the field errors may contain personal data. */
export interface FailureDetails {
  operation: string;
  status?: number | undefined;
  fieldErrors?: FieldError[] | undefined;
  /** FinHub's explanation; may contain personal data, so it is never logged. */
  said?: string | undefined;
  /** The request may have reached FinHub, but no response came. */
  unclear?: boolean | undefined;
  /** An earlier try may have reached FinHub, and this one did not disprove it. */
  earlierUnclear?: boolean | undefined;
  /** Ids of the decisions that do not count (any more). */
  notCounting?: string[] | undefined;
  /** Milliseconds until another try makes sense, if known. */
  retryAfterMs?: number | undefined;
}

/** How a call failed, as the case remembers it. */
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
