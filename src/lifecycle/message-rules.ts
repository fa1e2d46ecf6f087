import { isLifecycle, type CaseState } from './case-state.js';
import { CUSTOMER_RULES } from './customer-rules.js';
import { HANDLING_RULES } from './handling-rules.js';
import { LIFECYCLE_RULES } from './lifecycle-rules.js';
import type { Message, MessageName } from './messages.js';
import type { Given, Ruling } from './rulings.js';
import { TRANSFER_RULES } from './transfer-rules.js';

/** What a message does to the case; `admissionOf` has let it through. */
export function rulingOn(state: CaseState, { name, body }: Message, given: Given): Ruling {
  const rules = rulesOf(state) as Partial<
    Record<MessageName, (state: CaseState, body: Message['body'], given: Given) => Ruling>
  >;
  return rules[name]!(state, body, given);
}

function rulesOf(state: CaseState): object {
  if (isLifecycle(state)) return { ...HANDLING_RULES, ...LIFECYCLE_RULES };
  if (state.kind === 'transfer') return { ...HANDLING_RULES, ...TRANSFER_RULES };
  return state.kind === 'customer' ? { ...HANDLING_RULES, ...CUSTOMER_RULES } : HANDLING_RULES;
}
