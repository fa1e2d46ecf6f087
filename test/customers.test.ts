import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { CustomerMessage, CustomerRequestInput, TransferInput } from '../src/client/index.js';
import { HAND_OVER } from '../src/lifecycle/customer.js';
import { customerCaseId, TASK_QUEUE, WORKFLOW_TYPES } from '../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const endOfDay = (at: number): number => Math.floor(at / DAY) * DAY + DAY - 1;
const money = (value: string) => ({ value, currency: 'EUR' });
const TERMS = {
  ...{ title: 'Rent', validDays: 100, transactionsPerDay: 50 },
  ...{ perTransaction: money('500.00'), perDay: money('1200.00') },
};
const PAYEES = {
  landlord: { iban: 'LT717300010123456789', bic: 'HABALT22', country: 'LT', name: 'Jonas Vaitkus' },
  works: { iban: 'DE44500105175407324931', bic: 'INGDDEFF', country: 'DE', name: 'Glashütte Travemünde' },
  flagged: { iban: 'FR1420041010050500013M02606', bic: 'BNPAFRPP', country: 'FR', name: 'Paul FLAGGED' },
} as const;
type Payee = keyof typeof PAYEES;
const beneficiary = (ref: Payee) =>
  ({ ref, ...PAYEES[ref], partyType: 'INDIVIDUAL_CUSTOMER', currency: 'EUR' }) as const;

let time: TimeSkipping;
let lane: Lane;
before(async () => {
  time = await startTimeSkipping();
  lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000' } });
});
afterEach(() => time.takeBackFaults());
after(() => time.stop());

interface Living {
  id: string;
  customerId: string;
  accountId: string;
}

/** A customer whose account is active and holds 1000.00 EUR. */
async function living(payments: object | null): Promise<Living> {
  const { ids } = await lane.finish(await lane.start(await anIndividual({ payments })));
  const { customerId, accountId } = ids;
  return { id: customerCaseId(SANDBOX_TENANT.id, customerId!), customerId: customerId!, accountId: accountId! };
}

const withConsent = (...refs: Payee[]) => ({ beneficiaries: refs.map(beneficiary), consent: TERMS, transfer: null });

/** Asks for something, and waits until it is settled. */
async function asked<Name extends CustomerMessage>(
  { id }: Living,
  name: Name,
  body: Omit<CustomerRequestInput<Name>, 'by'>,
): Promise<'done' | 'leftOut'> {
  const answer = await lane.client.ask(id, name, { by: 'backoffice', ...body } as CustomerRequestInput<Name>);
  assert.ok(answer.accepted, JSON.stringify(answer));
  const requestId = answer.detail.split(' ')[0]!;
  const { customer } = await lane.until(id, `settles ${requestId}`, ({ customer }) =>
    customer!.requests.some((one) => one.requestId === requestId && one.state !== 'waiting'),
  );
  return customer!.requests.find((one) => one.requestId === requestId)!.state as 'done' | 'leftOut';
}

let made = 0;
async function pay({ customerId, accountId }: Living, to: Payee, patch: Partial<TransferInput> = {}): Promise<string> {
  const order: TransferInput = {
    ...{ reference: `living-${(made += 1)}`, customerId, accountId, beneficiaryIban: PAYEES[to].iban },
    ...{ amount: money('10.00'), description: 'Rent', submittedBy: 'backoffice' },
    origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
    ...patch,
  };
  return (await lane.client.startTransfer(order)).workflowId;
}

async function ended(id: string): Promise<string> {
  return (await lane.until(id, 'ends', ({ outcome }) => outcome !== null)).status;
}

/** Why a case needs a person. */
async function attention(id: string): Promise<string> {
  await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
  return (await lane.client.caseView(id)).attention!.failure;
}

async function resolve(id: string, action: 'retry' | 'abort' | 'skip'): Promise<void> {
  await attention(id);
  const { attentionId } = (await lane.client.caseView(id)).attention!;
  assert.ok((await lane.client.resolveAttention(id, { attentionId, by: 'op-1', action })).accepted);
}

interface ConsentRow {
  id: string;
  accountId: string;
  status: string;
  allowedAccounts: string[];
}

/** The account's payment consents at FinHub that pay, each by whom it may pay. */
async function payable({ accountId }: Living): Promise<string[][]> {
  const rows = await lane.finhub.table<ConsentRow>('paymentConsents');
  const active = rows.filter((row) => row.accountId === accountId && row.status === 'ACTIVE');
  return active.map(({ allowedAccounts }) => allowedAccounts);
}

async function registered({ accountId }: Living): Promise<string[]> {
  const rows = await lane.finhub.table<{ accountId: string; iban: string }>('beneficiaries');
  return rows.filter((row) => row.accountId === accountId).map(({ iban }) => iban);
}

