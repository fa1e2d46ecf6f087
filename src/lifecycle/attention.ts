import { causeOf, type Help } from './attention-causes.js';
import type { Attention, CaseState } from './case-state.js';
import { ATTENTION_ACTIONS, type AttentionAction } from './messages.js';
import type { PhaseName } from './phases.js';

/** Parts of an application that FinHub has not accepted before the end of a phase; the phase sends them. */
const SENT_IN: Partial<Record<PhaseName, readonly string[]>> = {
  registration: ['person', 'organization', 'categorization', 'password'],
  personnel: ['directors', 'shareholders', 'employees'],
  consents: ['signatory'],
  beneficiaries: ['payments'],
  paymentConsent: ['payments'],
  payments: ['payments'],
  transactions: ['payments'],
};

/** The parts whose correction could help the running phase. */
export function correctable({ kind, phases, application }: CaseState): string[] {
  if (kind !== 'individual' && kind !== 'organization') return [];
  const active = phases.find(({ state }) => state === 'active');
  if (!active || active.closed) return [];
  return (SENT_IN[active.name] ?? []).filter((field) => field in application);
}

/** The first part to correct, of those that can be corrected. */
export function partToCorrect({ failure }: Pick<Attention, 'failure'>, correctable: readonly string[]): string {
  const { part } = causeOf(failure);
  return part !== undefined && correctable.includes(part) ? part : correctable[0]!;
}

/** The possible actions, the most helpful first. */
export function byHelp(failure: string, possible: readonly AttentionAction[]): AttentionAction[] {
  const order = [...causeOf(failure).helps, ...ATTENTION_ACTIONS];
  return [...possible].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** What helps the case now, the most likely first; all of it is possible. */
export function helpsOf(state: CaseState, { failure, options }: Pick<Attention, 'failure' | 'options'>): Help[] {
  const { helps } = causeOf(failure);
  const possible = (help: Help): boolean =>
    help === 'correct' ? correctable(state).length > 0 : options.includes(help);
  return [...new Set([...helps, ...options])].filter(possible);
}

/** Advice if FinHub does not show whether an order was executed. */
export const ADVICE_ON_ORDERS =
  "look the order up in FinHub's portal, and adopt its state as `outcome`: completed, failed or notExecuted; retry looks again";
/** Advice if FinHub has decided differently, and there is nothing to adopt. */
export const ADVICE_ON_DECISIONS =
  "FinHub has another decision, as the message says: change it in FinHub's Admin Portal and retry, or abort";

/** One sentence that says what an operator should do. */
export function adviceFor(
  state: CaseState,
  { failure, options, adopts }: Pick<Attention, 'failure' | 'options' | 'adopts'>,
): string {
  const cause = causeOf(failure);
  if (adopts.includes('outcome')) return ADVICE_ON_ORDERS;
  if (failure === 'FinHubConflict' && !options.includes('adopt')) return ADVICE_ON_DECISIONS;
  if (cause.helps[0] !== 'correct' || correctable(state).length > 0) return cause.advice;
  return state.kind === 'transfer'
    ? 'FinHub refuses this transfer: see its message; retry once the reason is gone (a limit per day), otherwise abort, and start an acceptable transfer with another reference'
    : `FinHub refuses the request, and a correction cannot change it ${whereIn(state)}: have it fixed at FinHub, then retry`;
}

/** Why the case needs a person, in words for a backend. */
export function reasonFor({ failure }: Pick<Attention, 'failure'>): string {
  return causeOf(failure).reason;
}

function whereIn({ phases }: CaseState): string {
  const active = phases.find(({ state }) => state === 'active')?.name;
  return active === undefined ? 'any more' : `in phase ${active}`;
}
