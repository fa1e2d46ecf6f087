import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EXAMPLES } from '../dev/demo/examples.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { LATE_MS, startDyingWorkers, type DyingWorkers } from './helpers/dying-workers.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';

const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const COMPANY_REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/organization/registration' };

describe('workers that end in the middle', () => {
  let service: DyingWorkers;
  before(async () => {
    service = await startDyingWorkers({ HEALTH_PORT: '0' });
  });
  after(() => service.stop());

  /** The status that the worker's health endpoint answers with. */
  async function probe(path: 'healthz' | 'readyz'): Promise<number> {
    const [, url] = /"health":"([^"]+)"/.exec(service.worker.output())!;
    return (await fetch(`${url}/${path}`)).status;
  }

  test('a worker that is asked to end finishes the calls that are under way, and is not ready meanwhile', async () => {
    const late = { kind: 'late-answer', delayMs: LATE_MS } as const;
    await service.finhub.inject({ ...REGISTRATION, ...late, times: 3 }, { ...COMPANY_REGISTRATION, ...late });
    const known = { persons: await service.count('customer'), companies: await service.count('organization') };
    const folder = { folder: EXAMPLES };
    const started = await Promise.all([
      ...[1, 2, 3].map(async () => service.client.startIndividual(await anIndividual(), folder)),
      service.client.startOrganization(await anOrganization(), folder),
    ]);
    await Promise.all([service.made('customer', known.persons + 3), service.made('organization', known.companies + 1)]);
    const ended = service.worker.stop();
    await eventually('not ready', async () => (await probe('readyz')) === 503);
    assert.equal(await probe('healthz'), 200);
    await ended;
    assert.deepEqual(await service.worker.exited, { code: 0, signal: null });

    service.worker = await service.stack.startWorker();
    for (const { workflowId } of started) {
      await service.inReview(workflowId);
      const adopted = (await service.client.audit(workflowId)).filter(({ event }) => event === 'adopted');
      assert.deepEqual(adopted, [], 'an answer was lost');
    }
    assert.deepEqual(madeTwice(await service.finhub.ledger()), []);
    assert.equal(await service.count('customer'), known.persons + 3);
    assert.equal(await service.count('organization'), known.companies + 1);
  });

  test('a call that outlasts the grace time is cut off, and looked into before it is repeated', async () => {
    await service.worker.stop();
    service.worker = await service.stack.startWorker({ SHUTDOWN_GRACE_SECONDS: '0' });
    await service.finhub.inject({ ...REGISTRATION, kind: 'late-answer', delayMs: LATE_MS });
    const known = await service.count('customer');
    const { workflowId } = await service.client.startIndividual(await anIndividual(), { folder: EXAMPLES });
    await service.made('customer', known + 1);
    await service.worker.stop();
    assert.deepEqual(await service.worker.exited, { code: 0, signal: null });

    service.worker = await service.stack.startWorker();
    await service.inReview(workflowId);
    assert.deepEqual(madeTwice(await service.finhub.ledger()), []);
    assert.equal(await service.count('customer'), known + 1);
    const adopted = (await service.client.audit(workflowId)).filter(({ event }) => event === 'adopted');
    assert.equal(adopted.length, 1);
  });
});
