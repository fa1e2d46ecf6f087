import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Outcome } from '../lifecycle/case-state.js';
import type { CaseKind } from '../lifecycle/phases.js';
import { endWord, type LifecycleStatus, type LifecycleStatusWord } from '../lifecycle/status.js';
import { searchAttributeKeys } from '../temporal/search-attributes.js';
import { describeCase } from './describe-case.js';
import { isNobodyAnswering, CaseNotFound, NoAnswer } from './errors.js';
import { caseIdParts } from './case-id.js';

/** What Temporal alone knows of a lifecycle, when no worker is there to answer; may be behind. */
export interface StaleStatus {
  stale: true;
  kind: CaseKind;
  tenantId: string;
  applicationId: string;
  status: LifecycleStatusWord;
  phase: string | null;
  outcome: Outcome | null;
  startedAt: string;
  closedAt: string | null;
}

/** The status as the lifecycle tells it, or as far as Temporal can tell it without a worker. */
export type CurrentStatus = (LifecycleStatus & { stale: false }) | StaleStatus;

/**
 * @param seconds how long a worker may take to answer before Temporal's own knowledge has to do
 * @throws CaseNotFound
 */
export async function currentStatus(temporal: Client, workflowId: string, seconds: number): Promise<CurrentStatus> {
  const handle = temporal.workflow.getHandle(workflowId);
  const [description, told] = await Promise.all([
    describeCase(handle),
    ask<LifecycleStatus>(temporal, workflowId, 'status', seconds).catch((error: unknown) => {
      if (error instanceof NoAnswer || error instanceof CaseNotFound) return undefined;
      throw error;
    }),
  ]);
  const stopped = stoppedFromOutside(description);
  if (told === undefined) return staleStatus(handle, workflowId, description, stopped);
  return stopped ? { ...told, stale: false, ...stopped } : { ...told, stale: false };
}

/**
 * Asks a lifecycle.
 * @throws CaseNotFound; NoAnswer
 */
export async function ask<T>(temporal: Client, workflowId: string, question: string, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  const answer = () =>
    temporal.withDeadline(deadline, () => temporal.workflow.getHandle(workflowId).query<T>(question));
  try {
    return await answer().catch((error: unknown) => {
      // So the SDK names every question that fails: that of a case which is just built anew is answered the next time.
      if (error instanceof QueryNotRegisteredError) return answer();
      throw error;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new CaseNotFound(workflowId);
    if (isNobodyAnswering(error)) throw new NoAnswer(workflowId, seconds, 'question', { cause: error });
    throw error;
  }
}

/** A terminated workflow still answers queries with what it last knew, and never learns of its end. */
function stoppedFromOutside({
  status,
  closeTime,
}: WorkflowExecutionDescription): { status: LifecycleStatusWord; outcome: Outcome } | undefined {
  if (!['TERMINATED', 'FAILED', 'TIMED_OUT'].includes(status.name)) return undefined;
  const reason = `the workflow was ended in Temporal (${status.name.toLowerCase()})`;
  return { status: 'aborted', outcome: { result: 'aborted', at: closeTime!.toISOString(), reason } };
}

async function staleStatus(
  handle: WorkflowHandle,
  workflowId: string,
  { status, startTime, closeTime, typedSearchAttributes }: WorkflowExecutionDescription,
  stopped: { status: LifecycleStatusWord; outcome: Outcome } | undefined,
): Promise<StaleStatus> {
  const word = typedSearchAttributes.get(searchAttributeKeys.LifecycleStatus) as LifecycleStatusWord | undefined;
  const outcome = status.name === 'COMPLETED' ? ((await handle.result()) as Outcome) : null;
  return {
    stale: true,
    ...caseIdParts(workflowId),
    status: outcome ? endWord(outcome) : (word ?? 'running'),
    phase: typedSearchAttributes.get(searchAttributeKeys.LifecyclePhase) ?? null,
    outcome,
    startedAt: startTime.toISOString(),
    closedAt: closeTime?.toISOString() ?? null,
    ...stopped,
  };
}
