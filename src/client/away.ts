import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { WaitingOn } from '../lifecycle/case-state.js';
import { RETRYABLE } from '../lifecycle/failures.js';

type Time = { seconds?: unknown; nanos?: number | null } | null | undefined;

/**
 * What a case waits for while Temporal retries a call: the case itself only learns of it after about five minutes. The type of a failure is
 * readable without keys; its message is not.
 */
export function callTriedAgain({ raw }: WorkflowExecutionDescription): WaitingOn | undefined {
  for (const { attempt, activityType, lastFailure, scheduledTime } of raw.pendingActivities ?? []) {
    const failure = lastFailure?.applicationFailureInfo?.type ?? '';
    if ((attempt ?? 1) < 2 || !RETRYABLE.has(failure)) continue;
    const since = timeOf(scheduledTime) ?? new Date();
    return { who: 'finhub', what: `${activityType?.name} to succeed: ${failure}`, since: since.toISOString() };
  }
  return undefined;
}

function timeOf(time: Time): Date | undefined {
  return time ? new Date(Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6) : undefined;
}
