import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities, type ActivityDependencies } from '../src/activities/index.js';
import { OnboardingClient } from '../src/client/index.js';
import { loadEnvironment } from '../src/config/environment.js';
import { approveAs, carry } from '../dev/demo/carry.js';
import { EXAMPLES, exampleIndividual } from '../dev/demo/examples.js';
import { startEntry } from '../dev/embedded/entry-process.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { startTemporalServer } from '../dev/embedded/temporal-server.js';
import { TASK_QUEUE } from '../src/lifecycle/ids.js';
import { SANDBOX_TENANT, sandboxEnvironment } from '../sandbox/fixtures.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { encryptingDataConverter } from '../src/temporal/data-converter.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { dependenciesOf } from '../src/worker/dependencies.js';
import { sourceBundle } from '../src/worker/make-bundle.js';
import { WORKFLOWS_PATH } from '../src/worker/workflow-code.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

/** CPU of worker and client, in milliseconds per lifecycle, and how many times that of plain payloads encrypted ones take. */
export interface EncryptionBench {
  lifecycles: number;
  rounds: { plain: number; encrypted: number; ratio: number }[];
  /** Over the rounds. */
  ratio: Spread;
}

const NAMESPACE = 'default';

/** Carries individuals to their ends, with and without encryption in turn, so that what else the machine does hits both. */
export async function benchEncryption(rounds: number, lifecycles: number): Promise<EncryptionBench> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-bench-'));
    closing.push(() => rm(folder, { recursive: true }));
    const [sandbox, server] = await Promise.all([
      startEntry('sandbox', { args: ['--port', '0', '--log-level', 'silent'], ready: /listening on (http:\S+)/ }),
      startTemporalServer({ searchAttributes: searchAttributeTypes }),
    ]);
    closing.push(sandbox.stop, server.stop);
    const sandboxUrl = sandbox.firstMatch![1]!;
    const config = loadEnvironment('worker', {
      ...sandboxEnvironment(sandboxUrl),
      ONBOARDING_KEYS: newKeyRingText(),
      DOCUMENT_STORE: folder,
      FINHUB_VERDICT_POLL_SECONDS: '1',
    });
    const dependencies = await dependenciesOf(config);
    closing.push(() => dependencies.finhub.close());
    const encrypted = encryptingDataConverter({ keys: config.keys, namespace: NAMESPACE });
    const plain: DataConverter = { ...encrypted, payloadCodecs: [] };
    const run = await runner(server.address, sandboxUrl, dependencies);
    await run(plain, lifecycles);
    await run(encrypted, lifecycles);
    const measured: EncryptionBench['rounds'] = [];
    for (let round = 0; round < rounds; round += 1) {
      const one = await run(plain, lifecycles);
      const other = await run(encrypted, lifecycles);
      measured.push({ plain: one, encrypted: other, ratio: other / one });
    }
    return { lifecycles, rounds: measured, ratio: spreadOf(measured.map(({ ratio }) => ratio)) };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** What `npm run bench -- encryption` prints. */
export function encryptionText({ lifecycles, rounds, ratio }: EncryptionBench): string {
  const ms = (value: number): string => `${value.toFixed(0)} ms`.padStart(10);
  return [
    `CPU of worker and client per individual's lifecycle, ${lifecycles} lifecycles a round`,
    '     plain  encrypted  ratio',
    ...rounds.map(({ plain, encrypted, ratio }) => `${ms(plain)} ${ms(encrypted)}  ${ratio.toFixed(2)}`),
    `median ratio ${spreadText(ratio)}`,
  ].join('\n');
}

/** Makes what carries so many lifecycles to their ends and returns the CPU of each, in milliseconds. */
async function runner(address: string, sandboxUrl: string, dependencies: ActivityDependencies) {
  const workflowBundle = await sourceBundle(WORKFLOWS_PATH);
  const { keys, store } = dependencies;
  let made = 0;
  return async (dataConverter: DataConverter, lifecycles: number): Promise<number> => {
    const connection = await NativeConnection.connect({ address });
    const own = await Connection.connect({ address });
    const worker = await Worker.create({
      ...{ connection, namespace: NAMESPACE, taskQueue: TASK_QUEUE, workflowBundle, dataConverter },
      activities: createActivities(dependencies),
    });
    const temporal = new Client({ connection: own, namespace: NAMESPACE, dataConverter });
    const client = new OnboardingClient({ temporal, keys, store, tenantId: SANDBOX_TENANT.id });
    const carried = async (number: number): Promise<void> => {
      const application = await exampleIndividual(`bench-${number}`);
      application.person.email = `bench-${number}@mail.example`;
      const { workflowId } = await client.startIndividual(application, { folder: EXAMPLES });
      const people = {
        operator: () => approveAs(client, workflowId, 'op-1'),
        customer: async () => {
          const code = await mailedActivationCode(sandboxUrl, application.person.email);
          await client.submitActivationCode(workflowId, code);
        },
      };
      await carry(client, workflowId, people, (status) => {
        if (status.status === 'needsAttention')
          throw new Error(`${workflowId} needs attention: ${JSON.stringify(status)}`);
      });
    };
    const before = process.cpuUsage();
    await worker.runUntil(Promise.all(Array.from({ length: lifecycles }, () => carried((made += 1)))));
    const { user, system } = process.cpuUsage(before);
    await Promise.all([connection.close(), own.close()]);
    return (user + system) / 1000 / lifecycles;
  };
}
