import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowFailure,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import { isOutcome, type Outcome } from '../lifecycle/outcome.js';
import { customerCaseId, transferId, WORKFLOW_TYPES } from '../lifecycle/ids.js';
import { HAND_OVER, type HandOver, type Customer, type PaymentConsent } from '../lifecycle/customer.js';
import { attributesAtStart } from '../lifecycle/search-attributes.js';
import type { TransferOrder } from '../lifecycle/transfer.js';
import type { Case } from './case.js';
import { fingerprintTransfer, lookUpTransfer } from './own-activities.js';
import type { Beginning } from '../lifecycle/warrants.js';
import { pairsOf } from './search-attributes.js';
import { approversWarrant, beginningOf } from './warrants.js';
import { needsPerson } from './attention.js';
import { transferFollowed, transferTracked } from '../lifecycle/transitions.js';

/** Begins the case of the customer who is active now; it outlives the lifecycle. After a workflow reset it is there already. */
export async function openCustomer(theCase: Case): Promise<void> {
  await noteApprovers(theCase);
  const { application, finhub, kind } = theCase.state;
  const { tenantId, applicationId, origin } = application;
  const customer: Customer = {
    ...{ customerId: theCase.customerId, tenantId, kind, applicationId, origin },
    accountId: finhub.accountId!,
    iban: finhub.iban!,
    beneficiaries: [],
  };
  await startOnce('customer', customerCaseId(tenantId, customer.customerId), customer, {});
}

/**
 * Tells the customer's case what was made for it; after a workflow reset once more, with a consent that was made in place of the first. If
 * somebody has ended that case, a person resumes it.
 */
export async function handOver(theCase: Case, consent?: PaymentConsent): Promise<void> {
  await noteApprovers(theCase);
  const { application, finhub } = theCase.state;
  const workflowId = customerCaseId(application.tenantId, theCase.customerId);
  const beneficiaries = (application.payments?.beneficiaries ?? []).flatMap(({ ref, name, iban }) => {
    const beneficiaryId = finhub.beneficiaries[ref];
    return beneficiaryId === undefined ? [] : [{ ref, name, iban, beneficiaryId }];
  });
  const handed: HandOver = { beneficiaries, consent };
  for (;;) {
    try {
      // A new run takes up the question that the last one left with a person.
      if (theCase.state.attention?.key !== HAND_OVER)
        return await getExternalWorkflowHandle(workflowId).signal(HAND_OVER, handed);
    } catch (error) {
      if (isCancellation(error)) throw error;
      theCase.record('notHandedOver', { customer: workflowId });
    }
    const ended = { type: 'CustomerUnanswered', message: "the customer's case has ended" };
    await needsPerson(theCase, HAND_OVER, HAND_OVER, ended);
  }
}

/** Notes who approves the account's transfers, once more after each correction, which may name others. */
async function noteApprovers(theCase: Case): Promise<void> {
  const { corrections, finhub } = theCase.state;
  await theCase.calls.once('noteApprovers', () => ({ accountId: finhub.accountId! }), {
    ...(corrections.length > 0 && { of: `correction ${corrections.length}` }),
    warrant: () => approversWarrant(theCase.state),
  });
}

/**
 * Starts a transfer that outlives the lifecycle, or joins the one that somebody started with the same reference and content, and follows it to
 * its end.
 */
export async function followTransfer(theCase: Case, order: TransferOrder): Promise<Outcome> {
  const workflowId = transferId(order.tenantId, order.reference);
  theCase.apply(transferFollowed(order.reference));
  const fingerprint = await fingerprintTransfer(order);
  const outcome = await theCase.waiting('finhub', `${workflowId} to end`, async () => {
    const child = await startOnce('transfer', workflowId, order, { fingerprint }, beginningOf(theCase.state));
    return child ? endOf(child) : joined(theCase, workflowId, fingerprint);
  });
  const { result, orderId } = outcome;
  theCase.apply(transferTracked({ state: result === 'active' ? 'completed' : result, orderId }));
  return outcome;
}

/** The end of a transfer; one that somebody ended in Temporal has left no outcome. */
async function endOf(transfer: ChildWorkflowHandle<Workflow>): Promise<Outcome> {
  try {
    const came: unknown = await transfer.result();
    if (isOutcome(came)) return came;
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure) || CancellationScope.current().consideredCancelled) throw error;
  }
  return { result: 'aborted', at: new Date().toISOString(), reason: 'the transfer was ended in Temporal' };
}

/** The same reference with other content is another transfer, and a person's business. */
async function joined(theCase: Case, workflowId: string, fingerprint: string): Promise<Outcome> {
  while ((await lookUpTransfer({ workflowId })) !== fingerprint) {
    await needsPerson(theCase, `join/${workflowId}`, 'transfer', {
      type: 'TransferConflict',
      message: 'a transfer of this reference is there with other content',
    });
  }
  theCase.record('transferJoined', { transfer: workflowId });
  return theCase.calls.poll(
    'awaitTransfer',
    { workflowId },
    { every: 1, slowest: 60, summary: 'looks whether the transfer has ended' },
  );
}

/** Starts a case as a child that our end does not end; undefined where there is one of this id, running or closed. */
async function startOnce<Subject extends { tenantId: string }>(
  kind: 'transfer' | 'customer',
  workflowId: string,
  application: Subject,
  memo: Record<string, string>,
  vouched?: Beginning,
): Promise<ChildWorkflowHandle<Workflow> | undefined> {
  try {
    return await startChild(WORKFLOW_TYPES[kind], {
      workflowId,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      args: [{ application, ...(vouched && { vouched }) }],
      memo,
      typedSearchAttributes: new TypedSearchAttributes(
        pairsOf(attributesAtStart(kind, application.tenantId, new Date())),
      ),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}
