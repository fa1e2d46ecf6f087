import {
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { Outcome } from '../lifecycle/outcome.js';
import type { CaseKind } from '../lifecycle/phases.js';
import { endWord, type CaseView, type LifecycleStatus, type LifecycleStatusWord } from '../lifecycle/status.js';
import { searchAttributeKeys } from '../temporal/search-attributes.js';
import { callTriedAgain } from './away.js';
import { describeCase } from './describe-case.js';
import { isNobodyAnswering, CaseNotFound, CaseStopped, NoAnswer } from './errors.js';
import { caseIdParts } from './case-id.js';
import { endOfRun, outcomeOf, type EndOfRun, type Stopped } from './stopped.js';

/** What Temporal alone knows about a lifecycle, if no worker responds; may be old. */
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

/** The status from the lifecycle, or without a worker from Temporal. */
export type CurrentStatus = (LifecycleStatus & { stale: false }) | StaleStatus;

/**
 * @param seconds how long to wait for a worker before using Temporal's own information
 * @throws CaseNotFound
 */
export async function currentStatus(temporal: Client, workflowId: string, seconds: number): Promise<CurrentStatus> {
  const handle = temporal.workflow.getHandle(workflowId);
  const [description, status] = await Promise.all([
    describeCase(handle),
    ask<LifecycleStatus>(temporal, workflowId, 'status', seconds).catch((error: unknown) => {
      if (error instanceof NoAnswer || error instanceof CaseNotFound) return undefined;
      throw error;
    }),
  ]);
  const end = await endOf(temporal, description);
  if (status === undefined) return staleStatus(workflowId, description, end);
  return { ...asItStands(status, description, end), stale: false };
}

/** A case for operators, and how it was stopped if it was ended from outside. */
export type ShownCase = CaseView & { stopped: Stopped | null };

/**
 * A case for operators.
 * @throws CaseNotFound; NoAnswer without a worker; CaseStopped if it was ended from outside and can no longer be shown
 */
export async function currentCase(temporal: Client, workflowId: string, seconds: number): Promise<ShownCase> {
  const handle = temporal.workflow.getHandle(workflowId);
  const [description, view] = await Promise.all([
    describeCase(handle),
    ask<CaseView>(temporal, workflowId, 'case', seconds).catch((error: unknown) => error as Error),
  ]);
  const end = await endOf(temporal, description);
  const stopped = end?.stopped ?? null;
  if (view instanceof NoAnswer && stopped) throw new CaseStopped(workflowId, stopped, { cause: view });
  if (view instanceof Error) throw view;
  return { ...asItStands(view, description, end), ...(stopped && NOTHING_OPEN), stopped };
}

async function endOf(temporal: Client, description: WorkflowExecutionDescription): Promise<EndOfRun | undefined> {
  return description.status.name === 'RUNNING' ? undefined : endOfRun(temporal, description);
}

/** Hides what nobody can act on any more. */
const NOTHING_OPEN = { attention: null, decision: null, deadlines: [] };

/** A case's own answer, completed with what only Temporal knows: that it was stopped, or that a call is being retried. */
function asItStands<Shown extends LifecycleStatus | CaseView>(
  answer: Shown,
  description: WorkflowExecutionDescription,
  end: EndOfRun | undefined,
): Shown {
  // Ending a case that only delivers its last notifications does not change its outcome.
  const stopped = answer.outcome ? undefined : end?.stopped;
  if (stopped) {
    const outcome = outcomeOf(stopped);
    const phases = answer.phases.map((phase) => (phase.status === 'active' ? { ...phase, status: 'stopped' } : phase));
    return { ...answer, status: 'aborted', outcome, phases, waitingOn: null, attention: null, requirements: [] };
  }
  const again = answer.outcome || answer.attention || answer.waitingOn ? undefined : callTriedAgain(description);
  return again ? { ...answer, status: 'waiting', waitingOn: again } : answer;
}

/**
 * Queries a case.
 * @throws CaseNotFound; NoAnswer
 */
export async function ask<T>(temporal: Client, workflowId: string, question: string, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  const answer = () =>
    temporal.withDeadline(deadline, () => temporal.workflow.getHandle(workflowId).query<T>(question));
  try {
    return await answer().catch((error: unknown) => {
      // The SDK reports every failed query this way. A case that is just being rebuilt answers the next one.
      if (error instanceof QueryNotRegisteredError) return answer();
      throw error;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new CaseNotFound(workflowId);
    // A history with foreign events cannot be replayed.
    if (isNobodyAnswering(error) || error instanceof QueryNotRegisteredError)
      throw new NoAnswer(workflowId, seconds, 'question', { cause: error });
    throw error;
  }
}

function staleStatus(
  workflowId: string,
  { startTime, closeTime, typedSearchAttributes }: WorkflowExecutionDescription,
  end: EndOfRun | undefined,
): StaleStatus {
  const word = typedSearchAttributes.get(searchAttributeKeys.LifecycleStatus) as LifecycleStatusWord | undefined;
  const outcome = end ? (end.outcome ?? outcomeOf(end.stopped)) : null;
  return {
    stale: true,
    ...caseIdParts(workflowId),
    status: outcome ? endWord(outcome) : (word ?? 'running'),
    phase: typedSearchAttributes.get(searchAttributeKeys.LifecyclePhase) ?? null,
    outcome,
    startedAt: startTime.toISOString(),
    closedAt: closeTime?.toISOString() ?? null,
  };
}
