import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type FailureDetails, FAILURES } from '../lifecycle/failures.js';
import type { Signable } from '../lifecycle/proof-rules.js';

/** A message and its envelope, not yet verified. */
export interface Unverified {
  name: Signable;
  bodyHash: string;
  proof: string | undefined;
}

/** The failure for a missing proof; nothing was sent. `notCounting` are the decisions that must be made again. */
export function unproved(why: string, notCounting: string[] = []): ApplicationFailure {
  const details: FailureDetails = { operation: activityInfo().activityType, notCounting };
  return ApplicationFailure.nonRetryable(why, FAILURES.unproved, details);
}
