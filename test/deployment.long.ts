import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { LifecycleStatus, OnboardingClient } from '../src/client/index.js';
import { approveAs, carry } from '../dev/demo/carry.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { startChild, type Child } from '../dev/embedded/child-process.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { findTemporalBinary } from '../dev/embedded/temporal-binary.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { encryptingDataConverter, FAILURE_CONVERTER_PATH } from '../src/temporal/data-converter.js';
import { bundlerOptions } from '../src/worker/bundler-options.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { FinHub, madeTwice } from './helpers/finhub.js';
import { failedTasks } from './helpers/workflow-tasks.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KEYS = newKeyRingText();
const dataConverter = encryptingDataConverter({ keys: parseKeyRing(KEYS), namespace: 'default' });
const DEPLOYMENT = 'finhub-onboarding';
/** Sandbox time from a transfer's execution to its completion: it stands still until the test moves the clock. */
const SETTLEMENT_MS = 600_000;
const WAIT_SECONDS = 240;

/** The change that version N+1 brings: a pause that open cases must not meet, since they are past it. */
const PHASE = 'src/workflows/phases/registration.ts';
const CALLED = '  finhub.customerId = registered.customerId;\n';
const PATCHED = `${CALLED}  if (patched('pause-after-registration')) await sleep(1);\n`;
const CARELESS = `${CALLED}  await sleep(1);\n`;

/** What a worker warned of, for whoever looks into a failure. */
function troubles(output: string): string {
  return output
    .split('\n')
    .filter((line) => /"level":[45]0/.test(line))
    .slice(-10)
    .join('\n');
}

