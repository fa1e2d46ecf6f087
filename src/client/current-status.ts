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
  const end = await endOf(temporal, description);
  if (told === undefined) return staleStatus(workflowId, description, end);
  return { ...asItStands(told, description, end), stale: false };
}

/** A case as operators see it, with how it was stopped where that was not its own doing. */
export type ShownCase = CaseView & { stopped: Stopped | null };

/**
 * The case as operators see it.
 * @throws CaseNotFound; NoAnswer without a worker; CaseStopped for one that was ended from outside and cannot be shown any more
 */
export async function currentCase(temporal: Client, workflowId: string, seconds: number): Promise<ShownCase> {
  const handle = temporal.workflow.getHandle(workflowId);
  const [description, told] = await Promise.all([
    describeCase(handle),
    ask<CaseView>(temporal, workflowId, 'case', seconds).catch((error: unknown) => error as Error),
  ]);
  const end = await endOf(temporal, description);
  const stopped = end?.stopped ?? null;
  if (told instanceof NoAnswer && stopped) throw new CaseStopped(workflowId, stopped, { cause: told });
  if (told instanceof Error) throw told;
  return { ...asItStands(told, description, end), ...(stopped && NOTHING_OPEN), stopped };
}

async function endOf(temporal: Client, description: WorkflowExecutionDescription): Promise<EndOfRun | undefined> {
  return description.status.name === 'RUNNING' ? undefined : endOfRun(temporal, description);
}

/** What nobody can act on any more. */
const NOTHING_OPEN = { attention: null, decision: null, deadlines: [] };

/** What a case said of itself, with what only Temporal knows: that it was stopped, or that a call is being tried again. */
function asItStands<Told extends LifecycleStatus | CaseView>(
  told: Told,
  description: WorkflowExecutionDescription,
  end: EndOfRun | undefined,
): Told {
  // Who ends a case that only delivers notifications any more takes nothing back.
  const stopped = told.outcome ? undefined : end?.stopped;
  if (stopped) {
    const outcome = outcomeOf(stopped);
    const phases = told.phases.map((phase) => (phase.status === 'active' ? { ...phase, status: 'stopped' } : phase));
    return { ...told, status: 'aborted', outcome, phases, waitingOn: null, attention: null, requirements: [] };
  }
  const again = told.outcome || told.attention || told.waitingOn ? undefined : callTriedAgain(description);
  return again ? { ...told, status: 'waiting', waitingOn: again } : told;
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
    // What somebody else wrote into its history cannot be replayed.
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
