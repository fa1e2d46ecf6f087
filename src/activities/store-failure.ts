import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { KeyMissing } from '../secrets/box.js';
import { StoreUnavailable } from '../store/watched-store.js';

/** The failure for a document store that no case can use now, or whose key is missing; undefined for any other error. */
export function storeFailure(error: unknown, details: FailureDetails): ApplicationFailure | undefined {
  if (error instanceof StoreUnavailable)
    return ApplicationFailure.retryable(error.message, FAILURES.documentStore, details);
  if (error instanceof KeyMissing) return ApplicationFailure.retryable(error.message, FAILURES.keys, details);
  return undefined;
}
