import proto from '@temporalio/proto';
import { READ_AHEAD } from '../../src/workflows/query-ahead.js';

type Events = proto.temporal.api.history.v1.IHistoryEvent[] | null | undefined;

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** Why a history's workflow tasks failed, and how often it was built anew after a question, which mends itself. */
export function failedTasks(events: Events): { why: string[]; builtAnew: number } {
  const failed = (events ?? []).flatMap(
    ({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes ?? [],
  );
  const others = failed.filter(({ failure }) => failure?.applicationFailureInfo?.type !== READ_AHEAD);
  return {
    why: others.map(({ cause, failure }) => `${WorkflowTaskFailedCause[cause!]} ${failure?.message ?? ''}`),
    builtAnew: failed.length - others.length,
  };
}