describe('a customer after activation', () => {
  test('without a payment consent gets a beneficiary and a consent, and then pays', async () => {
    const customer = await living(null);
    const transfer = await pay(customer, 'works');
    assert.equal(await attention(transfer), 'BeneficiaryUnknown');
    const refused = await lane.client.ask(customer.id, 'makePaymentConsent', { by: 'backoffice', consent: TERMS });
    assert.equal(refused.accepted, false, 'it would pay nobody');
    assert.equal(await asked(customer, 'addBeneficiary', { beneficiary: beneficiary('works') }), 'done');
    await resolve(transfer, 'retry');
    assert.equal(await asked(customer, 'makePaymentConsent', { consent: TERMS }), 'done');
    await resolve(transfer, 'retry');
    assert.equal(await ended(transfer), 'completed');
  });

  test('adds and removes beneficiaries; the payment consent follows, and the one before is revoked once its orders have lapsed', async () => {
    const customer = await living(withConsent('landlord'));
    await asked(customer, 'addBeneficiary', { beneficiary: beneficiary('works') });
    const both = [PAYEES.landlord.iban, PAYEES.works.iban];
    assert.deepEqual(await payable(customer), [[PAYEES.landlord.iban], both]);
    assert.equal(await ended(await pay(customer, 'works')), 'completed');
    await time.skip(3.1 * HOUR);
    await eventually('the first one is revoked', async () => (await payable(customer)).length === 1);
    await asked(customer, 'removeBeneficiary', { ref: 'works' });
    assert.deepEqual(await registered(customer), [PAYEES.landlord.iban]);
    assert.equal(await attention(await pay(customer, 'works')), 'BeneficiaryUnknown');
    await time.skip(3.1 * HOUR);
    await eventually('the second one is revoked', async () => (await payable(customer)).length === 1);
    assert.deepEqual(await payable(customer), [[PAYEES.landlord.iban]]);
    await asked(customer, 'removeBeneficiary', { ref: 'landlord' });
    assert.deepEqual(
      [await payable(customer), await registered(customer)],
      [[], []],
      'a consent for nobody is revoked',
    );
  });

  test('asks a person about a flagged beneficiary, who may leave it out; nothing waits behind it for ever', async () => {
    const customer = await living(withConsent('landlord'));
    const flagged = asked(customer, 'addBeneficiary', { beneficiary: beneficiary('flagged') });
    assert.equal(await attention(customer.id), 'BeneficiaryFlagged');
    const other = asked(customer, 'addBeneficiary', { beneficiary: beneficiary('works') });
    await resolve(customer.id, 'skip');
    assert.deepEqual([await flagged, await other], ['leftOut', 'done']);
    const { customer: shown } = await lane.until(customer.id, 'is told', () => true);
    assert.deepEqual(
      shown!.beneficiaries.map(({ ref }) => ref),
      ['landlord', 'works'],
    );
  });

  test('hears at once what cannot be done, and that the same was asked for already', async () => {
    const { id } = await living(withConsent('landlord'));
    const by = 'backoffice';
    const answers = await Promise.all([
      lane.client.ask(id, 'addBeneficiary', { by, beneficiary: beneficiary('landlord') }),
      lane.client.ask(id, 'addBeneficiary', { by, beneficiary: { ...beneficiary('works'), ref: 'landlord' } }),
      lane.client.ask(id, 'addBeneficiary', { by, beneficiary: { ...beneficiary('landlord'), ref: 'twin' } }),
      lane.client.ask(id, 'removeBeneficiary', { by, ref: 'works' }),
      lane.client.ask(id, 'makePaymentConsent', { by, beneficiaries: ['works'] }),
    ]);
    assert.deepEqual(
      answers.map((answer) => (answer.accepted ? answer.state : answer.refusal)),
      ['applied', 'NotAllowed', 'NotAllowed', 'NotAllowed', 'NotAllowed'],
    );
  });

  test('renews a payment consent that is used up before its date', async () => {
    const customer = await living({ ...withConsent('landlord'), consent: { ...TERMS, maxTransactions: 1 } });
    assert.equal(await ended(await pay(customer, 'landlord')), 'completed');
    const next = await pay(customer, 'landlord');
    assert.equal(await attention(next), 'ConsentUsedUp');
    await asked(customer, 'makePaymentConsent', {});
    await resolve(next, 'retry');
    assert.equal(await ended(next), 'completed');
  });
});

