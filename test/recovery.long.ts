import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { EXAMPLES } from '../dev/demo/examples.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { LATE_MS, startDyingWorkers, type DyingWorkers } from './helpers/dying-workers.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';

const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const SHAREHOLDERS = { method: 'POST', path: '/api/v2.1/customer/organization/{organizationId}/shareholders' };
const SHAREHOLDER_LIST = { method: 'GET', path: '/api/v2/organizations/{organizationId}/shareholders' };
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/execute' };

/** What an attempt of a call may take in all, by default. */
const CALL_SECONDS = 55;

describe('workers that end in the middle', () => {
  let service: DyingWorkers;
  before(async () => {
    service = await startDyingWorkers({});
  });
  after(() => service.stop());

  /** Approves as an operator would with Temporal's own command line. */
  async function signalApproval(id: string): Promise<void> {
    const decision = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } };
    await new Client({ connection: service.connection }).workflow.getHandle(id).signal('decideVerification', decision);
  }

  test('a killed worker: another one finishes, and FinHub has everything once', async () => {
    const { client, finhub, stack, made, until, inReview } = service;
    const late = { kind: 'late-answer', delayMs: LATE_MS } as const;
    await finhub.inject({ ...REGISTRATION, ...late }, { ...SHAREHOLDERS, ...late });
    const folder = { folder: EXAMPLES };
    const [person, company] = [await anIndividual(), await anOrganization()];
    const { workflowId: personId } = await client.startIndividual(person, folder);
    const { workflowId: companyId } = await client.startOrganization(company, folder);
    const ids = [personId, companyId];

    await Promise.all([made('customer', 1), made('shareholder', 1)]);
    await service.worker.kill();
    service.worker = await stack.startWorker();
    await Promise.all(ids.map(inReview));

    await service.worker.kill();
    for (const id of ids) await signalApproval(id);
    await finhub.inject({ ...EXECUTE, ...late, times: 2 });
    service.worker = await stack.startWorker();
    await until(personId, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    const { finhub: known } = await client.caseView(personId);
    await client.submitActivationCode(personId, await finhub.activationCode(known.customerId!));
    await made('executed-order', 2);
    await service.worker.kill();
    service.worker = await stack.startWorker();

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
    assert.ok(audit.some(({ event, data }) => event === 'adopted' && data.operation === 'addShareholder'));
  });

  test('ten cases in flight at a kill: another worker has them in review long before their calls would have timed out', async (t) => {
    const { client, finhub, stack, inReview } = service;
    const other = await stack.startWorker();
    await finhub.inject({ method: '*', path: '*', kind: 'late-answer', delayMs: 200, times: 10_000 });
    const folder = { folder: EXAMPLES };
    const started = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        index % 2 === 0
          ? client.startIndividual(await anIndividual(), folder)
          : client.startOrganization(await anOrganization(), folder),
      ),
    );
    await pause(2000);
    const killedAt = performance.now();
    await service.worker.kill();
    service.worker = other;
    await Promise.all(started.map(({ workflowId }) => inReview(workflowId)));
    const seconds = (performance.now() - killedAt) / 1000;
    t.diagnostic(`all in review ${seconds.toFixed(1)} s after the kill`);
    await finhub.clearFaults();
    assert.ok(seconds < CALL_SECONDS, `${seconds} s`);
    assert.deepEqual(madeTwice(await finhub.ledger()), []);
  });

  test('a worker that wakes up after another has taken over sends nothing any more', async () => {
    const { client, finhub, stack, count, made, inReview } = service;
    await service.worker.stop();
    // It sleeps for longer than a heartbeat, and its look still has time left when it wakes up.
    const sleeper = await stack.startWorker({ FINHUB_TIMEOUT_MS: '300000', WORKER_ACTIVITY_POLLERS: '1' });
    await finhub.inject({ ...SHAREHOLDER_LIST, kind: 'late-answer', delayMs: LATE_MS });
    const adding = () => finhub.requests('POST /api/v2.1/customer/organization/{organizationId}/shareholders');
    const [known, asked] = [await count('shareholder'), (await adding()).length];
    const looks = (await finhub.injected()).length;
    const { workflowId } = await client.startOrganization(await anOrganization(), { folder: EXAMPLES });
    await eventually('the look before the write', async () => (await finhub.injected()).length > looks, 60);
    process.kill(sleeper.pid, 'SIGSTOP');
    service.worker = await stack.startWorker();
    await made('shareholder', known + 1);
    process.kill(sleeper.pid, 'SIGCONT');

    await inReview(workflowId);
    await sleeper.stop();
    assert.deepEqual(madeTwice(await finhub.ledger()), []);
    assert.equal((await adding()).length - asked, (await count('shareholder')) - known, 'it was sent twice');
  });
});
