import { causeOf, type Help } from './attention-causes.js';
import type { Attention, CaseState } from './case-state.js';
import { ATTENTION_ACTIONS, type AttentionAction } from './messages.js';
import type { PhaseName } from './phases.js';

/** Parts of an application that FinHub has not taken in for good while a phase runs; the phase sends them. */
const SENT_IN: Partial<Record<PhaseName, readonly string[]>> = {
  registration: ['person', 'organization', 'categorization', 'password'],
  personnel: ['directors', 'shareholders', 'employees'],
  consents: ['signatory'],
  beneficiaries: ['payments'],
  paymentConsent: ['payments'],
  payments: ['payments'],
  transactions: ['payments'],
};

/** What a correction could change for the phase that runs now. */
export function correctable({ kind, phases, application }: CaseState): string[] {
  if (kind !== 'individual' && kind !== 'organization') return [];
  const active = phases.find(({ state }) => state === 'active');
  if (!active || active.closed) return [];
  return (SENT_IN[active.name] ?? []).filter((field) => field in application);
}

/** The part of the application to correct first, of those that can be corrected. */
export function partToCorrect({ failure }: Pick<Attention, 'failure'>, correctable: readonly string[]): string {
  const { part } = causeOf(failure);
  return part !== undefined && correctable.includes(part) ? part : correctable[0]!;
}

/** The actions that are possible, the ones that help first. */
export function byHelp(failure: string, possible: readonly AttentionAction[]): AttentionAction[] {
  const order = [...causeOf(failure).helps, ...ATTENTION_ACTIONS];
  return [...possible].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** What helps against what the case waits for, the most likely first; all of it is possible. */
export function helpsOf(state: CaseState, { failure, options }: Pick<Attention, 'failure' | 'options'>): Help[] {
  const { helps } = causeOf(failure);
  const possible = (help: Help): boolean =>
    help === 'correct' ? correctable(state).length > 0 : options.includes(help);
  return [...new Set([...helps, ...options])].filter(possible);
}

/** Where nothing tells whether an order was executed. */
export const ADVICE_ON_ORDERS =
  "look the order up in FinHub's portal, and adopt what it shows as `outcome`: completed, failed or notExecuted; retry looks again";
/** Where FinHub has decided otherwise, and there is nothing to adopt. */
export const ADVICE_ON_DECISIONS =
  "FinHub has it otherwise already, as the message says: settle it in FinHub's Admin Portal, then retry, or abort";

/** What an operator does about it, in a sentence. */
export function adviceFor(
  state: CaseState,
  { failure, options, adopts }: Pick<Attention, 'failure' | 'options' | 'adopts'>,
): string {
  const cause = causeOf(failure);
  if (adopts.includes('outcome')) return ADVICE_ON_ORDERS;
  if (failure === 'FinHubConflict' && !options.includes('adopt')) return ADVICE_ON_DECISIONS;
  if (cause.helps[0] !== 'correct' || correctable(state).length > 0) return cause.advice;
  return state.kind === 'transfer'
    ? 'FinHub refuses this transfer: see its message; retry once its reason is over (a limit per day), else abort, and start it under another reference with what FinHub takes'
    : `FinHub refuses what it was sent, and a correction cannot change it ${whereIn(state)}: have it mended at FinHub, then retry`;
}

/** Why the case needs a person, in words that a backend may show. */
export function reasonFor({ failure }: Pick<Attention, 'failure'>): string {
  return causeOf(failure).reason;
}

function whereIn({ phases }: CaseState): string {
  const active = phases.find(({ state }) => state === 'active')?.name;
  return active === undefined ? 'any more' : `in phase ${active}`;
}
