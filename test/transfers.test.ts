import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, afterEach, before, describe, test } from 'node:test';
import {
  ApplicationConflict,
  runBatch,
  type BatchReport,
  type CaseView,
  type TransferInput,
} from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { customerCaseId, transferId } from '../src/lifecycle/ids.js';
import { renewalTime, type Customer } from '../src/lifecycle/customer.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { searchAttributeKeys } from '../src/temporal/search-attributes.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { PATIENCE } from './helpers/patience.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/execute' };
const PREPARE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/prepare' };
const PAYEES = {
  landlord: { iban: 'LT717300010123456789', bic: 'HABALT22', country: 'LT', name: 'Jonas Vaitkus' },
  works: { iban: 'DE44500105175407324931', bic: 'INGDDEFF', country: 'DE', name: 'Glashütte Travemünde' },
  pending: { iban: 'NL91ABNA0417164300', bic: 'ABNANL2A', country: 'NL', name: 'Pim PENDING' },
  flagged: { iban: 'FR1420041010050500013M02606', bic: 'BNPAFRPP', country: 'FR', name: 'Paul FLAGGED' },
};

let time: TimeSkipping;
let lane: Lane;
let made = 0;
/** For what neither needs nor leaves anything special of an account. */
let somePayer: Payer;
before(async () => {
  time = await startTimeSkipping();
  lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000' } });
  somePayer = await openAccount();
});
afterEach(() => time.takeBackFaults());
after(() => time.stop());

interface Payer {
  customerId: string;
  accountId: string;
  lifecycle: string;
}

const beneficiary = (ref: keyof typeof PAYEES) => ({
  ...PAYEES[ref],
  ref,
  partyType: 'INDIVIDUAL_CUSTOMER',
  currency: 'EUR',
});

const money = (value: string) => ({ value, currency: 'EUR' });

const CONSENT = {
  title: 'Rent',
  validDays: 100,
  perTransaction: money('500.00'),
  perDay: money('1200.00'),
  transactionsPerDay: 50,
};

/** A person's account with 1000.00 EUR, a payment consent and beneficiaries. */
async function openAccount(payments: object = {}): Promise<Payer> {
  const given = { beneficiaries: [beneficiary('landlord')], consent: CONSENT, transfer: null, ...payments };
  const lifecycle = await lane.start(await anIndividual({ payments: given }));
  const { ids } = await lane.finish(lifecycle);
  return { lifecycle, customerId: ids.customerId!, accountId: ids.accountId! };
}

function order({ customerId, accountId }: Omit<Payer, 'lifecycle'>, patch: Partial<TransferInput> = {}): TransferInput {
  return {
    reference: `test-${(made += 1)}`,
    customerId,
    accountId,
    beneficiaryIban: PAYEES.landlord.iban,
    amount: money('10.00'),
    description: 'Rent',
    submittedBy: 'backoffice',
    origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
    ...patch,
  };
}

const idOf = ({ reference }: TransferInput): string => transferId(SANDBOX_TENANT.id, reference);

async function started(transfer: TransferInput): Promise<string> {
  return (await lane.client.startTransfer(transfer)).workflowId;
}

async function ended(id: string) {
  return lane.until(id, 'ends', ({ outcome }) => outcome !== null);
}

async function attention(id: string): Promise<CaseView> {
  await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
  return lane.client.caseView(id);
}

async function resolve(id: string, action: 'retry' | 'abort' | 'skip', adopt?: Record<string, string>): Promise<void> {
  const { attention: shown } = await attention(id);
  const { attentionId } = shown!;
  const resolution = adopt ? { action: 'adopt' as const, adopt } : { action };
  const answer = await lane.client.resolveAttention(id, { attentionId, by: 'op-1', ...resolution });
  assert.ok(answer.accepted, JSON.stringify(answer));
}

/** How often FinHub prepared and paid a reference. */
async function books({ accountId, reference }: TransferInput): Promise<{ prepared: number; paid: number }> {
  const ledger = await lane.finhub.ledger();
  const count = (kind: string, key: string) =>
    ledger.find((entry) => entry.kind === kind && entry.key === key)?.count ?? 0;
  return { prepared: count('prepared-order', `${accountId}/${reference}`), paid: count('payment', reference) };
}