describe('a new version under open cases', () => {
  let folder: string;
  let stack: Stack;
  let client: OnboardingClient;
  let finhub: FinHub;
  let connection: Connection;
  let temporal: Client;
  before(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    process.env['ONBOARDING_KEYS'] = KEYS;
    folder = await mkdtemp(join(tmpdir(), 'deployment-test-'));
    stack = await startStack({
      sandboxArgs: ['--activation-delay', '0', '--settlement-delay', String(SETTLEMENT_MS)],
      workerEnv: version('N'),
    });
    ({ client } = stack);
    finhub = new FinHub(stack.sandboxUrl);
    connection = await Connection.connect({ address: stack.temporal.address });
    temporal = new Client({ connection, dataConverter });
  });
  after(async () => {
    await connection?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const version = (buildId: string) => ({
    TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT,
    TEMPORAL_WORKER_BUILD_ID: buildId,
    FINHUB_VERDICT_POLL_SECONDS: '1',
    SIGNERS_FILE: join(EXAMPLES, 'signers.json'),
  });

  /** The sources with another end of the registration. */
  async function changedSources(name: string, end: string): Promise<string> {
    const copy = join(folder, name);
    for (const path of ['src', 'package.json', 'tsconfig.json']) {
      await cp(join(ROOT, path), join(copy, path), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const text = await readFile(join(copy, PHASE), 'utf8');
    assert.ok(text.includes(CALLED));
    const imports = "import { patched, sleep } from '@temporalio/workflow';\n";
    await writeFile(join(copy, PHASE), imports + text.replace(CALLED, end));
    return copy;
  }

  async function temporalCli(...args: string[]): Promise<string> {
    const { path } = await findTemporalBinary('temporal');
    const { stdout } = await promisify(execFile)(path, [...args, '--address', stack.temporal.address]);
    return stdout;
  }

  /** The command of docs/guides/versioning.md; it is refused until the version's workers ask for work. */
  const makeCurrent = (buildId: string) =>
    eventually(
      `${buildId} is current`,
      async () =>
        temporalCli(
          ...['worker', 'deployment', 'set-current-version', '--yes'],
          ...['--deployment-name', DEPLOYMENT, '--build-id', buildId],
        ),
      60,
    );

  const until = (id: string, what: string, isWanted: (status: LifecycleStatus) => boolean) =>
    eventually(
      `${id}: ${what}`,
      async () => {
        const status = await client.status(id);
        return !status.stale && isWanted(status) && status;
      },
      WAIT_SECONDS,
    );

  const inReview = (id: string) => until(id, 'in review', ({ review }) => review.stage === 'inReview');
  const submitCode = async (id: string) => {
    const { finhub: known } = await client.caseView(id);
    await client.submitActivationCode(id, await finhub.activationCode(known.customerId!));
  };
  const settle = async () => finhub.moveClockTo(new Date(Date.parse(await finhub.now()) + SETTLEMENT_MS));

  const handle = (id: string): WorkflowHandle => temporal.workflow.getHandle(id);
  const events = async (id: string) => (await handle(id).fetchHistory()).events!;
  /** The build that did a workflow's last task. */
  const lastBuild = async (id: string) =>
    (await events(id))
      .flatMap(({ workflowTaskCompletedEventAttributes: done }) => done?.deploymentVersion?.buildId ?? [])
      .at(-1);

  async function replay(sources: string, id: string): Promise<void> {
    const workflowBundle = await bundleWorkflowCode({
      ...bundlerOptions,
      workflowsPath: join(sources, 'src/workflows/index.ts'),
      failureConverterPath: FAILURE_CONVERTER_PATH,
      logger: new DefaultLogger('ERROR'),
    });
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, await handle(id).fetchHistory(), id);
  }

  test('takes them over, each in its phase, while payments end where they began', async (t) => {
    await makeCurrent('N');
    const start = async (count: number, application: () => Promise<object>) => {
      const ids: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const { workflowId } =
          application === anOrganization
            ? await client.startOrganization(await anOrganization(), { folder: EXAMPLES })
            : await client.startIndividual(await anIndividual(), { folder: EXAMPLES });
        ids.push(workflowId);
      }
      return ids;
    };
    const persons = await start(17, anIndividual);
    const companies = await start(3, anOrganization);
    const all = [...persons, ...companies];
    await Promise.all(all.map(inReview));
    const [paying, ...others] = persons as [string, ...string[]];
    const [activating, documents] = [others.slice(0, 5), others.slice(5, 9)];
    for (const id of [paying, ...activating]) await approveAs(client, id, 'op-1');
    for (const id of documents) {
      const request = { decisionId: 'd1', round: 1, verdict: 'request-documents', operator: { id: 'op-1' } } as const;
      await client.decide(id, { ...request, documents: [{ type: 'SELFIE' }] });
    }
    for (const id of [paying, ...activating]) {
      await until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    }
    await submitCode(paying);
    await until(paying, 'pays', ({ transfer }) => transfer?.state === 'running');
    const transferId = await eventually('the transfer', async () => {
      for await (const { workflowId } of temporal.workflow.list({ query: 'WorkflowType = "transfer"' }))
        return workflowId;
      return undefined;
    });

    const [next, careless] = [await changedSources('next', PATCHED), await changedSources('careless', CARELESS)];
    await replay(next, activating[0]!);
    await assert.rejects(replay(careless, activating[0]!), { name: 'DeterminismViolationError' });

    const worker: Child = await startChild(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), join(next, 'src/worker.ts')],
      { env: { ...stack.environment, ...version('N+1') }, ready: /"msg":"worker ready"/ },
    );
    try {
      await makeCurrent('N+1');
      const [newcomer] = (await start(1, anIndividual)) as [string];
      await inReview(newcomer);
      const marks = (await events(newcomer)).flatMap(({ markerRecordedEventAttributes: marker }) =>
        Object.values(marker?.details ?? {}).flatMap(({ payloads }) => payloads ?? []),
      );
      assert.ok(
        marks.some(({ data }) => Buffer.from(data ?? []).includes('pause-after-registration')),
        'the new version does not run its own workflow',
      );
      await replay(next, newcomer);

      await settle();
      await handle(transferId).result();
      assert.equal(await lastBuild(transferId), 'N', 'the transfer left the version it began on');
      await stack.worker.stop();

      const selfie = [{ type: 'SELFIE', file: 'documents/passport-ona.png' }];
      for (const id of documents) {
        await client.submitDocuments(id, { submittedBy: 'backoffice', documents: selfie }, { folder: EXAMPLES });
      }
      const clock = setInterval(() => void settle().catch(() => {}), 2_000);
      try {
        const people = (id: string) => ({
          operator: () => approveAs(client, id, 'op-1'),
          customer: () => submitCode(id),
        });
        // A question or an update that was under way when its worker ended is asked again; what workflows did is looked at below.
        const toTheEnd = (id: string) =>
          eventually(`${id} ends`, () => carry(client, id, people(id), () => {}), WAIT_SECONDS);
        const statuses = await Promise.all([...all, newcomer].map(toTheEnd));
        assert.deepEqual(
          statuses.filter(({ status }) => status !== 'completed'),
          [],
        );
      } finally {
        clearInterval(clock);
      }

      const failed: string[] = [];
      for await (const { workflowId } of temporal.workflow.list()) {
        failed.push(...failedTasks(await events(workflowId)).why);
      }
      assert.deepEqual(failed, []);
      for (const id of all) assert.equal(await lastBuild(id), 'N+1');
      assert.deepEqual(madeTwice(await finhub.ledger()), []);
      assert.ok(await finhub.isBalanced());
      t.diagnostic(`${all.length} cases open at the change of versions, all completed; no workflow task failed`);
    } catch (error) {
      for (const one of [stack.worker, worker]) t.diagnostic(troubles(one.output()));
      throw error;
    } finally {
      await worker.stop();
    }
  });
});
