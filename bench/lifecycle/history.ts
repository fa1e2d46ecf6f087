import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;

/** What a history tells of a lifecycle; times in milliseconds, `startedAt` since 1970. */
export interface History {
  events: number;
  bytes: number;
  startedAt: number;
  toReviewMs: number;
  fromDecisionMs: number;
}

/** The wait for the operator ends with the signal; it began with what was written last before it. */
export async function historyOf(lifecycle: WorkflowHandle): Promise<History> {
  const { events } = await lifecycle.fetchHistory();
  const { raw } = await lifecycle.describe();
  const times = events!.map(({ eventTime }) => Number(eventTime!.seconds) * 1000 + eventTime!.nanos! / 1e6);
  const decided = events!.findIndex(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  return {
    events: times.length,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    startedAt: times[0]!,
    toReviewMs: times[decided - 1]! - times[0]!,
    fromDecisionMs: times.at(-1)! - times[decided]!,
  };
}
