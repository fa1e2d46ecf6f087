import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Connection } from '@temporalio/client';
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
const WORKER = { FINHUB_TIMEOUT_MS: '2000', FINHUB_VERDICT_POLL_SECONDS: '1', HEALTH_PORT: '0' };

const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const COMPANY_REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/organization/registration' };

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

  const count = async (wanted: string) => (await finhub.ledger()).filter(({ kind }) => kind === wanted).length;

  /** The status that the worker's health endpoint answers with. */
  async function probe(path: 'healthz' | 'readyz'): Promise<number> {
    const [, url] = /"health":"([^"]+)"/.exec(worker.output())!;
    return (await fetch(`${url}/${path}`)).status;
  }

  test('a worker that is asked to end finishes the calls that are under way, and is not ready meanwhile', async () => {
    const late = { kind: 'late-answer', delayMs: LATE_MS } as const;
    await finhub.inject({ ...REGISTRATION, ...late, times: 3 }, { ...COMPANY_REGISTRATION, ...late });
    const known = { persons: await count('customer'), companies: await count('organization') };
    const folder = { folder: EXAMPLES };
    const started = await Promise.all([
      ...[1, 2, 3].map(async () => client.startIndividual(await anIndividual(), folder)),
      client.startOrganization(await anOrganization(), folder),
    ]);
    await Promise.all([made('customer', known.persons + 3), made('organization', known.companies + 1)]);
    const ended = worker.stop();
    await eventually('not ready', async () => (await probe('readyz')) === 503);
    assert.equal(await probe('healthz'), 200);
    await ended;
    assert.deepEqual(await worker.exited, { code: 0, signal: null });

    worker = await stack.startWorker();
    for (const { workflowId } of started) {
      await until(workflowId, 'in review', ({ review }) => review.stage === 'inReview');
      const adopted = (await client.audit(workflowId)).filter(({ event }) => event === 'adopted');
      assert.deepEqual(adopted, [], 'an answer was lost');
    }
    assert.deepEqual(madeTwice(await finhub.ledger()), []);
    assert.equal(await count('customer'), known.persons + 3);
    assert.equal(await count('organization'), known.companies + 1);
  });

  test('a call that outlasts the grace time is cut off, and looked into before it is repeated', async () => {
    await worker.stop();
    worker = await stack.startWorker({ SHUTDOWN_GRACE_SECONDS: '0' });
    await finhub.inject({ ...REGISTRATION, kind: 'late-answer', delayMs: LATE_MS });
    const known = await count('customer');
    const { workflowId } = await client.startIndividual(await anIndividual(), { folder: EXAMPLES });
    await made('customer', known + 1);
    await worker.stop();
    assert.deepEqual(await worker.exited, { code: 0, signal: null });

    worker = await stack.startWorker();
    await until(workflowId, 'in review', ({ review }) => review.stage === 'inReview');
    assert.deepEqual(madeTwice(await finhub.ledger()), []);
    assert.equal(await count('customer'), known + 1);
    const adopted = (await client.audit(workflowId)).filter(({ event }) => event === 'adopted');
    assert.equal(adopted.length, 1);
  });
});
