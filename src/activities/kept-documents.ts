import { activityInfo, getClient } from '@temporalio/activity';
import type { Policies } from '../policies/policy-file.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { executionOf } from './execution.js';

const DAY_MS = 24 * 3600_000;

/** How soon it is asked again where today's policy sets no end. */
const LOOK_AGAIN_DAYS = 30;

/**
 * Until when a case's documents are kept, by today's policy and what Temporal itself knows of the case's end; nothing that the plan says is
 * believed. A case that runs may end now at the earliest. One that Temporal has forgotten had ended when the running workflow was started.
 * Undefined where that time has passed.
 */
export async function keptUntil(policies: Policies, caseId: string): Promise<Date | undefined> {
  // The time as Temporal has it, as that of the end is.
  const now = activityInfo().currentAttemptScheduledTimestampMs;
  const { keptDays } = (await policies.of(tenantOf(caseId))).policy.documents;
  if (keptDays === undefined) return new Date(now + LOOK_AGAIN_DAYS * DAY_MS);
  const end = (await endOf(caseId, now)) ?? (await executionOf()).startedAt.getTime();
  const until = end + keptDays * DAY_MS;
  return until > now ? new Date(until) : undefined;
}

/** @throws Error where it is no id of a case with documents */
function tenantOf(caseId: string): string {
  const [kind, tenantId] = caseId.split('/');
  if (tenantId === undefined || !(kind === 'individual' || kind === 'organization')) {
    throw new Error(`${caseId} is no case that has documents`);
  }
  return tenantId;
}

/** When the case ended, or `now` while it runs; undefined where Temporal does not know it (any more). */
async function endOf(caseId: string, now: number): Promise<number | undefined> {
  const { workflowService, options } = getClient();
  try {
    const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({
      namespace: options.namespace,
      execution: { workflowId: caseId },
    });
    const closed = workflowExecutionInfo?.closeTime;
    return closed ? Number(closed.seconds) * 1000 : now;
  } catch (error) {
    if (grpcStatus(error) !== GRPC.notFound) throw error;
    return undefined;
  }
}
