import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { FAILURES, type CallFailure, type FailureDetails } from '../lifecycle/failures.js';

/** What an activity's failure says; a timeout of ours may have reached FinHub and counts as no answer. */
export function failureOf(error: unknown): CallFailure {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure) {
    const details = cause.details?.[0] as FailureDetails | undefined;
    const { fieldErrors, said, unclear, earlierUnclear, retryAfterMs, notCounting } = details ?? {};
    return {
      type: cause.type ?? 'Unknown',
      // FinHub's words are for people; the failure's own message is what logs show.
      message: said === undefined ? cause.message : `${cause.message} (${said})`,
      fieldErrors,
      unclear,
      earlierUnclear,
      retryAfterMs,
      notCounting,
    };
  }
  const message = cause instanceof Error ? cause.message : 'no answer in time';
  return { type: FAILURES.unreachable, message, unclear: true };
}

/** What stands behind a failure of Temporal's. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}
