import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import { isOutcome, type Outcome } from '../lifecycle/outcome.js';
import { START_NOT_PROVED } from '../lifecycle/proof-rules.js';
import { readPayloads } from '../temporal/payloads.js';

/** A case whose workflow was ended from outside. */
export interface Stopped {
  how:
    'terminated' | 'failed' | 'timed out' | 'cancelled' | 'completed by somebody else' | 'replaced by another workflow';
  at: string;
  /** Who ended it, by Temporal's name. */
  by: string | null;
  /** The given reason, or the workflow's failure. */
  reason: string | null;
}

/** How a run ended: normally, with an outcome, or from outside. */
export type EndOfRun = { outcome: Outcome; stopped?: undefined } | { stopped: Stopped; outcome?: undefined };

const { EventType, HistoryEventFilterType } = proto.temporal.api.enums.v1;

/**
 * How a closed run ended, from the last event of its history. A stopped workflow still answers queries with its last state, and never learns
 * of its end. Undefined if the case continues, in this or a new run.
 */
export async function endOfRun(
  temporal: Client,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<EndOfRun | undefined> {
  const { namespace } = temporal.options;
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId, runId },
    historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
  });
  return endBy(temporal, workflowId, history?.events?.at(-1));
}

/** Like {@link endOfRun}, for a run's last event. */
export async function endBy(
  temporal: Client,
  workflowId: string,
  event: proto.temporal.api.history.v1.IHistoryEvent | undefined,
): Promise<EndOfRun | undefined> {
  const stopped = (how: Stopped['how'], more: Partial<Stopped> = {}): EndOfRun => ({
    stopped: { how, at: timeOf(event?.eventTime), by: null, reason: null, ...more },
  });
  switch (event?.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: {
      const { result } = event.workflowExecutionCompletedEventAttributes!;
      const outcome = await resultOf(temporal, workflowId, result?.payloads);
      return outcome ? { outcome } : stopped('completed by somebody else');
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: {
      const { identity, reason } = event.workflowExecutionTerminatedEventAttributes!;
      return stopped('terminated', { by: identity || null, reason: reason || null });
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: {
      const { failure } = event.workflowExecutionFailedEventAttributes!;
      return stopped('failed', { reason: failure?.applicationFailureInfo?.type || null });
    }
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
      return stopped('timed out');
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
      return stopped('cancelled');
    default:
      return undefined;
  }
}

/** Only a worker's own result is an outcome: anybody who polls workflow tasks could write or copy another one. */
async function resultOf(
  { options: { loadedDataConverter, namespace } }: Client,
  workflowId: string,
  payloads: proto.temporal.api.common.v1.IPayload[] | null | undefined,
): Promise<Outcome | undefined> {
  const [result] = await readPayloads(loadedDataConverter, payloads, { type: 'workflow', namespace, workflowId });
  return isOutcome(result) ? result : undefined;
}

/** Whether a case ended normally and may not be started again. A case whose start was not proved did nothing, and may. */
export function isFinal({ result, reason }: Outcome): boolean {
  return !(result === 'aborted' && reason?.startsWith(START_NOT_PROVED) === true);
}

/** The outcome of a case that was ended from outside, for a backend. */
export function outcomeOf({ how, at }: Pick<Stopped, 'how' | 'at'>): Outcome {
  return { result: 'aborted', at, reason: `the workflow was ended in Temporal (${how})` };
}

export function timeOf(time: proto.google.protobuf.ITimestamp | null | undefined): string {
  return new Date(Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6).toISOString();
}
