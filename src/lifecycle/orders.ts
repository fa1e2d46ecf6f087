/** What a person can say about an order, as `adopt` of `outcome`. */
export const ORDER_OUTCOMES: readonly string[] = ['completed', 'failed', 'notExecuted'];

/** An order as FinHub returns it. */
export interface OrderReading {
  status: string;
  executedAt?: string | undefined;
  transactionId?: string | undefined;
}

/**
 * What an order's state says about its execution. `unknown` is for states that no document names: we conclude nothing from them.
 * Source: facts §8 (prepared order, order).
 */
export type OrderStanding = 'notExecuted' | 'lapsed' | 'underWay' | 'completed' | 'failed' | 'unknown';

const STANDINGS: Readonly<Record<string, OrderStanding>> = {
  READY: 'notExecuted',
  PREPARED: 'notExecuted',
  PENDING: 'notExecuted',
  EXPIRED: 'lapsed',
  LAPSED: 'lapsed',
  EXECUTING: 'underWay',
  PROCESSING: 'underWay',
  COMPLETED: 'completed',
  FAILED: 'failed',
  REJECTED: 'failed',
  CANCELLED: 'failed',
};

/** What an order's state means. Some responses call a prepared order PENDING, others a settled one: the execution time distinguishes them. */
export function standingOf({ status, executedAt, transactionId }: OrderReading): OrderStanding {
  const standing = STANDINGS[status] ?? 'unknown';
  const executed = executedAt !== undefined || transactionId !== undefined;
  return executed && (standing === 'notExecuted' || standing === 'unknown') ? 'underWay' : standing;
}

/** Whether the money has moved or is about to, so that executing again would be a repeat. */
export function wasExecuted(order: OrderReading): boolean {
  return ['underWay', 'completed', 'failed'].includes(standingOf(order));
}

/**
 * Time after `validUntil` before a prepared order that FinHub still shows as ready counts as expired: clocks differ, and an abandoned try may
 * still be on its way.
 */
const VALIDITY_MARGIN_MS = 60_000;

/** What to do about an order after an unclear try to execute it. `docs/guides/payments.md` has the table. */
export type NextStep = 'follow' | 'repeat' | 'prepareAnew' | 'askPerson';

/**
 * The decision table of unclear outcomes.
 * @param order as read back; undefined where FinHub has no such order
 * @param refused FinHub said no to the last try, so that it had no effect
 * @param repeats unclear tries of the same prepared order while FinHub did not show its state
 */
export function nextStep(given: {
  order: OrderReading | undefined;
  refused: boolean;
  validUntil: string | undefined;
  repeats: number;
  now: Date;
}): NextStep {
  const { order, refused, validUntil, repeats, now } = given;
  switch (order ? standingOf(order) : 'unknown') {
    case 'underWay':
    case 'completed':
    case 'failed':
      return 'follow';
    case 'lapsed':
      return 'prepareAnew';
    case 'notExecuted': {
      const end = Date.parse(validUntil ?? '') + VALIDITY_MARGIN_MS;
      if (end <= now.getTime()) return 'prepareAnew';
      return refused ? 'askPerson' : 'repeat';
    }
    case 'unknown':
      // The prepared order is the key: a repeat cannot pay twice, and its response may show the state.
      return refused || repeats >= MAX_BLIND_REPEATS ? 'askPerson' : 'repeat';
  }
}

const MAX_BLIND_REPEATS = 3;
