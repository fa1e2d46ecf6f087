import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Outcome } from '../lifecycle/case-state.js';

/** A case whose workflow ended without the case's doing. */
export interface Stopped {
  how: 'terminated' | 'failed' | 'timed out';
  at: string;
  /** Who terminated it, as Temporal names them. */
  by: string | null;
  /** What they gave for a reason, or what the workflow failed with. */
  reason: string | null;
}

const HOW: Partial<Record<string, Stopped['how']>> = {
  TERMINATED: 'terminated',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
};

/** A stopped workflow still answers queries with what it last knew, and never learns of its end. */
export function howStopped({
  status,
  closeTime,
}: WorkflowExecutionDescription): Pick<Stopped, 'how' | 'at'> | undefined {
  const how = HOW[status.name];
  return how && { how, at: closeTime!.toISOString() };
}

/** The outcome of a case that never came to one of its own, for whoever may see its status. */
export function outcomeOf({ how, at }: Pick<Stopped, 'how' | 'at'>): Outcome {
  return { result: 'aborted', at, reason: `the workflow was ended in Temporal (${how})` };
}

/** By whom and why a workflow was stopped, from the last event of its history. */
export async function whoStopped(temporal: Client, workflowId: string): Promise<Pick<Stopped, 'by' | 'reason'>> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace: temporal.options.namespace,
    execution: { workflowId },
    historyEventFilterType: proto.temporal.api.enums.v1.HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
  });
  const event = history?.events?.at(-1);
  const terminated = event?.workflowExecutionTerminatedEventAttributes;
  const failure = event?.workflowExecutionFailedEventAttributes?.failure;
  return {
    by: terminated?.identity || null,
    reason: terminated?.reason || failure?.applicationFailureInfo?.type || null,
  };
}
