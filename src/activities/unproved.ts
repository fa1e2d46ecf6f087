import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type FailureDetails, FAILURES } from '../lifecycle/failures.js';
import type { Signable } from '../lifecycle/proof-rules.js';

/** A message as its envelope signs it. */
export interface Unverified {
  name: Signable;
  bodyHash: string;
  proof: string | undefined;
}

/** Nothing was sent. `notCounting` are the decisions that have to be taken anew. */
export function unproved(why: string, notCounting: string[] = []): ApplicationFailure {
  const details: FailureDetails = { operation: activityInfo().activityType, notCounting };
  return ApplicationFailure.nonRetryable(why, FAILURES.unproved, details);
}
