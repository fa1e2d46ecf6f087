import { activityInfo, getClient } from '@temporalio/activity';
import type { Policies } from '../policies/policy-file.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { executionOf } from './execution.js';

const DAY_MS = 24 * 3600_000;

/** Days until we check again, if the current policy sets no end. */
const LOOK_AGAIN_DAYS = 30;

/**
 * Until when a case's documents must be stored, by the current policy and the end of the case according to Temporal; the plan's own claims
 * do not count. A running case could end now at the earliest. If Temporal no longer knows the case, it had ended when the running workflow
 * started.
 * @returns undefined if that time has passed
 */
export async function keptUntil(policies: Policies, caseId: string): Promise<Date | undefined> {
  // Temporal's clock, as for the end of the case.
  const now = activityInfo().currentAttemptScheduledTimestampMs;
  const { keptDays } = (await policies.of(tenantOf(caseId))).policy.documents;
  if (keptDays === undefined) return new Date(now + LOOK_AGAIN_DAYS * DAY_MS);
  const end = (await endOf(caseId, now)) ?? (await executionOf()).startedAt.getTime();
  const until = end + keptDays * DAY_MS;
  return until > now ? new Date(until) : undefined;
}

/** @throws Error if the id is not that of a case with documents */
function tenantOf(caseId: string): string {
  const [kind, tenantId] = caseId.split('/');
  if (tenantId === undefined || !(kind === 'individual' || kind === 'organization')) {
    throw new Error(`${caseId} is not a case with documents`);
  }
  return tenantId;
}

/** When the case ended, or `now` if it is running; undefined if Temporal does not know it (any more). */
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