/** Starts a transfer that FinHub executes, and lets nobody see it until a person is asked what became of it. */
async function executedUnseen(transfer: TransferInput): Promise<string> {
  await lane.finhub.inject({ ...EXECUTE, kind: 'drop' });
  const id = await started(transfer);
  await eventually('it was executed', async () => (await books(transfer)).paid === 1);
  const path = '/api/v2.1/fintrans/{accountId}/orders/{orderId}';
  await lane.finhub.inject({ method: 'GET', path, kind: 'garble', times: 10_000 });
  const asks = async () => (await lane.client.status(id)).status === 'needsAttention';
  await passing('it needs attention', 10 * MINUTE, asks);
  return id;
}

/** Lets time pass in small steps until there is something to see. */
async function passing<T>(what: string, step: number, look: () => Promise<T | undefined | false>): Promise<T> {
  return eventually(
    what,
    async () => {
      const seen = await look();
      if (seen === undefined || seen === false) await time.skip(step);
      return seen;
    },
    PATIENCE.passing,
  );
}

describe('a transfer', () => {
  test('of one reference and content is one transfer, and of other content a conflict', async () => {
    const transfer = order(somePayer);
    const [first, second] = await Promise.all([
      lane.client.startTransfer(transfer),
      lane.client.startTransfer({ ...transfer, submittedBy: 'another', amount: money('10.0') }),
    ]);
    assert.equal(first.runId, second.runId);
    await assert.rejects(lane.client.startTransfer({ ...transfer, amount: money('10.01') }), ApplicationConflict);
    const status = await ended(first.workflowId);
    assert.equal(status.status, 'completed');
    assert.equal(status.transfer?.state, 'completed');
    assert.ok(status.outcome?.orderId);
    assert.deepEqual(await books(transfer), { prepared: 1, paid: 1 });
    const [sent] = await lane.finhub.table<{ reference: string; clientReference: string }>('orders');
    assert.deepEqual([sent!.reference, sent!.clientReference], [transfer.reference, transfer.reference]);
    const again = await lane.client.startTransfer(transfer);
    assert.deepEqual([again.alreadyRunning, again.closed], [true, true]);
  });

  test('that the receiving bank refuses has failed, which is no fault of ours', async () => {
    const transfer = order(somePayer, { description: 'FAIL' });
    const status = await ended(await started(transfer));
    assert.deepEqual([status.status, status.outcome?.reason], ['failed', 'Refused by the receiving bank']);
  });

  test('waits for the customer where it is to be confirmed, and expires with its prepared order', async () => {
    const confirmed = order(somePayer, { confirmation: true });
    const forgotten = order(somePayer, { confirmation: true });
    for (const transfer of [confirmed, forgotten]) {
      const id = await started(transfer);
      const { transfer: shown } = await lane.until(id, 'asks', ({ waitingOn }) => waitingOn?.who === 'customer');
      assert.equal(shown?.state, 'prepared');
      const wrong = await lane.client.confirmTransfer(id, { by: 'customer', orderId: 'another' });
      assert.equal(wrong.accepted, false);
      if (transfer === confirmed) await lane.client.confirmTransfer(id, { by: 'customer', orderId: shown.orderId! });
    }
    assert.equal((await ended(idOf(confirmed))).status, 'completed');
    await time.skip(16 * MINUTE);
    assert.equal((await ended(idOf(forgotten))).status, 'expired');
    assert.deepEqual(await books(forgotten), { prepared: 1, paid: 0 });
    assert.ok(await lane.finhub.isBalanced());
  });

  test('is not cancelled once it is being executed', async () => {
    const transfer = order(somePayer);
    await lane.finhub.inject({ ...EXECUTE, kind: 'refuse-503', times: 3 });
    const id = await started(transfer);
    await lane.until(id, 'executes', ({ transfer: shown }) => shown?.state === 'executing');
    const answer = await lane.client.cancel(id, { by: 'backoffice', reason: 'too late' });
    assert.deepEqual('refusal' in answer && answer.refusal, 'NotAllowed');
    await lane.temporal.workflow.getHandle(id).cancel();
    assert.equal((await ended(id)).status, 'completed');
    assert.deepEqual(await books(transfer), { prepared: 1, paid: 1 });
  });
});

