import { isCancellation } from '@temporalio/workflow';
import type { Requirement, TransferState } from '../../lifecycle/case-state.js';
import type { Customer } from '../../lifecycle/customer.js';
import { paymentObstacles, type TransferFacts } from '../../lifecycle/payment-checks.js';
import type { BusinessDays } from '../../lifecycle/policy.js';
import { isBeyondRetention, isDatedAhead } from '../../lifecycle/transfer.js';
import type { Case } from '../case.js';
import { Ending } from '../control-flow.js';
import { settleOrder } from '../orders/settle-order.js';
import { type OrderRequest } from '../orders/order.js';
import { lookUpCustomer } from '../own-activities.js';
import { needsPerson } from '../attention.js';
import { payerFound } from '../../lifecycle/transitions.js';

type Transfer = Case<TransferState>;

/** Phase 1 of a transfer: what stands against it is said before FinHub is asked for anything. */
export async function checks(theCase: Transfer): Promise<void> {
  const { application: order, startedAt } = theCase.state;
  const { retentionDays } = theCase.policy;
  if (retentionDays !== undefined && isBeyondRetention(order.reference, retentionDays, new Date(startedAt))) {
    throw new Ending('rejected', 'the reference is older than what tells whether it was paid already');
  }
  if (isDatedAhead(order.reference, new Date(startedAt))) {
    throw new Ending('rejected', 'the reference carries a future date, so it cannot guard against a second payment');
  }
  await payable(theCase);
}

/** How long an approver has. */
const APPROVAL_DAYS: BusinessDays = { reminder: 1, due: 2, expiry: 10 };

/** Phase 2: where the organization named approvers, one of them says yes, and not who asked for the transfer. */
export async function approval(theCase: Transfer): Promise<void> {
  const { state } = theCase;
  const approvers = state.approvers ?? [];
  if (approvers.length === 0) return;
  const requirements = (): Requirement[] =>
    approvers.map(({ ref }) => ({
      code: 'approval',
      message: 'a TRANSACTION_APPROVER of the organization has to approve the transfer',
      subject: ref,
    }));
  await theCase.wait(
    { who: 'customer', what: 'approval by a transaction approver', requirements, days: APPROVAL_DAYS },
    () => state.decision !== undefined,
  );
  if (state.decision?.verdict === 'reject') throw new Ending('rejected', 'the approver rejected the transfer');
}

/** Phase 3: prepared, executed and followed until it is settled. */
export async function execution(theCase: Transfer): Promise<void> {
  const { reference, confirmation } = theCase.state.application;
  const { status, reason } = await settleOrder(theCase, reference, { request: () => payable(theCase), confirmation });
  if (status === 'failed') throw new Ending('failed', reason);
}

const KEY = 'payable';

/** The order as FinHub is to be asked for it, once nothing known stands against it; what does is put before a person. */
async function payable(theCase: Transfer): Promise<OrderRequest> {
  const { application: order } = theCase.state;
  for (;;) {
    // A new run takes up the question that the last one left with a person.
    if (theCase.state.attention?.key !== KEY) {
      const account = await payerOf(order);
      if (typeof account === 'string') {
        await putBefore(theCase, [{ code: account, message: NO_PAYER[account] }]);
        continue;
      }
      const facts = await factsOf(theCase, account);
      theCase.apply(payerFound(account, facts.approvers));
      // What has been begun is followed, whatever stands against it now: its own payment may.
      const obstacles = facts.begunEarlier ? [] : paymentObstacles(order, account, facts, new Date());
      if (obstacles.length === 0) return request(theCase, account, facts);
      await putBefore(theCase, obstacles);
    } else await putBefore(theCase, []);
  }
}

const NO_PAYER = {
  AccountUnknown: 'no customer of this id has such an account',
  CustomerUnanswered: "the customer's case does not answer",
};

/** The customer as their own case has them now; otherwise why there is none who could pay. */
async function payerOf({
  tenantId,
  customerId,
  accountId,
}: TransferState['application']): Promise<Customer | keyof typeof NO_PAYER> {
  try {
    const account = await lookUpCustomer({ tenantId, customerId });
    return account?.accountId === accountId ? account : 'AccountUnknown';
  } catch (error) {
    if (isCancellation(error)) throw error;
    return 'CustomerUnanswered';
  }
}

async function putBefore(theCase: Transfer, obstacles: Requirement[]): Promise<void> {
  await needsPerson(theCase, KEY, 'transfer', {
    type: obstacles[0]?.code ?? 'AccountUnknown',
    message: obstacles.map(({ message }) => message).join('; '),
    missing: obstacles,
  });
}

/** What FinHub says of the account and the beneficiary; a screening under way is waited for. */
async function factsOf(theCase: Transfer, account: Customer): Promise<TransferFacts> {
  const { beneficiaryIban: iban, reference } = theCase.state.application;
  const { accountId } = account;
  const facts = await theCase.calls.read('readPaymentFacts', {
    accountId,
    reference,
    iban,
    consentId: account.consent?.consentId,
  });
  if (facts.beneficiary?.screening !== 'PENDING') return facts;
  const screened = await theCase.waiting('finhub', 'screening of the beneficiary', () =>
    theCase.calls.poll(
      'awaitScreening',
      { accountId, iban },
      { every: 5, slowest: 900, summary: 'looks at the screening' },
    ),
  );
  return { ...facts, beneficiary: screened };
}

function request(theCase: Transfer, account: Customer, facts: TransferFacts): OrderRequest {
  const { amount, description, beneficiaryIban } = theCase.state.application;
  const { accountId, iban, consent } = account;
  return {
    type: 'transfer',
    accountId,
    iban,
    description,
    amount,
    counterparty: {
      name: facts.found?.name ?? '',
      iban: beneficiaryIban,
      beneficiaryId: facts.found?.beneficiaryId,
      ...(facts.found?.company ? { companyName: facts.found.name } : {}),
    },
    consentId: consent?.consentId,
    authenticationCode: consent?.authenticationCode,
    availableBefore: facts.available,
  };
}
