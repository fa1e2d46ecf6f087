import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { finHubActivities } from '../src/activities/finhub-calls.js';
import { withHeartbeats } from '../src/activities/heartbeats.js';
import { secretsWith } from '../src/activities/secrets.js';
import { startTemporalServer, type TemporalServer } from '../dev/embedded/temporal-server.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { LOOK_UPS } from '../src/config/look-ups.js';
import { FinHubClient } from '../src/finhub/client.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { eventually } from './helpers/eventually.js';
import { FinHub, madeTwice } from './helpers/finhub.js';
import { LENIENT, NO_ORDERS } from './helpers/signers.js';
import { encrypted } from './helpers/lane.js';
import { SandboxClient } from './helpers/sandbox-client.js';
import { quiet } from './helpers/time-skipping.js';
import { SITUATIONS } from './matrix/situations.js';

const TASK_QUEUE = 'leases';
/** Of one attempt, without heartbeats: by those a worker would learn sooner that its attempt is over. */
const ATTEMPT_SECONDS = 4;
/** The first attempt's look ends after the second attempt's write, and before the SDK itself ends the first (5 s after its time). */
const LOOK_MS = 8000;

describe('a worker whose attempt Temporal has given to another one', () => {
  let server: TemporalServer;
  let sandbox: Sandbox;
  let finhub: FinHub;
  let connection: NativeConnection;
  let clientConnection: Connection;
  before(async () => {
    quiet();
    [server, sandbox] = await Promise.all([
      startTemporalServer({ searchAttributes: {} }),
      startSandbox({ activationDelayMs: 0, settlementDelayMs: 0 }),
    ]);
    finhub = new FinHub(sandbox.url);
    connection = await NativeConnection.connect({ address: server.address });
    clientConnection = await Connection.connect({ address: server.address });
  });
  after(async () => {
    await clientConnection.close();
    await connection.close();
    await sandbox.close();
    await server.stop();
  });

  test('does not send its write any more', async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('matrix/workflow.ts', import.meta.url)),
      logger: new DefaultLogger('WARN'),
    });
    const startWorker = async () => {
      const client = clientOf(sandbox.url);
      const worker = await Worker.create({
        ...{ connection, workflowBundle, taskQueue: TASK_QUEUE, dataConverter: encrypted('default') },
        activities: withHeartbeats(
          finHubActivities(client, {
            secrets: secretsWith(parseKeyRing(newKeyRingText())),
            judge: LENIENT,
            orders: NO_ORDERS,
          }),
        ),
        shutdownGraceTime: '20s',
      });
      const running = worker.run().finally(() => client.close());
      return { running, shutdown: () => worker.shutdown() };
    };
    const { input } = await SITUATIONS.addShareholder(new SandboxClient(sandbox.url));
    const requestedAt = new Date().toISOString();
    const { method, path } = CATALOGUE.listShareholders;
    await finhub.inject({ method, path, kind: 'late-answer', delayMs: LOOK_MS });

    const slow = await startWorker();
    const call = { input, for: { tenantId: SANDBOX_TENANT.id, key: 'lease', requestedAt } };
    const temporal = new Client({ connection: clientConnection, dataConverter: encrypted('default') });
    const handle = await temporal.workflow.start('callOperation', {
      ...{ taskQueue: TASK_QUEUE, workflowId: 'lease' },
      args: ['addShareholder', call, ATTEMPT_SECONDS],
    });
    await eventually('the look before the write', () => finhub.faultsAreSpent());
    // It takes nothing new, and finishes what it has.
    slow.shutdown();
    const other = await startWorker();
    const { tries } = (await handle.result()) as { tries: number };
    assert.equal(tries, 2);
    await slow.running;
    other.shutdown();
    await other.running;
    const sent = await finhub.requests(`POST ${CATALOGUE.addShareholder.path}`);
    assert.equal(sent.length, 1);
    assert.deepEqual(madeTwice(await finhub.ledger()), []);
  });
});

function clientOf(url: string): FinHubClient {
  const { id, key, secret, apiKey, admin } = SANDBOX_TENANT;
  return new FinHubClient({
    ...{ baseUrl: url, legacy: { baseUrl: url, apiKey }, tenantId: id, tenantKey: key, tenantSecret: secret, admin },
    ...{ timeoutMs: 10_000, maxConnections: 8, deviceId: 'leases', promptLookUps: LOOK_UPS },
  });
}
