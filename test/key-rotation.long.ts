import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { connectOnboarding, temporalSettings, type OnboardingClient } from '../src/client/index.js';
import { approveAs, carry } from '../dev/demo/carry.js';
import { EXAMPLES, exampleIndividual } from '../dev/demo/examples.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { startStack } from '../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { parseKeyRing } from '../src/secrets/key-ring.js';
import { encryptingDataConverter } from '../src/temporal/data-converter.js';
import { eventually } from './helpers/eventually.js';

/** ROTATION_CASES makes it fewer. */
const CASES = Number(process.env['ROTATION_CASES'] ?? 20);
const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const ring = (current: string): string =>
  JSON.stringify({ current, fingerprint: 'k1', keys: { k1: key(1), k2: key(2), k3: key(3) } });

test(
  `the key changes twice under ${CASES} running lifecycles, and none of them notices`,
  { timeout: 180_000 },
  async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const stack = await startStack({ workerEnv: { ONBOARDING_KEYS: ring('k1') } });
    let worker = stack.worker;
    try {
      const clientWith = (current: string) =>
        connectOnboarding({
          temporal: temporalSettings({ ...process.env, ...stack.environment }),
          keys: parseKeyRing(ring(current)),
          documentStore: stack.environment['DOCUMENT_STORE']!,
          tenantId: SANDBOX_TENANT.id,
        });
      const workerWith = async (current: string): Promise<void> => {
        await worker.stop();
        worker = await stack.startWorker({ ONBOARDING_KEYS: ring(current) });
      };
      const first = await clientWith('k1');
      const cases = await Promise.all(
        Array.from({ length: CASES }, async (_, index) => {
          const application = await exampleIndividual(`rotated-${index}`);
          application.person.email = `rotated-${index}@mail.example`;
          const { workflowId } = await first.startIndividual(application, { folder: EXAMPLES });
          return { workflowId, email: application.person.email, application };
        }),
      );
      await Promise.all(
        cases.map(({ workflowId }) =>
          eventually(`${workflowId} in review`, async () => {
            const status = await first.status(workflowId);
            return !status.stale && status.review.stage === 'inReview';
          }),
        ),
      );
      const finish = async (client: OnboardingClient, some: typeof cases): Promise<void> => {
        const ended = await Promise.all(
          some.map(({ workflowId, email }) =>
            carry(
              client,
              workflowId,
              {
                operator: (id) => approveAs(client, id, 'op-1'),
                customer: async (id) =>
                  void (await client.submitActivationCode(id, await mailedActivationCode(stack.sandboxUrl, email))),
              },
              () => {},
            ),
          ),
        );
        for (const status of ended) assert.equal(status.status, 'completed');
      };
      await workerWith('k2');
      const second = await clientWith('k2');
      await finish(second, cases.slice(0, CASES / 2));
      await workerWith('k3');
      const third = await clientWith('k3');
      await finish(third, cases.slice(CASES / 2));

      const again = await third.startIndividual(cases[0]!.application, { folder: EXAMPLES });
      assert.ok(again.alreadyRunning && again.closed, 'the same application is still the same after both changes');

      const history = await third.temporal.workflow.getHandle(cases[0]!.workflowId).fetchHistory();
      await Worker.runReplayHistory(
        {
          workflowsPath: fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url)),
          dataConverter: encryptingDataConverter({ keys: parseKeyRing(ring('k3')), namespace: 'default' }),
        },
        history,
        cases[0]!.workflowId,
      );
      for (const client of [first, second, third]) await client.temporal.connection.close();
    } finally {
      await worker.stop();
      await stack.stop();
    }
  },
);
