import proto from '@temporalio/proto';
import { READ_AHEAD } from '../../src/workflows/query-ahead.js';

type Events = proto.temporal.api.history.v1.IHistoryEvent[] | null | undefined;

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** The SDK's, of a worker whose copy of a case others have gone on with, local calls and all: it forgets the copy and reads the history. */
const STALE_COPY = 'Attempted to check for LA marker handling in invalid state';

/** Why a history's workflow tasks failed, and how often a task was given up in a way that mends itself: the next one took its place. */
export function failedTasks(events: Events): { why: string[]; builtAnew: number } {
  const failed = (events ?? []).flatMap(
    ({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes ?? [],
  );
  const others = failed.filter(
    ({ cause, failure }) =>
      // A message that came as the case ended: the server wants it taken in first.
      cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND &&
      failure?.applicationFailureInfo?.type !== READ_AHEAD &&
      !failure?.message?.includes(STALE_COPY),
  );
  return {
    why: others.map(({ cause, failure }) => `${WorkflowTaskFailedCause[cause!]} ${failure?.message ?? ''}`),
    builtAnew: failed.length - others.length,
  };
}
