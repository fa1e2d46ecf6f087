import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EXAMPLES } from '../dev/demo/examples.js';
import { startChild } from '../dev/embedded/child-process.js';
import { startTemporalServer, type TemporalServer } from '../dev/embedded/temporal-server.js';
import { makeSigningKey } from '../src/proof/key-pair.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { run } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Of the bundle with its source map; without the bundle's special building it would weigh more. */
const AT_MOST_KIB = 2_500;
/** Nothing answers there: whoever tries to fetch something fails. */
const NO_NETWORK = {
  npm_config_registry: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  npm_config_offline: 'true',
};

describe('what `npm run build` makes', () => {
  let folder: string;
  let temporal: TemporalServer;
  let sandbox: Sandbox;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'production-test-'));
    for (const path of [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'src',
      'scripts',
    ]) {
      await cp(join(ROOT, path), join(folder, path), { recursive: true });
    }
    await promisify(execFile)('cp', ['-al', join(ROOT, 'node_modules'), join(folder, 'node_modules')]);
    sandbox = await startSandbox({ activationDelayMs: 0 });
    temporal = await startTemporalServer({ searchAttributes: searchAttributeTypes });
  });
  after(async () => {
    await temporal?.stop();
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const npm = (args: string[], env: NodeJS.ProcessEnv) =>
    promisify(execFile)('npm', args, { cwd: folder, env: { ...process.env, ...NO_NETWORK, ...env }, timeout: 300_000 });

  test('runs in production without sources, development dependencies or network', async () => {
    await npm(['run', 'build'], {});
    const bundle = await readFile(join(folder, 'lib/workflow-bundle.js'));
    assert.ok(bundle.length < AT_MOST_KIB * 1024, `the workflow bundle has ${Math.round(bundle.length / 1024)} KiB`);
    await rm(join(folder, 'src'), { recursive: true });
    await npm(['prune', '--omit=dev', '--no-audit', '--no-fund', '--ignore-scripts'], {});
    await assert.rejects(readFile(join(folder, 'node_modules/typescript/package.json')), { code: 'ENOENT' });

    // In production a start counts only with a signer's proof.
    const [signersFile, keyFile] = [join(folder, 'signers.json'), join(folder, 'backend.key')];
    const backend = {
      id: 'backend',
      role: 'client',
      tenants: ['*'],
      keys: [{ publicKey: await makeSigningKey(keyFile) }],
    };
    const operator = { id: 'op-1', role: 'operator', level: 'TENANT', tenants: ['*'], keys: [] };
    await writeFile(signersFile, JSON.stringify({ version: 1, signers: [backend, operator] }));

    const env = {
      ...NO_NETWORK,
      ...sandboxEnvironment(sandbox.url),
      NODE_ENV: 'production',
      TEMPORAL_ADDRESS: temporal.address,
      ONBOARDING_KEYS: newKeyRingText(),
      SIGNERS_FILE: signersFile,
      SIGNER_ID: 'backend',
      SIGNING_KEY_FILE: keyFile,
      DOCUMENT_STORE: join(folder, 'documents'),
      FINHUB_VERDICT_POLL_SECONDS: '1',
    };
    const npmStart = ['--prefix', folder, 'start'];
    const worker = await startChild('npm', npmStart, { env, ready: /"msg":"worker ready"/ });
    try {
      const starter = (...args: string[]) =>
        run(process.execPath, [join(folder, 'scripts/run.mjs'), 'src/starter.ts', ...args], { ...process.env, ...env });
      const started = await starter('individual', join(EXAMPLES, 'individual.json'), '--json');
      assert.equal(started.code, 0, started.stderr);
      const { workflowId } = JSON.parse(started.stdout) as { workflowId: string };
      await eventually(
        'in review',
        async () => {
          const { stdout } = await starter('status', workflowId, '--json');
          return (JSON.parse(stdout) as { review?: { stage: string } }).review?.stage === 'inReview';
        },
        90,
      );
      process.kill(worker.pid, 'SIGTERM');
      assert.deepEqual(await worker.exited, { code: 0, signal: null });
    } finally {
      await worker.kill();
    }
  });
});
