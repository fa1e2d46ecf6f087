import { activityInfo, getClient } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { readPayloads } from '../temporal/payloads.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

const RESET = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** Prepared orders that the case's other runs began to execute and this one has not seen; `complete` unless a run could not be read. */
export interface BegunOrders {
  preparedOrderIds: string[];
  complete: boolean;
}

/**
 * Looks into the other runs of the running activity's workflow. A workflow reset forgets what the run before it did after that point; Temporal
 * keeps it in that run's history. A case executes orders of one reference only, so whatever was begun is this one's business.
 */
export async function begunOrders(): Promise<BegunOrders> {
  const client = getClient();
  const { workflowId, runId } = activityInfo().workflowExecution!;
  const own = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const seen = new Set(await executedIn(own, workflowId, client));
  const begun: string[] = [];
  let complete = true;
  for (const other of await otherRuns(client, workflowId, runId, own)) {
    try {
      const history = await client.workflow.getHandle(workflowId, other).fetchHistory();
      begun.push(...(await executedIn(history, workflowId, client)));
    } catch (error) {
      // Past its retention, or deleted by hand.
      if (grpcStatus(error) !== GRPC.notFound) throw error;
      complete = false;
    }
  }
  return { preparedOrderIds: [...new Set(begun)].filter((id) => !seen.has(id)), complete };
}

/** Those that Temporal lists, and those that this one was reset from: the list lags behind. */
async function otherRuns(client: Client, workflowId: string, runId: string, own: History): Promise<Set<string>> {
  const runs = new Set<string>();
  try {
    for await (const run of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runs.add(run.runId);
  } catch (error) {
    // A test server lists nothing; it has no second run of an id either.
    if (grpcStatus((error as Error).cause) !== GRPC.unimplemented) throw error;
  }
  for (const { workflowTaskFailedEventAttributes: failed } of own.events ?? []) {
    if (failed?.cause === RESET && failed.baseRunId) runs.add(failed.baseRunId);
  }
  runs.delete(runId);
  return runs;
}

/** What does not open was not scheduled by us, or never reached FinHub: an activity refuses it as well. */
async function executedIn({ events }: History, workflowId: string, { options }: Client): Promise<string[]> {
  const begun: string[] = [];
  for (const { activityTaskScheduledEventAttributes: scheduled } of events ?? []) {
    if (scheduled?.activityType?.name !== EXECUTE) continue;
    const { namespace, loadedDataConverter } = options;
    const activityId = scheduled.activityId ?? '';
    const context = { type: 'activity', namespace, workflowId, activityId, isLocal: false } as const;
    const [placed] = await readPayloads(loadedDataConverter, scheduled.input?.payloads, context);
    const call = unplace(placed, SLOTS.args(EXECUTE)) as { input?: { preparedOrderId?: string } } | Unreadable;
    if (!(call instanceof Unreadable) && call.input?.preparedOrderId !== undefined)
      begun.push(call.input.preparedOrderId);
  }
  return begun;
}

const EXECUTE = 'executeOrder';
