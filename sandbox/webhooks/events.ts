import type { Customer, Order, Verification } from '../records.js';

/** The content of an event, without id and time. */
export interface Happening {
  readonly tenantId: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events that FinHub's pages name: the table's four, and two of the samples (W1). */
export const EVENT_TYPES = [
  'customer.created',
  'customer.updated',
  'customer.activated',
  'customer.suspended',
  'verification.approved',
  'transaction.completed',
] as const;

/** FinHub's event for a change of a row, if there is one. No page has an event for a rejection; it appears as an update of the customer. */
export function happeningOf(table: string, before: object | undefined, after: object): Happening | undefined {
  switch (table) {
    case 'customers':
      return ofCustomer(before as Customer | undefined, after as Customer);
    case 'verifications':
      return ofVerification(before as Verification | undefined, after as Verification);
    case 'orders':
      return ofOrder(before as Order | undefined, after as Order);
    default:
      return undefined;
  }
}

function ofCustomer(before: Customer | undefined, { id, tenantId, email, status, origin }: Customer) {
  if (origin === 'personnel') return undefined;
  const type =
    before === undefined
      ? 'customer.created'
      : status === before.status
        ? 'customer.updated'
        : ((STATUS_EVENTS as Record<string, string>)[status] ?? 'customer.updated');
  return { tenantId, type, data: { customerId: id, email } };
}

const STATUS_EVENTS = { ACTIVE: 'customer.activated', SUSPENDED: 'customer.suspended' };

function ofVerification(before: Verification | undefined, { id, tenantId, customerId, status }: Verification) {
  if (status === before?.status) return undefined;
  if (status === 'APPROVED') {
    return { tenantId, type: 'verification.approved', data: { verificationId: id, customerId, status } };
  }
  return status === 'REJECTED' ? { tenantId, type: 'customer.updated', data: { customerId } } : undefined;
}

function ofOrder(before: Order | undefined, { id, tenantId, accountId, transactionId, status }: Order) {
  if (status === before?.status || status !== 'COMPLETED') return undefined;
  return { tenantId, type: 'transaction.completed', data: { orderId: id, transactionId, accountId } };
}