describe('a transfer under way', () => {
  test('to a beneficiary who is removed is paid if its order was prepared before', async () => {
    const customer = await living(withConsent('landlord', 'works'));
    const transfer = await pay(customer, 'works', { confirmation: true });
    const orderId = await prepared(transfer);
    await asked(customer, 'removeBeneficiary', { ref: 'works' });
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId });
    assert.equal(await ended(transfer), 'completed');
  });

  test('whose consent is revoked asks a person, is not paid, and goes on by another consent', async () => {
    const customer = await living(withConsent('landlord'));
    const transfer = await pay(customer, 'landlord', { confirmation: true });
    const orderId = await prepared(transfer);
    await asked(customer, 'revokePaymentConsent', {});
    assert.deepEqual(await payable(customer), []);
    assert.equal(await attention(await pay(customer, 'landlord')), 'ConsentMissing');
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId });
    assert.equal(await attention(transfer), 'FinHubInvalidRequest');
    await asked(customer, 'makePaymentConsent', { consent: TERMS });
    await time.skip(0.5 * HOUR);
    await resolve(transfer, 'retry');
    const again = await prepared(transfer, orderId);
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId: again });
    assert.equal(await ended(transfer), 'completed');
  });

  test('whose consent expires asks a person, is not paid, and goes on by another consent', async () => {
    const customer = await living({ ...withConsent('landlord'), consent: { ...TERMS, validDays: 1 } });
    const path = '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}';
    await lane.finhub.inject({ method: 'POST', path, kind: 'refuse-401', times: 1000 });
    const now = await time.now();
    await time.skip(endOfDay(now + DAY) - now - 5 * MINUTE);
    const transfer = await pay(customer, 'landlord', { confirmation: true });
    const orderId = await prepared(transfer);
    await time.skip(6 * MINUTE);
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId });
    assert.equal(await attention(transfer), 'FinHubInvalidRequest');
    await lane.finhub.clearFaults();
    await resolve(customer.id, 'retry');
    await eventually('another consent', async () => (await payable(customer)).length === 2);
    await time.skip(0.5 * HOUR);
    await resolve(transfer, 'retry');
    const again = await prepared(transfer, orderId);
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId: again });
    assert.equal(await ended(transfer), 'completed');
  });

  test('whose consent is made anew meanwhile is paid by the one that its order was prepared by', async () => {
    const customer = await living(withConsent('landlord'));
    const transfer = await pay(customer, 'landlord', { confirmation: true });
    const orderId = await prepared(transfer);
    await asked(customer, 'makePaymentConsent', { consent: { ...TERMS, perTransaction: money('5.00') } });
    await lane.client.confirmTransfer(transfer, { by: 'customer', orderId });
    assert.equal(await ended(transfer), 'completed');
    assert.equal(await attention(await pay(customer, 'landlord')), 'LimitExceeded');
  });

  test('whose case does not answer asks a person, and pays nothing', async () => {
    const customer = await living(withConsent('landlord'));
    await lane.temporal.workflow.getHandle(customer.id).terminate();
    const type = WORKFLOW_TYPES.organization;
    await lane.temporal.workflow.start(type, { workflowId: customer.id, taskQueue: TASK_QUEUE, args: [{}] });
    const transfer = await pay(customer, 'landlord');
    for (let minute = 0; minute < 5; minute += 1) await time.skip(MINUTE);
    assert.equal(await attention(transfer), 'CustomerUnanswered');
    const orders = await lane.finhub.table<{ accountId: string }>('orders');
    assert.equal(orders.filter(({ accountId }) => accountId === customer.accountId).length, 0);
  });

  test('whose case was ended before the onboarding has handed it over asks a person', async () => {
    const id = await lane.start(await anIndividual({ payments: withConsent('flagged', 'works') }));
    await assert.rejects(lane.finish(id), /needs attention/);
    assert.equal(await attention(id), 'BeneficiaryFlagged');
    const { ids } = await lane.client.caseView(id);
    await lane.temporal.workflow.getHandle(customerCaseId(SANDBOX_TENANT.id, ids.customerId!)).terminate();
    await resolve(id, 'skip');
    const asks = async () => (await lane.client.caseView(id)).attention?.failure === 'CustomerUnanswered';
    await eventually('asks again', asks);
    await resolve(id, 'skip');
    assert.equal(await ended(id), 'completed');
  });

  test('gets back neither a consent nor a beneficiary by a hand-over that somebody sends again', async () => {
    const customer = await living(withConsent('landlord', 'works'));
    const { workflowService, options } = lane.temporal;
    const { namespace } = options;
    const { events } = await lane.temporal.workflow.getHandle(customer.id).fetchHistory();
    const { input = null } = events!.find(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === HAND_OVER,
    )!.workflowExecutionSignaledEventAttributes!;
    const again = async (): Promise<void> => {
      const workflowExecution = { workflowId: customer.id };
      await workflowService.signalWorkflowExecution({ namespace, workflowExecution, signalName: HAND_OVER, input });
    };
    const refusals = async () =>
      (await lane.client.audit(customer.id)).filter(({ event }) => event === 'handOverRefused');
    await asked(customer, 'removeBeneficiary', { ref: 'works' });
    await again();
    await eventually('the replaced consent is refused', async () => (await refusals()).length === 1);
    await asked(customer, 'revokePaymentConsent', {});
    await again();
    await eventually('the revoked consent is refused', async () => (await refusals()).length === 2);
    assert.equal(await attention(await pay(customer, 'landlord')), 'ConsentMissing');
    const { customer: shown } = await lane.until(customer.id, 'is told', () => true);
    assert.deepEqual(
      shown!.beneficiaries.map(({ ref }) => ref),
      ['landlord'],
    );
    await time.skip(TERMS.validDays * DAY);
    assert.deepEqual(await payable(customer), [], 'nothing was renewed');
  });

  /** The order that waits for the customer's word. */
  async function prepared(id: string, not = ''): Promise<string> {
    const { transfer } = await lane.until(
      id,
      'is prepared',
      ({ transfer }) => transfer?.state === 'prepared' && transfer.orderId !== not,
    );
    return transfer!.orderId!;
  }
});
