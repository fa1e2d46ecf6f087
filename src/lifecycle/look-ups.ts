import type { Application } from '../contract/application.js';
import { whyClosed } from './correction.js';
import { isLifecycle, type CaseState } from './case-state.js';
import type { Message } from './messages.js';
import { earlierAnswer, isDue } from './review.js';
import { isSealedText } from './sealed.js';
import { senderOf } from './sender.js';
import { admissionOf, OPERATORS_ONLY } from './admission.js';

/**
 * The operators to look up before a message can be decided; none if it is a repeat or is refused whoever sent it. A kept decision is looked up
 * when it is due.
 */
export function operatorsNamed(state: CaseState, message: Message): string[] {
  const admission = admissionOf(state, message.name);
  if (admission !== 'taken' && admission !== 'kept') return [];
  if (message.name === 'decideVerification') {
    const { body } = message;
    return isDue(state.review, body) && earlierAnswer(state.review, body) === undefined ? [body.operator.id] : [];
  }
  if (message.name === 'assign') return [message.body.by, message.body.to];
  return OPERATORS_ONLY.has(message.name) ? [senderOf(message)!] : [];
}

/** A correction that the intake's rules must check before the message can be decided; undefined if it is refused anyway. */
export function correctionToCheck(
  state: CaseState,
  message: Message,
): { application: Application; patch: Record<string, unknown> } | undefined {
  if (message.name !== 'correctApplication' || admissionOf(state, message.name) !== 'taken') return undefined;
  if (!isLifecycle(state)) return undefined;
  const { patch } = message.body;
  if (whyClosed(state, patch) !== undefined) return undefined;
  if ('password' in patch && !isSealedText(patch['password'])) return undefined;
  return { application: state.application, patch };
}
