import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { BoxError, KeyMissing } from '../secrets/box.js';
import type { LoggedOrder, OrderLog } from '../store/order-log.js';
import { StoreUnavailable } from '../store/watched-store.js';

/** Notes an execution right before it. @throws ApplicationFailure if the store cannot be used; then nothing is executed */
export function noteBegun(orders: OrderLog, order: LoggedOrder, preparedOrderId: string): Promise<void> {
  return withLog('executeOrder', () => orders.note(order, preparedOrderId));
}

/**
 * A prepared order whose execution was noted and that the case does not know to have lapsed: one that a restored Temporal has forgotten.
 * @throws ApplicationFailure `FinHubUnclear` if a note cannot be read, `DocumentStoreUnavailable` or `KeyMissing` for all cases
 */
export async function notedOrder(
  orders: OrderLog,
  order: Omit<LoggedOrder, 'tenantId'>,
  { tenantId, lapsedOrders = [] }: { tenantId: string; lapsedOrders?: readonly string[] | undefined },
): Promise<string | undefined> {
  const noted = await withLog('prepareOrder', () => orders.begun({ tenantId, ...order }));
  return noted.find((id) => !lapsedOrders.includes(id));
}

async function withLog<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const details: FailureDetails = { operation };
    if (error instanceof StoreUnavailable)
      throw ApplicationFailure.retryable(error.message, FAILURES.documentStore, details);
    if (error instanceof KeyMissing) throw ApplicationFailure.retryable(error.message, FAILURES.keys, details);
    if (!(error instanceof BoxError)) throw error;
    const what = 'the note of an earlier execution was changed, and it may have paid';
    throw ApplicationFailure.nonRetryable(what, FAILURES.unclear, { ...details, unclear: true });
  }
}
