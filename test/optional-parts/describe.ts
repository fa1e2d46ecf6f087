import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { approveAs } from '../../dev/demo/carry.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import { transferId } from '../../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import type { Lane, Told } from '../helpers/lane.js';
import { PATIENCE } from '../helpers/patience.js';
import { startTimeSkipping, type TimeSkipping } from '../helpers/time-skipping.js';
import { applicationOf, nameOf, type Choice } from './parts.js';

/** Cases under way at a time. */
const AT_ONCE = 12;

/** Carries an application of each choice to its end: it ends by itself, and FinHub has all that it asks for and nothing else. */
export function describeChoices(what: string, choices: readonly Choice[]): void {
  describe(what, { concurrency: AT_ONCE }, () => {
    let time: TimeSkipping;
    let lane: Lane;
    before(async () => {
      time = await startTimeSkipping();
      lane = await time.lane();
    });
    after(() => time.stop());

    for (const choice of choices) test(nameOf(choice), () => carriedOut(lane, choice));
  });
}

async function carriedOut(lane: Lane, choice: Choice): Promise<void> {
  const application = await applicationOf(choice);
  const id = await lane.start(application);
  const transfer = transferId(SANDBOX_TENANT.id, String(application.payments?.transfer?.reference));
  const status = await eventually(
    `${id} ends`,
    async () => {
      const told = await lane.client.status(id);
      if (told.stale) return undefined;
      assert.notEqual(told.status, 'needsAttention', JSON.stringify(told));
      if (told.outcome) return told;
      await act(lane, id, choice, told);
      if (told.transfer?.state === 'running') await pay(lane, transfer, told.ids.accountId!);
      return undefined;
    },
    PATIENCE.end,
  );
  assert.equal(status.outcome?.result, 'active');
  assert.ok(status.phases.every((phase) => phase.status === 'completed' || phase.status === 'skipped'));
  const { customerId, accountId } = status.ids;
  assert.deepEqual(await atFinHub(lane, customerId!, accountId!), {
    consents: 3,
    beneficiaries: choice.parts.has('beneficiaries') ? 1 : 0,
    paymentConsents: choice.parts.has('consent') ? 1 : 0,
    paid: (['topUp', 'transfer'] as const).filter((part) => choice.parts.has(part)).map((part) => part.toLowerCase()),
  });
}

/** Does what the case waits for, as whoever it waits for. */
async function act(lane: Lane, id: string, { kind }: Choice, { waitingOn }: Told): Promise<void> {
  const whole = kind === 'individual' ? await anIndividual() : await anOrganization();
  if (waitingOn?.who === 'operator') return approveAs(lane.client, id, 'op-1');
  if (waitingOn?.what === 'documents') {
    const documents = whole.documents!;
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents }, { folder: EXAMPLES });
  }
  if (waitingOn?.what === 'consents') await lane.client.acceptConsents(id, whole.consents!);
  if (waitingOn?.what === 'activation code') await lane.client.submitActivationCode(id, await lane.activationCode(id));
}

/** Approves the first transfer, and funds an account that has not been topped up. */
async function pay(lane: Lane, transfer: string, accountId: string): Promise<void> {
  const told = await lane.client.status(transfer);
  if (told.stale) return;
  if (told.waitingOn?.who === 'customer')
    await lane.client.decideTransfer(transfer, { by: 'employee-anke', verdict: 'approve' });
  if (told.status !== 'needsAttention') return;
  const { attention } = await lane.client.caseView(transfer);
  if (!attention) return;
  assert.equal(attention.failure, 'InsufficientFunds');
  await lane.finhub.credit(accountId, '2000.00');
  const { attentionId } = attention;
  await lane.client.resolveAttention(transfer, { attentionId, action: 'retry', by: 'op-1' });
}

interface Row {
  customerId?: string;
  accountId?: string;
  operation?: string;
  executedAt?: string;
}

/** What FinHub has of a customer beyond the account itself. */
async function atFinHub(lane: Lane, customerId: string, accountId: string) {
  const [consents, beneficiaries, paymentConsents, orders] = await Promise.all(
    ['consents', 'beneficiaries', 'paymentConsents', 'orders'].map((name) => lane.finhub.table<Row>(name)),
  );
  const ofAccount = (rows: Row[]): Row[] => rows.filter((row) => row.accountId === accountId);
  return {
    consents: consents!.filter((row) => row.customerId === customerId).length,
    beneficiaries: ofAccount(beneficiaries!).length,
    paymentConsents: ofAccount(paymentConsents!).length,
    paid: ofAccount(orders!)
      .filter(({ executedAt }) => executedAt !== undefined)
      .map(({ operation }) => operation),
  };
}
