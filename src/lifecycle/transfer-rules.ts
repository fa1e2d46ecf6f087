import { approverNamed, isNamed } from './approvers.js';
import type { TransferState } from './case-state.js';
import { accept, refuse, type ConfirmTransfer, type DecideTransfer, type TransferMessage } from './messages.js';
import type { Rules, Ruling } from './rulings.js';

/** The effects of messages that only a transfer accepts. */
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

/** Applies an approver's decision on a transfer. Only named approvers may decide, and never the person who asked for it. */
function decideTransfer(state: TransferState, { by, verdict, reason }: DecideTransfer): Ruling {
  const { approvers, decision, review } = state;
  if (!approvers) return [{}, refuse('NotAllowed', 'the transfer was not checked yet')];
  const approver = approverNamed(approvers, by);
  if (!approver) return [{}, refuse('NotAnApprover', 'no approver of the account has this ref or e-mail address')];
  if (review.submitters.some((submitter) => isNamed(approver, submitter))) {
    return [{}, refuse('SelfApproval', 'the person who asked for the transfer may not approve it')];
  }
  if (decision) {
    return decision.by === approver.ref && decision.verdict === verdict
      ? [{}, accept('applied', 'already decided this way')]
      : [{}, refuse('AlreadyDecided', `the transfer was decided by ${decision.by}`)];
  }
  return [
    { decision: { by: approver.ref, verdict, reason } },
    accept('applied', verdict === 'approve' ? 'approved' : 'rejected'),
  ];
}

/** Applies the customer's confirmation of the prepared order that the status shows. */
function confirmTransfer({ transfer }: TransferState, { orderId }: ConfirmTransfer): Ruling {
  return transfer.state === 'prepared' && transfer.orderId === orderId
    ? [{ confirmedOrderId: orderId }, accept('applied', 'confirmed')]
    : [{}, refuse('NotAllowed', 'no order with this id waits for a confirmation')];
}
