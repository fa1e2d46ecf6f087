import type { Money } from '../lifecycle/application.js';
import type { Case } from './case.js';

export interface OrderRequest {
  type: 'transfer' | 'topup';
  reference: string;
  description: string;
  amount: Money;
  counterparty: { name: string; iban: string; beneficiaryId?: string | undefined };
  consentId?: string | undefined;
}

/** Moves money once: prepare reserves it, execute spends the prepared order, and the order is followed until it is settled. */
export async function settleOrder(kase: Case, order: OrderRequest): Promise<void> {
  const { accountId, iban } = kase.state.finhub;
  const { type, reference, consentId } = order;
  const { preparedOrderId } = await kase.calls.once(
    'prepareOrder',
    () => ({ ...order, accountId: accountId!, iban: iban! }),
    { of: reference },
  );
  track(kase, order, 'running', preparedOrderId);
  const authenticationCode = type === 'transfer' ? authenticationCodeOf(kase) : undefined;
  const executed = await kase.calls.once(
    'executeOrder',
    () => ({ accountId: accountId!, type, preparedOrderId, consentId, authenticationCode }),
    { of: reference, adopts: ['orderId'] },
  );
  const orderId = executed.orderId ?? preparedOrderId;
  const { status, reason } = await kase.waiting('finhub', `${type} ${reference} to be settled`, () =>
    kase.calls.poll(
      'awaitOrder',
      { accountId: accountId!, orderId },
      { every: 1, slowest: 60, summary: `follows ${type} ${reference}` },
    ),
  );
  track(kase, order, status === 'COMPLETED' ? 'completed' : 'failed', orderId);
  kase.record('orderSettled', `${type} ${reference}: ${status}${reason === undefined ? '' : ` (${reason})`}`);
}

/** The sealed code that came with the payment consent's creation. */
function authenticationCodeOf(kase: Case): string | undefined {
  const created = kase.state.done['createPaymentConsent']?.result as { authenticationCode?: string } | undefined;
  return created?.authenticationCode;
}

/** Keeps what a backend may show of the first transfer. */
function track(
  kase: Case,
  { type, reference }: OrderRequest,
  state: 'running' | 'completed' | 'failed',
  orderId: string,
): void {
  if (type === 'transfer') kase.state.transfer = { reference, state, orderId };
}
