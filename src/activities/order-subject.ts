import type { Application } from '../contract/application.js';
import type { SentCorrection } from '../lifecycle/case-state.js';
import { transferContent, type TransferOrder } from '../lifecycle/transfer.js';
import type { Beginning, OrderWarrant } from '../lifecycle/warrants.js';
import { unproved } from './unproved.js';

/** The person or company as sent to FinHub. */
export interface Subject {
  customerId: string;
  verificationId: string;
}

export function submittersOf({ subject, corrections }: Beginning<Application>): string[] {
  return [
    subject.submittedBy,
    ...(subject.handedInBy ?? []),
    ...corrections.map(({ body }: SentCorrection) => body.correctedBy),
  ];
}

/** @throws ApplicationFailure if the start does not ask for the order */
export function asksFor(
  subject: TransferOrder | Application,
  order: OrderWarrant['order'],
  transfer: TransferOrder | undefined,
): void {
  if ('reference' in subject) {
    if (order.type !== 'transfer' || subject.reference !== order.reference || subject.accountId !== order.accountId)
      throw unproved('another transfer was asked for');
    return;
  }
  const { payments } = subject;
  if (order.type === 'topup') {
    if (!payments?.topUp) throw unproved('no funding was asked for');
    if (payments.topUp.reference !== order.reference) throw unproved('another funding was asked for');
    return;
  }
  const asked = payments?.transfer;
  const iban = payments?.beneficiaries.find(({ ref }) => ref === asked?.beneficiary)?.iban;
  const isAsked =
    asked &&
    transfer &&
    order.reference === asked.reference &&
    transferContent({
      ...transfer,
      amount: asked.amount,
      beneficiaryIban: iban ?? '',
      description: asked.description,
      reference: asked.reference,
    }) === transferContent(transfer);
  if (!isAsked) throw unproved('the application asks for another transfer');
}
