import { activityInfo, getClient, sleep } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { readPayloads } from '../temporal/payloads.js';
import { executionOf, type Execution } from './execution.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

const RESET = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** Prepared orders that the case's other runs started to execute and this run does not know; `complete` unless a run could not be read. */
export interface BegunOrders {
  preparedOrderIds: string[];
  complete: boolean;
}

/**
 * Searches the other runs of the running activity's workflow. A workflow reset forgets what the earlier run did after that point, but
 * Temporal still has it in that run's history. A case executes orders of one reference only, so every execution found there counts.
 * @param alsoRuns ids of further runs that the case knows of, even if Temporal does not list them
 */
export async function begunOrders(alsoRuns: readonly string[] = []): Promise<BegunOrders> {
  const client = getClient();
  const [execution, runs] = await Promise.all([executionOf(), listedRuns(client)]);
  const { workflowId, runId, wasReset } = execution;
  const others = new Set([...runs, ...alsoRuns]);
  others.delete(runId);
  const seen = new Set<string>();
  if (others.size > 0 || wasReset) {
    const own = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const one of await executedIn(own, workflowId, client)) seen.add(one);
    for (const base of resetFrom(own)) others.add(base);
  }
  const begun: string[] = [];
  let complete = true;
  for (const other of others) {
    try {
      const history = await client.workflow.getHandle(workflowId, other).fetchHistory();
      begun.push(...(await executedIn(history, workflowId, client)));
    } catch (error) {
      // Past its retention, or deleted manually.
      if (grpcStatus(error) !== GRPC.notFound) throw error;
      complete = false;
    }
  }
  return { preparedOrderIds: [...new Set(begun)].filter((id) => !seen.has(id)), complete };
}

/** Whether the running activity's workflow was started before under the same id; resets and continue-as-new do not count. */
export async function wasStartedBefore({ workflowId, runId, instance }: Execution): Promise<boolean> {
  const runs = await listedRuns(getClient());
  const others = await Promise.all(
    runs.filter((run) => run !== runId).map((run) => executionOf({ workflowId, runId: run })),
  );
  return others.some((other) => other.instance !== instance);
}

/**
 * The runs that Temporal lists. The list lags behind, so it counts only once it includes the running one; then it has all earlier runs.
 * @throws Error if that takes long; the activity is tried again
 */
async function listedRuns(client: Client): Promise<string[]> {
  const { workflowId, runId } = activityInfo().workflowExecution!;
  for (let look = 1; look <= LOOKS; look += 1) {
    const runs: string[] = [];
    try {
      for await (const run of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runs.push(run.runId);
    } catch (error) {
      // A test server has no list, and never a second run of an id.
      if (grpcStatus((error as Error).cause) !== GRPC.unimplemented) throw error;
      return [];
    }
    if (runs.includes(runId)) return runs;
    await sleep(look * LOOK_MS);
  }
  throw new Error('Temporal does not list the running workflow yet');
}

const LOOKS = 6;
const LOOK_MS = 100;

/** The runs that this one is a reset of. */
function resetFrom({ events }: History): string[] {
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.cause === RESET && failed.baseRunId ? [failed.baseRunId] : [],
  );
}

/** Orders executed in a history. A payload that does not open was not scheduled by us, or the activity refused it before it reached FinHub. */
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
