import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { BoxError } from '../secrets/box.js';
import type { LoggedOrder, OrderLog } from '../store/order-log.js';
import { type BegunOrders, begunOrders } from './earlier-runs.js';
import { storeFailure } from './store-failure.js';

/** What a case knows of earlier tries to execute its order. */
interface Known {
  tenantId: string;
  /** Prepared orders that were not executed and never will be. */
  lapsedOrders?: readonly string[] | undefined;
  earlierRuns?: readonly string[] | undefined;
  /** An operator has confirmed that no earlier run of the case paid. */
  earlierRunsCleared?: boolean | undefined;
}

/** Notes an execution right before it. @throws ApplicationFailure if the store cannot be used; then nothing is executed */
export function noteBegun(orders: OrderLog, order: LoggedOrder, preparedOrderId: string): Promise<void> {
  return withLog('executeOrder', () => orders.note(order, preparedOrderId));
}

/**
 * Prepared orders whose execution began where the running case does not know of it. The log has those that a restored Temporal has forgotten; the
 * histories of other runs have those that were scheduled and may reach the log only now. Both are searched even without a reset: someone who
 * starts a closed case again must not make it pay twice.
 * @throws ApplicationFailure `FinHubUnclear` if a note cannot be read, `DocumentStoreUnavailable` or `KeyMissing` for all cases
 */
export async function begunElsewhere(
  orders: OrderLog,
  order: Omit<LoggedOrder, 'tenantId'>,
  { tenantId, lapsedOrders = [], earlierRuns, earlierRunsCleared }: Known,
): Promise<BegunOrders> {
  if (earlierRunsCleared) return { preparedOrderIds: [], complete: true };
  const [noted, { preparedOrderIds, complete }] = await Promise.all([
    withLog('prepareOrder', () => orders.begun({ tenantId, ...order })),
    begunOrders(earlierRuns),
  ]);
  const unknown = noted.filter((id) => !lapsedOrders.includes(id));
  return { preparedOrderIds: [...unknown, ...preparedOrderIds], complete };
}

async function withLog<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const details: FailureDetails = { operation };
    const failure = storeFailure(error, details);
    if (failure || !(error instanceof BoxError)) throw failure ?? error;
    const what = 'the note of an earlier execution was changed, and it may have paid';
    throw ApplicationFailure.nonRetryable(what, FAILURES.unclear, { ...details, unclear: true });
  }
}