describe('a refusal', () => {
  /** Where neither `payments` nor `arrange` is given, some account will do. */
  interface Refusal {
    code: string;
    payments?: object;
    patch?: Partial<TransferInput>;
    arrange?: (payer: Payer) => Promise<void>;
    mend?: (payer: Payer) => Promise<void>;
  }

  const REFUSALS: Record<string, Refusal> = {
    "over the payment consent's limit": { code: 'LimitExceeded', patch: { amount: money('500.01') } },
    "over what is left of the payment consent's day": {
      code: 'LimitExceeded',
      payments: { consent: { ...CONSENT, perDay: money('500.00') } },
      arrange: async (payer) => void (await ended(await started(order(payer, { amount: money('400.00') })))),
      patch: { amount: money('100.01') },
      mend: () => time.skip(DAY),
    },
    "over the category's limit": {
      code: 'LimitExceeded',
      payments: { consent: { ...CONSENT, perTransaction: money('9000.00'), perDay: money('9000.00') } },
      arrange: ({ accountId }) => lane.finhub.credit(accountId, '9000.00'),
      patch: { amount: money('5000.01') },
    },
    'a payment consent that was used up': {
      code: 'ConsentUsedUp',
      payments: { consent: { ...CONSENT, maxTransactions: 1 } },
      arrange: async (payer) => void (await ended(await started(order(payer)))),
    },
    'an unknown beneficiary': { code: 'BeneficiaryUnknown', patch: { beneficiaryIban: PAYEES.works.iban } },
    'an account that nobody opened here': { code: 'AccountUnknown', patch: { accountId: 'unknown' } },
    'a balance that does not suffice': {
      code: 'InsufficientFunds',
      payments: { consent: { ...CONSENT, perTransaction: money('1200.00') } },
      patch: { amount: money('1000.01') },
      mend: ({ accountId }) => lane.finhub.credit(accountId, '0.01'),
    },
    'a suspended wallet': {
      code: 'WalletNotActive',
      arrange: ({ accountId }) => lane.finhub.setWallet(accountId, 'SUSPENDED'),
      mend: ({ accountId }) => lane.finhub.setWallet(accountId, 'ACTIVE'),
    },
    'another currency': { code: 'CurrencyMismatch', patch: { amount: { value: '10', currency: 'JPY' } } },
  };

  for (const [what, { code, payments, patch, arrange, mend }] of Object.entries(REFUSALS)) {
    test(`of ${what} is said before FinHub is asked`, async () => {
      await time.avoidMidnight();
      const payer = payments || arrange ? await openAccount(payments) : somePayer;
      await arrange?.(payer);
      const transfer = order(payer, patch);
      const id = await started(transfer);
      await assertSeen(id, code);
      assert.deepEqual(await books(transfer), { prepared: 0, paid: 0 });
      await mend?.(payer);
      await resolve(id, mend ? 'retry' : 'abort');
      assert.equal((await ended(id)).status, mend ? 'completed' : 'aborted');
      assert.deepEqual(await books(transfer), mend ? { prepared: 1, paid: 1 } : { prepared: 0, paid: 0 });
    });
  }

  test('of a flagged beneficiary comes twice: when it is registered, and whenever it is to be paid', async () => {
    const payments = {
      beneficiaries: [beneficiary('landlord'), beneficiary('flagged')],
      consent: CONSENT,
      transfer: null,
    };
    const id = await lane.toReview(await anIndividual({ payments }));
    await approved(id);
    await assertSeen(id, 'BeneficiaryFlagged', []);
    await resolve(id, 'retry');
    await assertSeen(id, 'BeneficiaryFlagged', []);
    await resolve(id, 'skip');
    const { ids, phases } = await lane.finish(id);
    assert.equal(phases.at(-1)?.status, 'completed', 'the other beneficiary is registered');
    const transfer = order(
      { customerId: ids.customerId!, accountId: ids.accountId! },
      { beneficiaryIban: PAYEES.flagged.iban },
    );
    await assertSeen(await started(transfer), 'BeneficiaryFlagged');
    await resolve(idOf(transfer), 'abort');
  });

  test('of an expired payment consent, which could not be renewed in time', async () => {
    const payer = await openAccount({ consent: { ...CONSENT, validDays: 10 } });
    const path = '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}';
    await lane.finhub.inject({ method: 'POST', path, kind: 'refuse-401', times: 1000 });
    const customer = customerCaseId(SANDBOX_TENANT.id, payer.customerId);
    await time.skip(12 * DAY);
    await assertSeen(customer, 'FinHubUnauthorized', []);
    const transfer = order(payer);
    const id = await started(transfer);
    await assertSeen(id, 'ConsentExpired');
    await lane.finhub.clearFaults();
    await resolve(customer, 'retry');
    await lane.until(customer, 'goes on', ({ status }) => status !== 'needsAttention');
    await eventually('the consent is renewed', async () =>
      (await lane.client.audit(customer)).some(({ event }) => event === 'paymentConsentRenewed'),
    );
    await resolve(id, 'retry');
    assert.equal((await ended(id)).status, 'completed');
  });

  /** What the backend, the operator and whoever looks at Temporal see of a refusal. */
  async function assertSeen(id: string, code: string, requirements = [code]): Promise<void> {
    const view = await attention(id);
    assert.equal(view.attention?.failure, code);
    if (requirements.length > 0) {
      const { requirements: told } = await lane.until(id, 'tells why', () => true);
      assert.deepEqual([...new Set(told.map((requirement) => requirement.code))], requirements);
    }
    const { typedSearchAttributes } = await lane.temporal.workflow.getHandle(id).describe();
    assert.equal(typedSearchAttributes.get(searchAttributeKeys.NeedsAttention), true);
    assert.equal(typedSearchAttributes.get(searchAttributeKeys.LifecycleStatus), 'needsAttention');
  }
});

