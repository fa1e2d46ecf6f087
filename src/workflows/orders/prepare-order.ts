import { condition, sleep } from '@temporalio/workflow';
import type { CaseState } from '../../lifecycle/case-state.js';
import { FAILURES } from '../../lifecycle/failures.js';
import { resultDropped } from '../../lifecycle/transitions.js';
import { needsPerson } from '../attention.js';
import { EARLIER_RUNS } from '../call-context.js';
import type { Case } from '../case.js';
import { CallFailed, Ending } from '../control-flow.js';
import { answerTo, askOutcome, isAsked } from './order-outcome.js';
import {
  type OrderOptions,
  type OrderRequest,
  type PreparedOrder,
  REFUSALS,
  type SettledOrder,
  track,
} from './order.js';

/**
 * A reservation whose answer was lost has lapsed by then: FinHub's pages speak of 15 minutes, and of two to three hours (facts §15.7). Whether it
 * has is tried every so often.
 */
const LAPSED_AFTER_MS = 3 * 3600_000;
const TRY_AGAIN_AFTER_MS = 16 * 60_000;

/** What is executed next; `begun` where a run before a workflow reset did so already. */
interface Preparation {
  order: OrderRequest;
  prepared: PreparedOrder;
  begun: boolean;
}

/**
 * Prepares the order. A repeat leaves a reservation that lapses by itself; the request is made anew each time, for it may have changed. What
 * a run before a workflow reset may have paid and nothing can tell is a person's to say.
 */
export async function prepare(
  theCase: Case<CaseState>,
  reference: string,
  of: string,
  { request, stillAsked }: Required<Pick<OrderOptions, 'request' | 'stillAsked'>>,
): Promise<Preparation | SettledOrder> {
  const key = `prepareOrder/${of}`;
  let told = isAsked(theCase, key) ? await answerTo(theCase, key, 'prepareOrder') : undefined;
  /** What our own reservation may hold up; it is not made anew, since the balance lacks what is reserved. */
  let held: OrderRequest | undefined;
  for (;;) {
    if (told === 'notExecuted') theCase.keep(EARLIER_RUNS, told);
    else if (told) return told;
    const order = theCase.kept<OrderRequest>(`order/${of}`) ?? held ?? (await request());
    const { accountId, iban, type, description, amount, counterparty, consentId } = order;
    const input = { accountId, iban, type, reference, description, amount, counterparty, consentId };
    try {
      const asked = () => {
        stillAsked();
        return input;
      };
      const prepared = await theCase.calls.once('prepareOrder', asked, {
        of,
        leave: ({ type }) => REFUSALS.has(type) || type === FAILURES.unclear,
      });
      theCase.keep(`order/${of}`, order);
      const { preparedOrderId: orderId, fees, validUntil } = prepared;
      track(theCase, { state: 'prepared', orderId, fees, validUntil });
      return { order, prepared, begun: theCase.adopted(key) };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      told = undefined;
      held = undefined;
      if (error.failure.earlierUnclear && (await mayLapse(theCase, of))) held = order;
      else if (error.failure.type !== FAILURES.unclear) await needsPerson(theCase, key, 'prepareOrder', error.failure);
      else told = await askOutcome(theCase, key, 'prepareOrder', order, error.failure, []);
    }
  }
}

/** Waits while a reservation of ours, of which we have no answer, may hold what is asked for; false once it has lapsed for sure. */
async function mayLapse(theCase: Case<CaseState>, of: string): Promise<boolean> {
  const key = `reserved/${of}`;
  const since = theCase.kept<string>(key) ?? new Date().toISOString();
  const left = Date.parse(since) + LAPSED_AFTER_MS - Date.now();
  if (left <= 0) {
    theCase.apply(resultDropped(key));
    return false;
  }
  theCase.keep(key, since);
  const what = 'a reservation to lapse that may be our own: the answer to an earlier try was lost';
  const pause = Math.min(left, TRY_AGAIN_AFTER_MS);
  await theCase.waiting('finhub', what, () => sleep(pause, { summary: 'then the order is prepared anew' }));
  return true;
}

/** Waits for the customer's word for as long as the prepared order is good. */
export async function confirmed(
  theCase: Case<CaseState>,
  { preparedOrderId, validUntil }: PreparedOrder,
): Promise<void> {
  const { state } = theCase;
  const isConfirmed = (): boolean => state.kind === 'transfer' && state.confirmedOrderId === preparedOrderId;
  // The activity has read the time; one that it could not read is none.
  const end = Date.parse(validUntil ?? '');
  const left = Number.isNaN(end) ? undefined : Math.max(1, end - Date.now());
  const what = 'confirmation of the prepared order';
  const requirements = () => [
    { code: 'confirmation', message: `order ${preparedOrderId} waits for the customer's word`, dueAt: validUntil },
  ];
  const came = await theCase.waiting(
    'customer',
    what,
    async () => (left === undefined ? condition(isConfirmed).then(() => true) : condition(isConfirmed, left)),
    requirements,
  );
  if (!came) throw new Ending('expired', 'the transfer was not confirmed while its prepared order was good');
}
