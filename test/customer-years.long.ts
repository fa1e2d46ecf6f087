import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CustomerMessage, CustomerRequestInput } from '../src/client/index.js';
import { customerCaseId } from '../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { lithuanianIban } from '../sandbox/iban.js';
import { anIndividual } from './helpers/applications.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

/*
 * Two virtual years of a customer's money on a real server: a transfer and a new beneficiary each month, a payment consent that is used up and
 * renewed, a password that the customer changes. FinHub has every object once, its books balance, and the customer's history stays short.
 */

const DAY = 24 * 3600_000;
const MONTHS = 24;
const EVENTS_A_YEAR = 600;

let time: TimeSkipping;
let lane: Lane;
before(async () => {
  time = await startTimeSkipping();
  lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000' } });
});
after(() => time.stop());

const money = (value: string) => ({ value, currency: 'EUR' });
const payee = (index: number) => {
  const bank = { bic: 'SONCLT21', country: 'LT', currency: 'EUR', partyType: 'INDIVIDUAL_CUSTOMER' } as const;
  return { ...bank, ref: `payee-${index}`, name: `Payee Number${index}`, iban: lithuanianIban(7_000_000 + index) };
};

interface Row {
  id: string;
  accountId: string;
  status: string;
  iban: string;
  title: string;
  reference: string;
  kind: string;
  customerId: string;
}

test('two years of a customer', async (t) => {
  const terms = { title: 'All', validDays: 365, transactionsPerDay: 10, maxTransactions: 3 };
  const consent = { ...terms, perTransaction: money('100.00'), perDay: money('500.00') };
  const lifecycle = await lane.start(
    await anIndividual({ payments: { beneficiaries: [payee(0)], consent, transfer: null } }),
  );
  const { ids } = await lane.finish(lifecycle);
  const { customerId, accountId } = { customerId: ids.customerId!, accountId: ids.accountId! };
  const id = customerCaseId(SANDBOX_TENANT.id, customerId);
  await lane.finhub.credit(accountId, '10000.00');
  let consentsMade = 1;
  let usedUp = 0;
  const from = await time.now();
  for (let month = 1; month <= MONTHS; month += 1) {
    await time.skip(30 * DAY);
    if (month === 6) await lane.finhub.changePassword(customerId, 'Another-Secret-1!');
    if (month % 2 === 1) await settled('addBeneficiary', { by: 'backoffice', beneficiary: payee(month) });
    if (month % 6 === 0) await settled('removeBeneficiary', { by: 'backoffice', ref: `payee-${month - 3}` });
    consentsMade += (month % 2) + (month % 6 === 0 ? 1 : 0);
    for (const to of [0, month % 2 === 1 ? month : month - 1]) {
      const { workflowId } = await lane.client.startTransfer({
        ...{ reference: `month-${month}-${to}`, customerId, accountId, beneficiaryIban: payee(to).iban },
        ...{ amount: money('10.00'), description: 'Rent', submittedBy: 'backoffice' },
        origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
      });
      const { status } = await lane.until(
        workflowId,
        'ends or asks',
        ({ status, outcome }) => status === 'needsAttention' || outcome !== null,
      );
      if (status === 'needsAttention') await renewed(workflowId);
    }
  }
  await time.skip(DAY);
  const years = ((await time.now()) - from) / (365 * DAY);

  const own = async (table: string) =>
    (await lane.finhub.table<Row>(table)).filter((row) => row.accountId === accountId);
  const paid = (await own('orders')).filter(({ status }) => status === 'COMPLETED').map(({ reference }) => reference);
  assert.equal(paid.length, 2 * MONTHS);
  assert.equal(new Set(paid).size, paid.length, 'each reference once');
  const ibans = (await own('beneficiaries')).map(({ iban }) => iban);
  assert.equal(ibans.length, 1 + MONTHS / 2 - MONTHS / 6);
  assert.equal(new Set(ibans).size, ibans.length);
  const titles = (await own('paymentConsents')).map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length, 'each payment consent once');
  assert.equal(titles.length, consentsMade, titles.join('\n'));
  assert.ok(usedUp > 0);
  const live = (await own('paymentConsents')).filter(({ status }) => status === 'ACTIVE');
  assert.equal(live.length, 1, 'what another one took the place of is revoked');
  assert.ok(await lane.finhub.isBalanced());
  const { events, runs } = await historyOf(id);
  t.diagnostic(`${years.toFixed(2)} years, ${runs} runs, ${Math.round(events / years)} events a year`);
  assert.ok(events / years <= EVENTS_A_YEAR, `${events} events`);
  assert.equal((await lane.client.status(id)).status, 'running');

  /** The payment consent is used up before its date. */
  async function renewed(transfer: string): Promise<void> {
    const { attention } = await lane.client.caseView(transfer);
    assert.equal(attention?.failure, 'ConsentUsedUp');
    await settled('makePaymentConsent', { by: 'backoffice' });
    consentsMade += 1;
    usedUp += 1;
    const { attentionId } = attention;
    await lane.client.resolveAttention(transfer, { attentionId, by: 'op-1', action: 'retry' });
    const { status } = await lane.until(transfer, 'ends', ({ outcome }) => outcome !== null);
    assert.equal(status, 'completed');
  }

  async function settled<Name extends CustomerMessage>(name: Name, body: CustomerRequestInput<Name>): Promise<void> {
    const answer = await lane.client.ask(id, name, body);
    assert.ok(answer.accepted, JSON.stringify(answer));
    await lane.until(id, `${name} is settled`, ({ customer }) =>
      customer!.requests.every(({ state }) => state === 'done'),
    );
  }
});

async function historyOf(id: string): Promise<{ events: number; runs: number }> {
  const told = { events: 0, runs: 0 };
  let runId: string | undefined;
  do {
    const { events = [] } = await lane.temporal.workflow.getHandle(id, runId).fetchHistory();
    told.events += events?.length ?? 0;
    told.runs += 1;
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return told;
}
