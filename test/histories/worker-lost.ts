import assert from 'node:assert/strict';
import { approveAs, carry } from '../../dev/demo/carry.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import { Rig } from '../chaos/rig.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import { storeHistory } from './stored.js';

const REGISTRATIONS = {
  individual: { method: 'POST', path: '/api/v2.1/customer/individual/registration' },
  organization: { method: 'POST', path: '/api/v2.1/customer/organization/registration' },
};

/** Records a lifecycle whose worker was killed while FinHub registered the customer, and another one went on. */
export async function recordWorkerLost(kind: keyof typeof REGISTRATIONS, name: string): Promise<void> {
  const rig = await Rig.start({ workers: 1, faultRate: 0, seed: 1 });
  try {
    const client = await rig.connect();
    await rig.finhub.inject({ ...REGISTRATIONS[kind], kind: 'late-answer', delayMs: 700 });
    const { workflowId } =
      kind === 'individual'
        ? await client.startIndividual(await anIndividual(), { folder: EXAMPLES })
        : await client.startOrganization(await anOrganization(), { folder: EXAMPLES });
    await eventually('FinHub has registered', async () =>
      (await rig.finhub.ledger()).some((entry) => ['customer', 'organization'].includes(entry.kind)),
    );
    await rig.kill('worker');
    const people = {
      operator: () => approveAs(client, workflowId, 'op-1'),
      customer: async () => {
        const { ids } = await client.caseView(workflowId);
        await client.submitActivationCode(workflowId, await rig.finhub.activationCode(ids.customerId!));
      },
    };
    const { status } = await carry(client, workflowId, people, () => {});
    assert.equal(status, 'completed');
    const { temporal } = client;
    const handle = temporal.workflow.getHandle(workflowId);
    await handle.result();
    await storeHistory(
      name,
      workflowId,
      await handle.fetchHistory(),
      temporal.options.loadedDataConverter.payloadCodecs[0]!,
    );
    await client.close();
  } finally {
    await rig.stop();
  }
}
