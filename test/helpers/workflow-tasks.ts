import proto from '@temporalio/proto';
import { READ_AHEAD } from '../../src/workflows/query-ahead.js';

type Events = proto.temporal.api.history.v1.IHistoryEvent[] | null | undefined;

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

const { WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND: MESSAGE_AT_THE_END } = WorkflowTaskFailedCause;

/**
 * Why a history's workflow tasks failed, and why a worker gave up its copy of the case and built it anew, which mends itself. A task that the
 * server gives back, since a message came as it was to end the run, is no failure.
 */
export function failedTasks(events: Events): { why: string[]; builtAnew: string[] } {
  const failed = (events ?? [])
    .flatMap(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes ?? [])
    .filter(({ cause }) => cause !== MESSAGE_AT_THE_END)
    .map(({ cause, failure }) => ({
      isMended: failure?.applicationFailureInfo?.type === READ_AHEAD,
      text: `${WorkflowTaskFailedCause[cause!]} ${failure?.message ?? ''}`,
    }));
  const textsOf = (isMended: boolean) => failed.filter((one) => one.isMended === isMended).map(({ text }) => text);
  return { why: textsOf(false), builtAnew: textsOf(true) };
}
