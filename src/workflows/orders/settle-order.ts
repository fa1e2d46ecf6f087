import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { CaseState } from '../../lifecycle/case-state.js';
import { lapsedKey } from '../call-context.js';
import type { Case } from '../case.js';
import { spend } from './execute-order.js';
import { type OrderOptions, type SettledOrder, track } from './order.js';
import { confirmed, prepare } from './prepare-order.js';

/**
 * Moves money once. Preparing reserves it, executing spends the prepared order, and the order is followed until FinHub has settled it. There
 * is another prepared order only when the last one is known not to have been executed and never will be.
 */
export async function settleOrder(
  theCase: Case<CaseState>,
  reference: string,
  { request, confirmation = false, stillAsked = () => {} }: OrderOptions,
): Promise<SettledOrder> {
  for (let generation = 1; ; generation += 1) {
    const of = generation === 1 ? reference : `${reference}/${generation}`;
    if (theCase.kept(lapsedKey(of))) continue;
    const made = await prepare(theCase, reference, of, { request, stillAsked });
    if ('status' in made) return recorded(theCase, reference, made);
    const { order, prepared, begun } = made;
    if (confirmation && !begun) await confirmed(theCase, prepared);
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled before it was executed');
    const settled = await CancellationScope.nonCancellable(() => spend(theCase, reference, of, order, prepared));
    if (settled) return recorded(theCase, reference, settled);
    theCase.keep(lapsedKey(of), prepared.preparedOrderId);
    theCase.record('orderLapsed', { reference, orderId: prepared.preparedOrderId });
    track(theCase, { state: 'running', orderId: undefined, validUntil: undefined });
  }
}

function recorded(theCase: Case<CaseState>, reference: string, settled: SettledOrder): SettledOrder {
  theCase.record('orderSettled', { reference, ...settled });
  return settled;
}