async function approved(id: string): Promise<void> {
  const { review, evidenceHash } = await lane.client.caseView(id);
  const decision = { decisionId: 'yes', round: review.round, verdict: 'approve' as const, operator: { id: 'op-1' } };
  await lane.client.decide(id, { ...decision, evidenceHash });
  await lane.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
  await lane.client.submitActivationCode(id, await lane.activationCode(id));
}

describe('an unclear execution', () => {
  test('is never followed by another preparation while it may have paid', async () => {
    for (const kind of ['drop', 'effect-500', 'late-effect', 'cut', 'garble'] as const) {
      const transfer = order(somePayer);
      await lane.finhub.inject({ ...EXECUTE, kind, ...(kind === 'late-effect' && { delayMs: 150 }) });
      const id = await started(transfer);
      assert.equal((await ended(id)).status, 'completed', kind);
      assert.deepEqual(await books(transfer), { prepared: 1, paid: 1 }, kind);
    }
  });

  test('is prepared anew when its order has lapsed, and not before', async () => {
    const transfer = order(somePayer);
    await lane.finhub.inject({ ...EXECUTE, kind: 'refuse-503', times: 10_000 });
    const id = await started(transfer);
    await passing('it is repeated', 5000, async () =>
      (await lane.client.audit(id)).some(
        ({ event, data }) => event === 'orderRead' && data.status === 'READY' && data.step === 'repeat',
      ),
    );
    assert.deepEqual(await books(transfer), { prepared: 1, paid: 0 });
    await lane.finhub.moveClockTo(new Date(Date.parse(await lane.finhub.now()) + 16 * MINUTE));
    await lane.finhub.clearFaults();
    await passing('it ends', MINUTE, async () => (await lane.client.status(id)).outcome !== null);
    assert.deepEqual([(await ended(id)).status, await books(transfer)], ['completed', { prepared: 2, paid: 1 }]);
    const orders = await lane.finhub.table<{ reference: string; status: string }>('orders');
    assert.equal(orders.find(({ reference }) => reference === transfer.reference)!.status, 'EXPIRED');
  });

  test('that nothing can clear up goes to a person with the evidence, whose word counts', async () => {
    const transfer = order(await openAccount());
    const id = await executedUnseen(transfer);
    const { attention: shown } = await attention(id);
    assert.equal(shown?.failure, 'FinHubUnclear');
    assert.deepEqual(
      shown.fieldErrors.map(({ field }) => field),
      ['execute', 'order', 'balance', 'balanceBefore'],
    );
    assert.match(shown.fieldErrors[2]!.message, /^990\.00 EUR available/);
    assert.match(shown.fieldErrors[3]!.message, /^1000\.00 EUR available/);
    await resolve(id, 'retry', { outcome: 'completed' });
    assert.deepEqual([(await ended(id)).status, await books(transfer)], ['completed', { prepared: 1, paid: 1 }]);
  });
});

