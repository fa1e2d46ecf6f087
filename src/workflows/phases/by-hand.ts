import type { CallState } from '../../lifecycle/case-state.js';
import { SECOND_PERSON } from '../../lifecycle/proof-rules.js';
import { type CallFailure, RETRYABLE } from '../../lifecycle/failures.js';
import { isSecond, refusalOf, takesTwo, type OperationFacts } from '../../lifecycle/hand-call.js';
import type { ActivityName } from '../activities.js';
import type { Case } from '../case.js';
import { CallFailed, Ending } from '../control-flow.js';
import { callWarrant } from '../warrants.js';
import { lookUpOperation, lookUpOperator } from '../own-activities.js';
import { needsPerson } from '../attention.js';
import { manualCallDone } from '../../lifecycle/transitions.js';

/** Looks up who asks and what for; nothing that the input says of either is believed. */
export async function permission(theCase: Case<CallState>): Promise<void> {
  const { operation, by, reason, tenantId } = theCase.state.application;
  const facts = await lookUpOperation({ operation });
  if (!theCase.kept('asked')) {
    theCase.keep('asked', true);
    theCase.record('callAsked', { operation, reason }, by);
    const refused = refusalOf(theCase.state.application, facts, await lookUpOperator(tenantId, by));
    if (refused) throw new Ending('rejected', `${refused.refusal}: ${refused.detail}`);
    theCase.record('callPermitted', {}, by);
  }
  if (takesTwo(theCase.state.application)) await secondPerson(theCase, facts);
}

/** Waits for another operator who could have asked for the call. */
async function secondPerson(theCase: Case<CallState>, facts: OperationFacts | null): Promise<void> {
  const { operation, tenantId } = theCase.state.application;
  const message = 'it moves money past the checks of a transfer: another POWER_TENANT operator agrees with "retry"';
  for (;;) {
    const resolution = await needsPerson(theCase, SECOND_PERSON, SECOND_PERSON, {
      type: 'SecondPersonNeeded',
      message,
    });
    const by = resolution?.by;
    if (by !== undefined && isSecond(theCase.state.application, facts, await lookUpOperator(tenantId, by))) {
      theCase.record('secondPersonAgreed', { operation }, by);
      return;
    }
    theCase.record('secondPersonRefused', { operation }, by);
  }
}

/** Makes the call. What FinHub refuses ends it, since whoever asked is there to ask otherwise; what is not known waits for a person. */
export async function call(theCase: Case<CallState>): Promise<void> {
  const { operation, input, actAs } = theCase.state.application;
  const name = operation as ActivityName;
  try {
    await theCase.calls.once(name, () => input as never, {
      leave: isRefusal,
      warrant: () => callWarrant(theCase.state),
      ...(actAs === undefined ? {} : { actAs }),
    });
    theCase.apply(manualCallDone(name));
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    throw new Ending('failed', failureText(error.failure));
  }
}

/** A refusal after a try whose answer was lost may be FinHub's word on that one: nobody can tell then. */
function isRefusal({ type, unclear, earlierUnclear }: CallFailure): boolean {
  return unclear !== true && earlierUnclear !== true && !RETRYABLE.has(type);
}

function failureText({ type, message, fieldErrors = [] }: CallFailure): string {
  return [`${type}: ${message}`, ...fieldErrors.map(({ field, message: what }) => `${field}: ${what}`)].join('; ');
}
