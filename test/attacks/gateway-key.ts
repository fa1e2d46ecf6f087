import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { approveAs } from '../../dev/demo/carry.js';
import { planCall, type HandCallRequest } from '../../src/client/hand-call.js';
import { startCall } from '../../src/client/start-call.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { anIndividual } from '../helpers/applications.js';
import { isTurnedAway } from '../helpers/audit.js';
import { eventually } from '../helpers/eventually.js';
import { send } from './messages.js';
import type { SignerId, Stronghold } from './stronghold.js';
import { reviewed } from './victims.js';

/** Whoever has stolen a gateway's key, with the key ring and all of Temporal's API. */
export function describeGatewayKey(hold: () => Stronghold): void {
  describe("with a gateway's stolen key", { timeout: 1_200_000 }, () => {
    let account: { accountId: string; iban: string };
    before(async () => {
      const { lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      await approveAs(hold().as('op-1'), id, 'op-1');
      await lane.closed(id);
      const { accountId, iban } = (await lane.client.caseView(id)).finhub;
      account = { accountId: accountId!, iban: iban! };
    });

    const writes = async () =>
      (await hold().lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;

    async function ask(signer: SignerId, request: HandCallRequest): Promise<string> {
      const { lane, signing } = hold();
      const { temporal, keys, store } = lane;
      const planned = await planCall({ keys, tenantId: SANDBOX_TENANT.id }, request);
      return (await startCall({ temporal, store, signing: signing[signer] }, planned)).workflowId;
    }

    const CALLS: Record<string, () => Omit<HandCallRequest, 'by' | 'reason'>> = {
      'prepares an order': () => ({ operation: 'prepareOrder', input: topUp('stolen') }),
      'executes an order': () => ({
        operation: 'executeOrder',
        input: { accountId: account.accountId, type: 'topup', preparedOrderId: 'ready' },
      }),
    };
    const topUp = (reference: string) => ({
      ...account,
      ...{ type: 'topup', reference, description: 'x', amount: { value: '1.00', currency: 'EUR' } },
      counterparty: { name: 'Own Money', iban: 'LT717300010123456789' },
    });

    for (const [what, request] of Object.entries(CALLS))
      test(`no call by hand ${what} in an operator's name`, async () => {
        const { lane } = hold();
        const before = await writes();
        const id = await ask('gateway', { ...request(), by: 'op-2', reason: 'stolen' });
        const { result, reason } = await lane.closed(id);
        assert.notEqual(result, 'completed');
        assert.match(reason!, /not proved|NotProved/);
        assert.equal(await writes(), before);
      });

    test('nobody agrees in the name of the second person whom a call takes', async () => {
      const { lane } = hold();
      const prepared = await ask('op-2', { operation: 'prepareOrder', input: topUp('two'), by: 'op-2', reason: 'x' });
      assert.equal((await lane.closed(prepared)).result, 'completed');
      const orders = await lane.finhub.table<{ id: string; reference: string; status: string }>('orders');
      const { id: preparedOrderId } = orders.find(({ reference }) => reference === 'two')!;
      const input = { accountId: account.accountId, type: 'topup', preparedOrderId };
      const call = await ask('op-2', { operation: 'executeOrder', input, by: 'op-2', reason: 'x' });
      await lane.until(call, 'asks a second person', (status) => Boolean(status.attention));
      const { attentionId } = (await lane.client.caseView(call)).attention!;
      const body = { attentionId, action: 'retry', by: 'op-3' };
      for (const by of ['gateway', 'impostor', null] as const)
        await send(hold(), call, 'resolveAttention', { by, body });
      await eventually('all are recorded', async () => {
        const audit = await lane.client.audit(call);
        return audit.filter(isTurnedAway('resolveAttention', 'ProofInvalid')).length === 3;
      });
      const executed = await lane.finhub.table<{ reference: string; status: string }>('orders');
      assert.notEqual(executed.find(({ reference }) => reference === 'two')!.status, 'COMPLETED');
      assert.ok((await lane.client.caseView(call)).attention);
      // Their own word counts.
      await send(hold(), call, 'resolveAttention', { by: 'op-3', body });
      assert.equal((await lane.closed(call)).result, 'completed');
    });
  });
}