describe('a question about an order', () => {
  before(async () => {
    // The tests above have let days pass, after which this server may leave an Update without an answer.
    await time.stop();
    time = await startTimeSkipping();
    // More than a lifecycle comes to: where a run ends, this server may leave a Query or an Update without an answer.
    lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000', MAX_HISTORY_EVENTS: '200' } });
  });

  test('has the same answers in the run after the one that asked it', async () => {
    const transfer = order(await openAccount());
    const id = await executedUnseen(transfer);
    const handle = lane.temporal.workflow.getHandle(id);
    const { runId: run } = await handle.describe();
    for (let sent = 0; sent < 180; sent += 1) await handle.signal('note', { by: 'op-1', text: 'still looking' });
    await eventually('it moves to another run', async () => (await handle.describe()).runId !== run);
    await resolve(id, 'retry', { outcome: 'failed' });
    const { status, outcome } = await ended(id);
    assert.deepEqual([status, outcome?.reason], ['failed', 'on the word of op-1']);
    assert.deepEqual(await books(transfer), { prepared: 1, paid: 1 });
  });
});

describe('a screening under way', () => {
  const HOUR = 60 * MINUTE;
  before(async () => {
    lane = await time.lane({ sandbox: { settlementDelayMs: HOUR }, env: { FINHUB_TIMEOUT_MS: '1000' } });
  });

  test('is waited for, and needs nobody', async () => {
    const payments = { beneficiaries: [beneficiary('pending')], consent: CONSENT, transfer: null };
    const id = await lane.toReview(await anIndividual({ payments }));
    await approved(id);
    const { status } = await lane.until(id, 'waits', ({ waitingOn }) => /screening/.test(waitingOn?.what ?? ''));
    assert.equal(status, 'waiting');
    const lengths: number[] = [];
    for (const wait of [HOUR / 4, HOUR / 4]) {
      await time.skip(wait);
      lengths.push((await lane.temporal.workflow.getHandle(id).describe()).historyLength);
    }
    assert.equal(lengths[0], lengths[1], 'waiting costs no history');
    await time.skip(HOUR);
    // Until the next look.
    await time.skip(HOUR / 4);
    assert.equal((await lane.finish(id)).phases.at(-1)?.status, 'completed');
  });
});

