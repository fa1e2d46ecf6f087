import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { caseName, type CaseState } from '../lifecycle/case-state.js';
import { LOOK_NOW } from '../lifecycle/hints.js';
import { caseId, WORKFLOW_TYPES } from '../lifecycle/ids.js';
import { Unreadable } from '../lifecycle/slots.js';
import { NOT_ITS_PLACE } from './control-flow.js';
import { Case, type CaseInput } from './case.js';
import { onSignal } from './signals.js';

/**
 * Opens the case that a workflow is, in the place that belongs to it: its type and id follow from what it is about, and only a run that its own
 * chain continues as new goes on with a state.
 */
export function openCase<State extends CaseState>(
  input: CaseInput<State>,
  make: (startedAt: Date) => State,
): Case<State> {
  const { workflowId, workflowType, firstExecutionRunId } = workflowInfo();
  if (!hasSubject(input)) refuse(INCOMPLETE);
  const { resumed } = input;
  if (resumed && resumed.instance !== firstExecutionRunId) refuse('its state is of another start');
  const state = resumed ?? {
    ...made(make),
    startProof: input.proof,
    vouched: input.vouched,
    instance: firstExecutionRunId,
    earlier: input.earlier,
  };
  const { kind, application } = state;
  const isHere =
    workflowType === WORKFLOW_TYPES[kind] && workflowId === caseId(kind, application.tenantId, caseName(state));
  if (!isHere) refuse('its type and id are not those of what it is about');
  const theCase = new Case(state);
  onSignal(LOOK_NOW, (value) => {
    if (value instanceof Unreadable) theCase.turnAway(LOOK_NOW, 'Unreadable', value.why);
    else theCase.hints.come();
  });
  return theCase;
}

const INCOMPLETE = 'its subject is not complete';

function hasSubject(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const { application } = input as { application?: unknown };
  return typeof application === 'object' && application !== null;
}

/** What nobody has checked may be of any form. */
function made<State extends CaseState>(make: (startedAt: Date) => State): State {
  try {
    return make(new Date());
  } catch {
    return refuse(INCOMPLETE);
  }
}

function refuse(why: string): never {
  throw ApplicationFailure.nonRetryable(`this workflow is not a case: ${why}`, NOT_ITS_PLACE);
}
