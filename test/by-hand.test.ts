import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EXAMPLES } from '../dev/demo/examples.js';
import type { Child } from '../dev/embedded/child-process.js';
import { startEntry } from '../dev/embedded/entry-process.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { findTemporalBinary } from '../dev/embedded/temporal-binary.js';
import { startTemporalServer, type TemporalServer } from '../dev/embedded/temporal-server.js';
import { SANDBOX_TENANT, sandboxEnvironment } from '../sandbox/fixtures.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { run, runEntry, type Ran } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';
import { FinHub } from './helpers/finhub.js';

const ID = `individual/${SANDBOX_TENANT.id}/ind-2025-0001`;
const INDIVIDUAL = join(EXAMPLES, 'individual.json');

describe('by hand, with the command lines', () => {
  let server: TemporalServer;
  let sandbox: Child;
  let worker: Child;
  let temporal: string;
  let sandboxUrl: string;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    ({ path: temporal } = await findTemporalBinary('temporal'));
    const delays = ['--activation-delay', '0', '--settlement-delay', '0'];
    [server, sandbox] = await Promise.all([
      startTemporalServer({ searchAttributes: searchAttributeTypes }),
      startEntry('sandbox', { args: ['--port', '0', ...delays], ready: /listening on (http:\S+)/ }),
    ]);
    sandboxUrl = sandbox.firstMatch![1]!;
    env = {
      ...process.env,
      ...sandboxEnvironment(sandboxUrl),
      TEMPORAL_ADDRESS: server.address,
      ONBOARDING_KEYS: newKeyRingText(),
      DOCUMENT_STORE: join(folder, 'documents'),
    };
    worker = await startEntry('worker', { env, ready: /"msg":"worker ready"/ });
  });
  after(async () => {
    for (const child of [worker, sandbox, server]) await child?.stop();
    await rm(folder, { recursive: true });
  });

  const starter = (...args: string[]): Promise<Ran> => runEntry('starter', args, env);
  const operator = (...args: string[]): Promise<Ran> => runEntry('operator', args, env);

  function json<T>({ code, stdout, stderr }: Ran): T {
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  const signal = (name: string, input: unknown): Promise<Ran> => {
    const args = ['--workflow-id', ID, '--name', name, '--input', JSON.stringify(input), '--address', server.address];
    return run(temporal, ['workflow', 'signal', ...args], env);
  };

  test('an application with faults is refused with all of them, and nothing starts', async () => {
    const application = JSON.parse(await readFile(INDIVIDUAL, 'utf8')) as Record<string, unknown>;
    const file = join(folder, 'faulty.json');
    const person = { ...(application['person'] as object), email: 'nowhere', dateOfBirth: '1991-02-30' };
    const documents = [{ type: 'PASSPORT', file: 'no-such-file.pdf' }];
    await writeFile(file, JSON.stringify({ ...application, password: 'weak', person, documents, colour: 'blue' }));
    const refused = await starter('individual', file, '--json');
    assert.equal(refused.code, 2);
    const { error } = JSON.parse(refused.stdout) as { error: { faults: { path: string; message: string }[] } };
    const paths = new Set(error.faults.map(({ path }) => path));
    assert.deepEqual([...paths].sort(), [
      'colour',
      'documents[0].file',
      'password',
      'person.dateOfBirth',
      'person.email',
    ]);
    assert.deepEqual(await new FinHub(sandboxUrl).requests(), []);
  });

  test('the schema of an application is JSON', async () => {
    const schema = json<{ type: string; required: string[] }>(await starter('schema', 'organization'));
    assert.equal(schema.type, 'object');
    assert.ok(schema.required.includes('applicationId'));
  });

  test('a person is taken through all phases', async () => {
    const started = json<{ workflowId: string; alreadyRunning: boolean }>(
      await starter('individual', INDIVIDUAL, '--json'),
    );
    assert.deepEqual([started.workflowId, started.alreadyRunning], [ID, false]);
    const again = json<{ alreadyRunning: boolean }>(await starter('individual', INDIVIDUAL, '--json'));
    assert.equal(again.alreadyRunning, true);

    const queue = await eventually('the case is in the queue', async () => {
      const { cases } = json<{ cases: { workflowId: string; phase: string }[] }>(await operator('queue', '--json'));
      return cases.find(({ workflowId }) => workflowId === ID);
    });
    assert.equal(queue.phase, 'verification');
    const shown = await operator('show', ID);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /Verification/);
    assert.equal((await operator('decide', ID, '--as', 'nobody', '--approve')).code, 3);

    assert.equal((await signal('decideVerification', null)).code, 0);
    const decision = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } };
    assert.equal((await signal('decideVerification', decision)).code, 0);
    const decided = json<{ reached: boolean }>(
      await starter('wait', ID, '--for', 'decision', '--timeout', '30', '--json'),
    );
    assert.equal(decided.reached, true);

    const code = await mailedActivationCode(sandboxUrl, 'ruta.petraityte@mail.example');
    json(await starter('submit-activation-code', ID, code, '--json'));
    const done = json<{ reached: boolean; status: { iban: string } }>(
      await starter('wait', ID, '--for', 'done', '--timeout', '30', '--json'),
    );
    assert.equal(done.reached, true);
    assert.match(done.status.iban, /^LT\d{18}$/);
    const status = await starter('status', ID);
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, new RegExp(done.status.iban));
    assert.equal((await operator('decide', ID, '--as', 'op-1', '--approve', '--round', '1')).code, 3);
  });
});