describe('an account', () => {
  // Of a lane of its own: what is refused here would meet the renewals of other accounts as well.
  before(async () => {
    lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000' } });
  });

  test('renews its payment consent before it ends, and transfers use the new one', async () => {
    const payer = await openAccount({ consent: { ...CONSENT, validDays: 20 } });
    const path = '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}';
    await lane.finhub.inject({ method: 'POST', path, kind: 'drop' });
    await time.skip(19 * DAY);
    const live = await eventually('a consent was renewed', async () => {
      const consents = await lane.finhub.table<{ accountId: string; status: string }>('paymentConsents');
      const own = consents.filter(({ accountId }) => accountId === payer.accountId);
      const active = own.filter(({ status }) => status === 'ACTIVE');
      return active.length === 2 && { own, active };
    });
    assert.equal(live.own.filter(({ status }) => status === 'REVOKED').length, 1, 'the one whose answer was lost');
    await time.skip(3 * DAY);
    const transfer = order(payer);
    assert.equal((await ended(await started(transfer))).status, 'completed');
  });

  test('goes on with what its lifecycle hands over, gives up a renewal of what was before, and heeds nothing else', async () => {
    const payer = await openAccount({ consent: { ...CONSENT, validDays: 10 } });
    const id = customerCaseId(SANDBOX_TENANT.id, payer.customerId);
    const customer = lane.temporal.workflow.getHandle(id);
    const state = () => customer.query<Customer>('customer');
    const path = '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}';
    await lane.finhub.inject({ method: 'POST', path, kind: 'refuse-401', times: 1000 });
    // A consent ends with a day, not so many days after it was given.
    const { consent: first } = await state();
    await time.skip(renewalTime(first!).getTime() - (await time.now()) + MINUTE);
    assert.equal((await attention(id)).attention?.failure, 'FinHubUnauthorized');
    const before = await state();
    const consent = { ...before.consent!, consentId: 'handed-over', validUntil: iso(await time.now(), 300) };
    const another = { ...consent, terms: { ...consent.terms, title: 'Rent (another application)' } };
    const unreadable = { ...consent, terms: { ...consent.terms, allowedIbans: { length: 1 } } };
    for (const wrong of [undefined, { consent, beneficiaries: 'x' }, { ...NOBODY, consent: unreadable }]) {
      await customer.signal('handOver', wrong);
    }
    await customer.signal('handOver', { ...NOBODY, consent: another });
    assert.deepEqual(await state(), before);
    assert.notEqual((await lane.client.caseView(id)).attention, null);

    await customer.signal('handOver', { ...NOBODY, consent });
    await eventually('it has given the renewal up', async () => (await lane.client.caseView(id)).attention === null);
    assert.equal((await state()).consent?.consentId, 'handed-over');
    const told = (await lane.client.audit(id)).map(({ event }) => event);
    for (const [event, times] of Object.entries({ handOverMalformed: 3, handOverRefused: 1, renewalNeedless: 1 })) {
      assert.equal(told.filter((one) => one === event).length, times, event);
    }
  });
});

const NOBODY = { beneficiaries: [] };

const iso = (now: number, days: number): string => new Date(now + days * DAY).toISOString();

describe('a lifecycle', () => {
  test('joins a transfer of its own reference that a backend started before it', async () => {
    const reference = 'joined-1';
    const payments = {
      beneficiaries: [beneficiary('landlord'), beneficiary('flagged')],
      consent: CONSENT,
      transfer: { reference, beneficiary: 'landlord', amount: money('10.00'), description: 'Rent' },
    };
    const lifecycle = await lane.toReview(await anIndividual({ payments }));
    await approved(lifecycle);
    const { finhub } = await attention(lifecycle);
    const { customerId, accountId } = finhub;
    const transfer = order({ customerId: customerId!, accountId: accountId! }, { reference });
    const id = await started(transfer);
    assert.equal((await attention(id)).attention?.failure, 'ConsentMissing');
    await resolve(lifecycle, 'skip');
    await eventually('it joins', async () =>
      (await lane.client.audit(lifecycle)).some(({ event }) => event === 'transferJoined'),
    );
    await resolve(id, 'retry');
    assert.equal((await lane.finish(lifecycle)).transfer?.state, 'completed');
    assert.deepEqual(await books(transfer), { prepared: 1, paid: 1 });
  });

  test('of an organization pays when one of its approvers has agreed, and not who asked for it', async () => {
    const application = await anOrganization({
      submittedBy: 'employee-anke',
      payments: { approvers: ['employee-anke'] },
    });
    const other = await anOrganization({ payments: { approvers: ['employee-anke'] } });
    for (const [given, refusal] of [
      [application, 'SelfApproval'],
      [other, undefined],
    ] as const) {
      const lifecycle = await lane.toReview(given);
      const { review, evidenceHash } = await lane.client.caseView(lifecycle);
      const decision = { decisionId: 'yes', round: review.round, verdict: 'approve' as const, evidenceHash };
      await lane.client.decide(lifecycle, { ...decision, operator: { id: 'op-1' } });
      const id = transferId(SANDBOX_TENANT.id, given.payments!.transfer!.reference);
      await eventually('it asks', async () => (await lane.client.status(id)).status === 'waiting');
      await lane.until(id, 'asks', ({ waitingOn }) => waitingOn?.who === 'customer');
      const stranger = await lane.client.decideTransfer(id, { by: 'employee-milda', verdict: 'approve' });
      assert.equal('refusal' in stranger && stranger.refusal, 'NotAnApprover');
      const answer = await lane.client.decideTransfer(id, { by: 'employee-anke', verdict: 'approve' });
      assert.equal('refusal' in answer ? answer.refusal : undefined, refusal);
      if (refusal) await lane.client.cancel(id, { by: 'backoffice', reason: 'nobody can approve it' });
      const { transfer } = await lane.finish(lifecycle);
      assert.equal(transfer?.state, refusal ? 'cancelled' : 'completed');
    }
  });
});

