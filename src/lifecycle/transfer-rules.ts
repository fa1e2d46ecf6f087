import type { AnyCaseState } from './case-state.js';
import { accept, refuse, type Answer, type ConfirmTransfer, type DecideTransfer } from './messages.js';

type Ruling = [Partial<Pick<AnyCaseState, 'decision' | 'confirmedOrderId'>>, Answer];

/** Takes an approver's word on a transfer: only those whom the organization named, and never who asked for the transfer. */
export function decideTransfer(state: AnyCaseState, { by, verdict, reason }: DecideTransfer): Ruling {
  const { payer, decision, review } = state;
  if (!payer) return [{}, refuse('NotAllowed', 'the transfer was not checked yet')];
  const name = by.toLowerCase();
  const approver = payer.approvers.find(({ ref, email }) => ref === by || email.toLowerCase() === name);
  if (!approver)
    return [{}, refuse('NotAnApprover', 'nobody of this ref or e-mail address approves transfers of the account')];
  const submitters = review.submitters.map((submitter) => submitter.toLowerCase());
  if ([approver.ref, approver.email].some((own) => submitters.includes(own.toLowerCase()))) {
    return [{}, refuse('SelfApproval', 'whoever asked for the transfer does not approve it')];
  }
  if (decision) {
    return decision.by === approver.ref && decision.verdict === verdict
      ? [{}, accept('applied', 'taken already')]
      : [{}, refuse('AlreadyDecided', `the transfer was decided on by ${decision.by}`)];
  }
  return [
    { decision: { by: approver.ref, verdict, reason } },
    accept('applied', verdict === 'approve' ? 'approved' : 'rejected'),
  ];
}

/** Takes the customer's word on the prepared order that the status shows. */
export function confirmTransfer({ transfer }: AnyCaseState, { orderId }: ConfirmTransfer): Ruling {
  return transfer?.state === 'prepared' && transfer.orderId === orderId
    ? [{ confirmedOrderId: orderId }, accept('applied', 'confirmed')]
    : [{}, refuse('NotAllowed', 'no order of this id waits for a confirmation')];
}
