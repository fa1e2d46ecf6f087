import type { TransferState } from './case-state.js';
import { accept, refuse, type ConfirmTransfer, type DecideTransfer, type TransferMessage } from './messages.js';
import type { Rules, Ruling } from './rulings.js';

/** What the messages do that only a transfer takes. */
export const TRANSFER_RULES: Rules<TransferState, TransferMessage> = {
  decideTransfer: (state, body, given) => {
    const [changes, answer] = decideTransfer(state, body);
    return ['decision' in changes ? { ...changes, sentDecision: { body, proof: given.envelope } } : changes, answer];
  },

  confirmTransfer: (state, body, given) => {
    const [changes, answer] = confirmTransfer(state, body);
    return [answer.accepted ? { ...changes, sentConfirmation: { body, proof: given.envelope } } : changes, answer];
  },
};

/** Who approves transfers, of the people whom the organization named, by ref or e-mail address. */
export function approverNamed<Approver extends Named>(
  approvers: readonly Approver[],
  name: string,
): Approver | undefined {
  return approvers.find((approver) => isNamed(approver, name));
}

/** Whether it is the person's ref or e-mail address, in capitals or not. */
export function isNamed({ ref, email }: Named, name: string): boolean {
  return [ref, email].some((own) => own.toLowerCase() === name.toLowerCase());
}

interface Named {
  ref: string;
  email: string;
}

/** Takes an approver's word on a transfer: only those whom the organization named, and never who asked for the transfer. */
function decideTransfer(state: TransferState, { by, verdict, reason }: DecideTransfer): Ruling {
  const { payer, decision, review } = state;
  if (!payer) return [{}, refuse('NotAllowed', 'the transfer was not checked yet')];
  const approver = approverNamed(payer.approvers, by);
  if (!approver)
    return [{}, refuse('NotAnApprover', 'nobody of this ref or e-mail address approves transfers of the account')];
  if (review.submitters.some((submitter) => isNamed(approver, submitter))) {
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
function confirmTransfer({ transfer }: TransferState, { orderId }: ConfirmTransfer): Ruling {
  return transfer.state === 'prepared' && transfer.orderId === orderId
    ? [{ confirmedOrderId: orderId }, accept('applied', 'confirmed')]
    : [{}, refuse('NotAllowed', 'no order of this id waits for a confirmation')];
}
