import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { WORKFLOW_TYPES } from '../lifecycle/ids.js';
import { quoted } from '../temporal/query.js';
import { NotResumable } from './errors.js';
import { readRows } from './list.js';
import { endOfRun, isFinal, timeOf } from './stopped.js';

const { EventType } = proto.temporal.api.enums.v1;

/** More than one case can have within Temporal's retention. */
const MOST_RUNS = 1_000;

/**
 * Resumes a customer's case that was ended from outside. It has no application to start from, so its latest run is reset to before its first
 * workflow task: whatever a foreign worker has written there is gone, requests and hand-overs are taken again, and what they have made at
 * FinHub is found there.
 * @throws NotResumable
 */
export async function resumeCustomer(
  temporal: Client,
  workflowId: string,
): Promise<{ runId: string; earlierRuns: number }> {
  const { namespace } = temporal.options;
  const query = `WorkflowId = ${quoted(workflowId)} AND WorkflowType = ${quoted(WORKFLOW_TYPES.customer)}`;
  const { infos } = await readRows(temporal, query, MOST_RUNS);
  const [latest] = infos.sort((one, other) => timeOf(other.startTime).localeCompare(timeOf(one.startTime)));
  if (!latest) throw new NotResumable(workflowId, 'Temporal has no run of it any more');
  const runId = latest.execution!.runId!;
  const end = await endOfRun(temporal, { workflowId, runId });
  if (end?.outcome && isFinal(end.outcome))
    throw new NotResumable(workflowId, `it ended normally (${end.outcome.result}) at ${end.outcome.at}`);
  const reset = await temporal.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: await firstTask(temporal, workflowId, runId),
    requestId: randomUUID(),
    reason: 'resumed',
  });
  return { runId: reset.runId, earlierRuns: infos.length };
}

/** The event to which a run is reset. */
async function firstTask(temporal: Client, workflowId: string, runId: string): Promise<Long> {
  const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const first = events?.find(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
  if (!first) throw new NotResumable(workflowId, 'no worker has begun it; the next hand-over starts it anew');
  return first.eventId!;
}

type Long = NonNullable<proto.temporal.api.history.v1.IHistoryEvent['eventId']>;
