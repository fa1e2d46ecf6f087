import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, type CustomerMessage, type CustomerRequestInput } from '../../src/client/index.js';
import type { Stack } from '../../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { lithuanianIban } from '../../sandbox/iban.js';
import { customerCaseId } from '../../src/lifecycle/ids.js';
import type { FinHub } from '../helpers/finhub.js';
import type { Payer } from './accounts.js';

/** What FinHub does for a customer besides moving money. */
export const CHANGES = [
  { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/beneficiaries' },
  { method: 'DELETE', path: '/api/v2.1/fintrans/{accountId}/beneficiaries/{beneficiaryId}' },
  { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}' },
];

/** Adds and removes beneficiaries and makes the payment consent anew, while the customer's transfers are under way; all of it comes to its end. */
export async function changing(stack: Stack, payers: Payer[], rounds: number): Promise<void> {
  await Promise.all(payers.map((payer, index) => changingOne(stack, payer, index, rounds)));
}

async function changingOne({ client }: Stack, { customerId }: Payer, index: number, rounds: number): Promise<void> {
  const id = customerCaseId(SANDBOX_TENANT.id, customerId);
  const by = 'backoffice';
  for (let round = 0; round < rounds; round += 1) {
    const ref = `spare-${round}`;
    const bank = { bic: 'SONCLT21', country: 'LT', currency: 'EUR', partyType: 'INDIVIDUAL_CUSTOMER' } as const;
    const beneficiary = {
      ...bank,
      ref,
      name: `Spare Number${round}`,
      iban: lithuanianIban(9_000_000 + 1_000 * index + round),
    };
    await settled('addBeneficiary', { by, beneficiary }, `add-${round}`);
    await settled('makePaymentConsent', { by }, `make-${round}`);
    await settled('removeBeneficiary', { by, ref }, `remove-${round}`);
  }

  /** Asks for it, however often a worker dies, and has an operator retry what needs attention. */
  async function settled<Name extends CustomerMessage>(
    name: Name,
    body: CustomerRequestInput<Name>,
    messageId: string,
  ): Promise<void> {
    for (;;) {
      try {
        const answer = await client.ask(id, name, body, { messageId });
        assert.ok(answer.accepted, `${name}: ${JSON.stringify(answer)}`);
        break;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
    }
    for (;;) {
      const view = await client.caseView(id).catch(() => undefined);
      if (view?.customer?.requests.every(({ state }) => state !== 'waiting')) return;
      const { attentionId } = view?.attention ?? {};
      if (attentionId) await client.resolveAttention(id, { attentionId, action: 'retry', by: 'op-1' }).catch(() => {});
      await sleep(200);
    }
  }
}

interface Row {
  accountId: string;
  status: string;
  iban: string;
  title: string;
}

/** Each request took effect once, and the beneficiaries are those that there were before. */
export async function checkChanges(finhub: FinHub, payers: Payer[], rounds: number): Promise<void> {
  const beneficiaries = await finhub.table<Row>('beneficiaries');
  const consents = await finhub.table<Row>('paymentConsents');
  for (const { accountId, beneficiaries: own } of payers) {
    const registered = beneficiaries.filter((row) => row.accountId === accountId).map(({ iban }) => iban);
    assert.deepEqual(registered.sort(), [...own].sort());
    const live = consents.filter((row) => row.accountId === accountId && row.status !== 'REVOKED');
    const titles = live.map(({ title }) => title);
    // The onboarding's own, and one for each request: with the beneficiary, renewed, and without it.
    assert.equal(titles.length, 1 + 3 * rounds, titles.join());
    assert.equal(new Set(titles).size, titles.length, titles.join());
  }
}
