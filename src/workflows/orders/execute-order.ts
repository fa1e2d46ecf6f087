import { sleep } from '@temporalio/workflow';
import type { CaseState } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import { nextStep, standingOf } from '../../lifecycle/orders.js';
import { needsPerson } from '../attention.js';
import type { Case } from '../case.js';
import { CallFailed } from '../control-flow.js';
import { orderWarrant } from '../warrants.js';
import { answerTo, ask, isAsked } from './order-outcome.js';
import {
  isUnreadable,
  type OrderRequest,
  type PreparedOrder,
  readOrder,
  REFUSALS,
  type SettledOrder,
  track,
} from './order.js';

const MAX_CONFLICTS = 3;

/** Executes the prepared order and follows it; undefined where it was not executed and never will be. */
export async function spend(
  theCase: Case<CaseState>,
  reference: string,
  of: string,
  order: OrderRequest,
  prepared: PreparedOrder,
): Promise<SettledOrder | undefined> {
  track(theCase, { state: 'executing' });
  const executed = await execute(theCase, reference, of, order, prepared);
  if (executed === 'notExecuted') return undefined;
  return 'status' in executed ? executed : follow(theCase, reference, order, executed.orderId);
}

/** Tries until it is known what became of the prepared order. No other order is prepared in here. */
async function execute(
  theCase: Case<CaseState>,
  reference: string,
  of: string,
  order: OrderRequest,
  { preparedOrderId, validUntil }: PreparedOrder,
): Promise<{ orderId: string } | 'notExecuted' | SettledOrder> {
  const { accountId, type, consentId, authenticationCode } = order;
  const warrant = () => orderWarrant(theCase.state, { type, reference, accountId });
  const input = { accountId, type, preparedOrderId, consentId, authenticationCode };
  const key = `executeOrder/${of}`;
  const told = isAsked(theCase, key) ? await answerTo(theCase, key, 'executeOrder') : undefined;
  if (told) return told;
  for (let repeats = 0; ; repeats += 1) {
    try {
      const { orderId = preparedOrderId } = await theCase.calls.once('executeOrder', () => input, {
        of,
        warrant,
        leave: () => true,
      });
      track(theCase, { orderId });
      return { orderId };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { failure } = error;
      if (failure.type === FAILURES.unproved) {
        await needsPerson(theCase, key, 'executeOrder', failure);
        repeats = -1;
        continue;
      }
      const refused = REFUSALS.has(failure.type) || (failure.type === FAILURES.conflict && repeats >= MAX_CONFLICTS);
      // FinHub may still be working on the last try; what is read before that shows nothing.
      if (!refused) await settling(theCase, repeats);
      const read = await readOrder(theCase, accountId, preparedOrderId);
      const step = nextStep({ order: read, refused, validUntil, repeats, now: new Date() });
      theCase.record('orderRead', { order: of, status: read?.status, failure: failure.type, step });
      switch (step) {
        case 'follow':
          theCase.keep(
            key,
            { orderId: preparedOrderId },
            { how: 'adopted', proof: `FinHub's order is ${read!.status}` },
          );
          return { orderId: preparedOrderId };
        case 'prepareAnew':
          return 'notExecuted';
        case 'repeat':
          continue;
        case 'askPerson': {
          const known = read !== undefined && standingOf(read) === 'notExecuted';
          const outcome = await ask(theCase, key, order, failure, read, known);
          if (outcome) return outcome;
          repeats = -1;
        }
      }
    }
  }
}

const LONGEST_PAUSE_SECONDS = 300;

async function settling(theCase: Case<CaseState>, repeats: number): Promise<void> {
  const seconds = Math.min(theCase.policy.callSeconds * 2 ** repeats, LONGEST_PAUSE_SECONDS);
  await theCase.waiting('finhub', 'what became of the last try', () =>
    sleep(seconds * 1000, { summary: 'FinHub may still be at work' }),
  );
}

/** Follows an executed order to its end; one that FinHub loses sight of goes to a person. */
async function follow(
  theCase: Case<CaseState>,
  reference: string,
  order: OrderRequest,
  orderId: string,
): Promise<SettledOrder> {
  const { type, accountId } = order;
  const key = `executeOrder/${reference}/settlement`;
  let told = isAsked(theCase, key) ? await answerTo(theCase, key, 'executeOrder') : undefined;
  for (;;) {
    if (told && told !== 'notExecuted') return told;
    const read = await theCase.waiting('finhub', `${type} ${reference} to be settled`, () =>
      settled(theCase, order, orderId),
    );
    const standing = 'status' in read ? standingOf(read) : 'unknown';
    if (standing === 'completed') return { status: 'completed' };
    if (standing === 'failed') return { status: 'failed', reason: 'status' in read ? read.reason : undefined };
    const failure =
      'status' in read ? { type: 'OrderState', message: `the executed order is ${read.status}` } : read.failure;
    const now = await readOrder(theCase, accountId, orderId);
    told = await ask(theCase, key, order, failure, now, false);
  }
}

export async function settled(
  theCase: Case<CaseState>,
  { type, accountId }: OrderRequest,
  orderId: string,
): Promise<{ status: string; reason?: string | undefined } | { failure: CallFailure }> {
  try {
    return await theCase.calls.poll(
      'awaitOrder',
      { accountId, orderId },
      { every: 1, slowest: 60, summary: `follows the ${type}`, leave: isUnreadable },
    );
  } catch (error) {
    if (error instanceof CallFailed) return { failure: error.failure };
    throw error;
  }
}
