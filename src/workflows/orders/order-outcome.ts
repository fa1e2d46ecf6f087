import type { Money } from '../../contract/money.js';
import type { CaseState } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES, type FieldError } from '../../lifecycle/failures.js';
import { moneyText } from '../../contract/money.js';
import type { OrderReading } from '../../lifecycle/orders.js';
import { needsPerson, UNANSWERED } from '../attention.js';
import type { Case } from '../case.js';
import type { OrderRequest, SettledOrder } from './order.js';

/**
 * Puts the order before a person, with the evidence. Where nothing documented tells what became of it, their word counts: `outcome` is
 * `completed`, `failed` or `notExecuted`. Undefined is to try again.
 */
export async function ask(
  theCase: Case<CaseState>,
  key: string,
  order: OrderRequest,
  failure: CallFailure,
  read: OrderReading | undefined,
  isKnown: boolean,
): Promise<'notExecuted' | SettledOrder | undefined> {
  if (isKnown) {
    await needsPerson(theCase, key, 'executeOrder', failure);
    return undefined;
  }
  const message = 'whether the order was executed is not known, and nothing that FinHub documents can tell';
  return askOutcome(theCase, key, 'executeOrder', order, { type: FAILURES.unclear, message }, [
    { field: 'execute', message: failure.message },
    { field: 'order', message: read ? `FinHub's order is ${read.status}` : 'FinHub shows no such order' },
  ]);
}

/** Takes a person's word for what became of the order, with the balance now and before beside the evidence. */
export async function askOutcome(
  theCase: Case<CaseState>,
  key: string,
  operation: string,
  { accountId, availableBefore }: OrderRequest,
  { type, message }: CallFailure,
  evidence: FieldError[],
): Promise<'notExecuted' | SettledOrder | undefined> {
  const { available, blocked } = await theCase.calls.read('getBalance', { accountId });
  const fieldErrors = [
    ...evidence,
    { field: 'balance', message: `${text(available)} available, ${text(blocked)} blocked` },
    { field: 'balanceBefore', message: `${text(availableBefore)} available` },
  ];
  const missing = [{ code: 'outcome', message }];
  return answerTo(theCase, key, operation, { type, message, fieldErrors, missing });
}

/** Whether the run before this one has left the question what became of an order with a person. */
export function isAsked({ state: { attention } }: Case<CaseState>, key: string): boolean {
  return attention?.key === key && attention.adopts.includes('outcome');
}

/** Puts the question what became of an order, unless an earlier run did; undefined is to try again. */
export async function answerTo(
  theCase: Case<CaseState>,
  key: string,
  operation: string,
  question: CallFailure = UNANSWERED,
): Promise<'notExecuted' | SettledOrder | undefined> {
  const resolution = await needsPerson(theCase, key, operation, question, ['outcome']);
  const outcome = resolution?.adopt?.['outcome'];
  if (outcome === 'notExecuted') return outcome;
  const reason = `on the word of ${resolution?.by}`;
  return outcome === 'completed' || outcome === 'failed' ? { status: outcome, reason } : undefined;
}

const text = (money: Money | undefined): string => (money ? moneyText(money) : 'unknown');
