import { recorded } from './audit.js';
import type { CaseState } from './case-state.js';
import { accept, refuse, type Answer, type Message } from './messages.js';
import { rulingOn } from './message-rules.js';
import { occurred, type Occurrence } from './occurrences.js';
import { worksFor } from './policy.js';
import { actorOf, eventOf, eventOfOccurrence } from './reduction-audit.js';
import { earlierAnswer } from './review.js';
import type { Given, Ruling } from './rulings.js';
import { senderOf } from './sender.js';
import { admissionOf, OPERATORS_ONLY, refusalDetail } from './admission.js';

export interface Reduction<State extends CaseState> {
  state: State;
  answer: Answer;
}

/** Decides on a message. The workflow and the model test run the same code; every answer is in the audit. */
export function decide<State extends CaseState>(state: State, message: Message, given: Given): Reduction<State> {
  const [changes, answer] = ruled(state, message, given);
  const next = { ...state, ...changes };
  const actor = actorOf(message, given.proof);
  return { state: { ...next, ...recorded(next, given.at, eventOf(state, message, answer, given), actor) }, answer };
}

function ruled(state: CaseState, message: Message, given: Given): Ruling {
  if (message.name === 'decideVerification') {
    const earlier = earlierAnswer(state.review, message.body);
    if (earlier) return [{}, earlier];
  }
  const admission = admissionOf(state, message.name);
  if (admission !== 'taken' && admission !== 'kept') return [{}, refuse(admission, refusalDetail(state))];
  if (OPERATORS_ONLY.has(message.name)) {
    const operator = given.operators.get(senderOf(message)!);
    if (!operator) return [{}, refuse('UnknownOperator', 'no operator has this id')];
    if (!worksFor(operator, state.application.tenantId)) {
      return [{}, refuse('WrongTenant', 'the operator does not work for this tenant')];
    }
  }
  const [changes, answer] = rulingOn(state, message, given);
  // The review itself says which decisions wait; one that replaces a request takes effect at once.
  const waits = admission === 'kept' && message.name !== 'decideVerification';
  const early = waits && answer.accepted && answer.state === 'applied';
  return [changes, early ? accept('kept', `${answer.detail}, for when its time comes`) : answer];
}

/** Decides on an occurrence, by the same rules. */
export function occur<State extends CaseState>(state: State, occurrence: Occurrence, given: Given): Reduction<State> {
  const [changes, answer] = occurred(state, occurrence, given);
  const next = { ...state, ...changes };
  const by = occurrence.name === 'keptDecision' ? occurrence.kept.decision.operator.id : undefined;
  const event = eventOfOccurrence(next, occurrence, answer, given);
  return { state: { ...next, ...recorded(next, given.at, event, { by }) }, answer };
}
