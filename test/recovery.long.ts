import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { LifecycleStatus, OnboardingClient } from '../src/client/index.js';
import { EXAMPLES } from '../src/demo/examples.js';
import type { Child } from '../src/embedded/child-process.js';
import { startStack, type Stack } from '../src/embedded/stack.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { FinHub, madeTwice } from './helpers/finhub.js';

/** FinHub acts, and says so only after this time; long enough to kill the worker that waits for it. */
const LATE_MS = 1500;
/** Real seconds are short where an activity of a dead worker is given up soon: that takes three time-outs and a margin. */
const WORKER = { FINHUB_TIMEOUT_MS: '2000', FINHUB_VERDICT_POLL_SECONDS: '1' };

const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const SHAREHOLDERS = { method: 'POST', path: '/api/v2.1/customer/organization/{organizationId}/shareholders' };
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/execute' };

describe('workers that end in the middle', () => {
  let stack: Stack;
  let client: OnboardingClient;
  let finhub: FinHub;
  let worker: Child;
  let connection: Connection;
  before(async () => {
    stack = await startStack({
      sandboxArgs: ['--activation-delay', '0', '--settlement-delay', '0'],
      workerEnv: WORKER,
    });
    ({ client, worker } = stack);
    finhub = new FinHub(stack.sandboxUrl);
    connection = await Connection.connect({ address: stack.temporal.address });
  });
  after(async () => {
    await connection.close();
    await worker.stop();
    await stack.stop();
  });

  async function until(id: string, what: string, isWanted: (status: LifecycleStatus) => boolean) {
    return eventually(
      `${id}: ${what}`,
      async () => {
        const status = await client.status(id);
        return !status.stale && isWanted(status) && status;
      },
      60,
    );
  }

  /** Waits until FinHub has made so many objects of a kind, of which its answer has not come yet. */
  const made = (kind: string, count: number) =>
    eventually(
      `${count} ${kind}`,
      async () => (await finhub.ledger()).filter((entry) => entry.kind === kind).length >= count,
      90,
    );

  /** Approves as an operator would with Temporal's own command line. */
  async function signalApproval(id: string): Promise<void> {
    const decision = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } };
    await new Client({ connection }).workflow.getHandle(id).signal('decideVerification', decision);
  }

  test('a killed worker: another one finishes, and FinHub has everything once', async () => {
    const late = { kind: 'late-answer', delayMs: LATE_MS } as const;
    await finhub.inject({ ...REGISTRATION, ...late }, { ...SHAREHOLDERS, ...late });
    const folder = { folder: EXAMPLES };
    const [person, company] = [await anIndividual(), await anOrganization()];
    const { workflowId: personId } = await client.startIndividual(person, folder);
    const { workflowId: companyId } = await client.startOrganization(company, folder);
    const ids = [personId, companyId];

    await Promise.all([made('customer', 1), made('shareholder', 1)]);
    await worker.kill();
    worker = await stack.startWorker();
    await Promise.all(ids.map((id) => until(id, 'in review', ({ review }) => review.stage === 'inReview')));

    await worker.kill();
    for (const id of ids) await signalApproval(id);
    await finhub.inject({ ...EXECUTE, ...late, times: 2 });
    worker = await stack.startWorker();
    await until(personId, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    const { finhub: known } = await client.caseView(personId);
    await client.submitActivationCode(personId, await finhub.activationCode(known.customerId!));
    await made('executed-order', 2);
    await worker.kill();
    worker = await stack.startWorker();

    for (const id of ids) {
      const { transfer } = await until(id, 'done', ({ status }) => status === 'completed');
      assert.equal(transfer?.state, 'completed');
    }
    const ledger = await finhub.ledger();
    assert.deepEqual(madeTwice(ledger), []);
    assert.equal(ledger.filter(({ kind }) => kind === 'payment').length, 3);
    assert.ok(await finhub.isBalanced());
    assert.equal(await finhub.faultsAreSpent(), true);
    const audit = await client.audit(companyId);
    assert.ok(audit.some(({ event, detail }) => event === 'adopted' && /^addShareholder/.test(detail ?? '')));
  });
});
