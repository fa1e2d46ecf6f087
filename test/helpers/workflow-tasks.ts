import proto from '@temporalio/proto';
import { READ_AHEAD } from '../../src/workflows/query-ahead.js';

type Events = proto.temporal.api.history.v1.IHistoryEvent[] | null | undefined;

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** The SDK's, of a worker whose copy of a case others have gone on with, local calls and all: it forgets the copy and reads the history. */
const STALE_COPY = 'Attempted to check for LA marker handling in invalid state';

/** Why a history's workflow tasks failed, and how often a worker gave up its copy of the case and built it anew, which mends itself. */
export function failedTasks(events: Events): { why: string[]; builtAnew: number } {
  const failed = (events ?? []).flatMap(
    ({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes ?? [],
  );
  const others = failed.filter(
    ({ failure }) => failure?.applicationFailureInfo?.type !== READ_AHEAD && !failure?.message?.includes(STALE_COPY),
  );
  return {
    why: others.map(({ cause, failure }) => `${WorkflowTaskFailedCause[cause!]} ${failure?.message ?? ''}`),
    builtAnew: failed.length - others.length,
  };
}
