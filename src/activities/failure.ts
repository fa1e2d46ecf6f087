import { activityInfo, cancellationSignal, cancelled } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { FinHubClient } from '../finhub/client.js';
import { FinHubError } from '../finhub/error.js';
import { KeyMissing } from '../secrets/box.js';
import { FAILURES, RETRYABLE, type FailureDetails, type FieldError } from '../lifecycle/failures.js';

/**
 * Runs a call for a tenant and turns errors into the typed failures that workflows handle.
 * @throws ApplicationFailure with a type of `lifecycle/failures.ts` and {@link FailureDetails}
 */
export async function failing<T>(
  { operation }: { operation: string },
  client: FinHubClient,
  tenantId: string,
  work: () => Promise<T>,
): Promise<T> {
  if (tenantId !== client.tenantId) {
    throw ApplicationFailure.nonRetryable('this worker has no credentials for the tenant', FAILURES.forbidden, {
      operation,
    } satisfies FailureDetails);
  }
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyMissing) {
      throw ApplicationFailure.retryable(error.message, FAILURES.keys, { operation } satisfies FailureDetails);
    }
    if (!(error instanceof FinHubError)) throw error;
    // A cancelled request is not FinHub's failure: throw the SDK's own error instead.
    if (cancellationSignal().aborted) await cancelled();
    throw toFailure(error, operation, client.timeoutMs);
  }
}

function toFailure(error: FinHubError, operation: string, timeoutMs: number): ApplicationFailure {
  const type = FAILURES[error.kind];
  // FinHub may still be working on an unclear try, and reading back too early shows nothing.
  const wait = error.unclear ? Math.max(timeoutMs, error.retryAfterMs ?? 0) : error.retryAfterMs;
  const details: FailureDetails = {
    operation,
    status: error.status,
    fieldErrors: error.fieldErrors,
    ...(error.said !== undefined && { said: error.said }),
    unclear: error.unclear,
    ...(error.earlierUnclear && { earlierUnclear: true }),
    retryAfterMs: wait,
  };
  return ApplicationFailure.create({
    message: error.message,
    type,
    nonRetryable: error.onceOnly || !(RETRYABLE.has(type) || isWorthAnotherLook(error)),
    details: [details],
    ...(wait === undefined ? {} : { nextRetryDelay: wait }),
  });
}

/** Whether to retry after an unreadable response: the next try reads back what this one did, by the call's class. */
function isWorthAnotherLook({ kind, status = 200 }: FinHubError): boolean {
  return kind === 'unexpectedAnswer' && status < 300;
}

/** A poll has no result yet. That is expected, so it is neither logged nor counted as a failure. */
export function notYet(what: string, fieldErrors: FieldError[] = []): ApplicationFailure {
  return ApplicationFailure.create({
    message: what,
    type: FAILURES.awaiting,
    details: [{ operation: activityInfo().activityType, fieldErrors } satisfies FailureDetails],
    category: ApplicationFailureCategory.BENIGN,
  });
}