test('a batch run twice does everything once, and one line holds up no other', async () => {
  const payers = [await openAccount(), await openAccount()];
  const transfers = payers.flatMap((payer) => [order(payer), order(payer), order(payer, { amount: money('900.00') })]);
  const lines = [
    ...transfers.map((transfer) => JSON.stringify({ transfer })),
    '',
    '{not json',
    JSON.stringify({ transfer: { ...transfers[0], amount: money('11.00') } }),
    JSON.stringify({ transfer: { reference: 'x' } }),
    JSON.stringify({ payment: {} }),
    JSON.stringify({ individual: await anIndividual() }),
  ];
  const run = async () => {
    const reports: BatchReport[] = [];
    await runBatch(
      lane.client,
      Readable.from(lines),
      { concurrency: 4, folder: EXAMPLES },
      (report) => void reports.push(report),
    );
    assert.match(
      reports.find(({ status }) => status === 'needsAttention')?.detail ?? '',
      /per transaction: 500\.00 EUR/,
    );
    return reports.sort((a, b) => a.line - b.line).map(({ line, result, status }) => [line, result, status]);
  };
  const third = 'needsAttention';
  const rest = (result: string) => [
    [8, 'refused', null],
    [9, 'conflict', null],
    [10, 'refused', null],
    [11, 'refused', null],
    [12, result, null],
  ];
  const expected = (result: string) => [
    ...['completed', 'completed', third, 'completed', 'completed', third].map((status, index) => [
      index + 1,
      result,
      status,
    ]),
    ...rest(result),
  ];
  assert.deepEqual(await run(), expected('started'));
  assert.deepEqual(await run(), expected('found'));
  for (const transfer of transfers) {
    const isPaid = transfer.amount.value === '10.00' ? 1 : 0;
    assert.deepEqual(await books(transfer), { prepared: isPaid, paid: isPaid });
    if (!isPaid) await resolve(idOf(transfer), 'abort');
  }
});

describe('a lost answer to a preparation, which has reserved the money', () => {
  async function lost(): Promise<{ id: string; transfer: TransferInput }> {
    const payer = await openAccount({ consent: { ...CONSENT, perTransaction: money('700.00') } });
    await lane.finhub.inject({ ...PREPARE, kind: 'drop' });
    const transfer = order(payer, { amount: money('700.00') });
    const id = await started(transfer);
    await lane.until(id, 'waits', ({ waitingOn }) =>
      /reservation to lapse that may be our own/.test(waitingOn?.what ?? ''),
    );
    return { id, transfer };
  }

  test('is waited for until the reservation has lapsed, and then prepared anew; nobody is asked', async () => {
    const { id, transfer } = await lost();
    await passing('it ends', 8 * MINUTE, async () => (await lane.client.status(id)).outcome !== null);
    assert.equal((await ended(id)).status, 'completed');
    assert.deepEqual(await books(transfer), { prepared: 2, paid: 1 });
    const events = (await lane.client.audit(id)).map(({ event }) => event);
    assert.ok(!events.includes('needsAttention'), String(events));
  });

  test('is put before a person once no reservation can be the reason', async () => {
    const { id, transfer } = await lost();
    await lane.finhub.setWallet(transfer.accountId, 'SUSPENDED');
    const refusals = () => lane.finhub.requests(`${PREPARE.method} ${PREPARE.path}`);
    const before = (await refusals()).length;
    for (let tries = 1; tries <= 11; tries += 1) {
      await time.skip(16 * MINUTE);
      await eventually('it is tried again', async () => (await refusals()).length >= before + tries);
      await lane.until(id, 'waits', ({ status }) => status === 'waiting');
    }
    await time.skip(5 * MINUTE);
    const { attention: shown } = await attention(id);
    assert.deepEqual([shown?.operation, shown?.failure], ['prepareOrder', 'FinHubInvalidRequest']);
    await resolve(id, 'abort');
  });
});
