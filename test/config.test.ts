import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ConfigurationError } from '../src/config/configuration-error.js';
import { describeEnvironment } from '../src/config/describe.js';
import { loadEnvironment } from '../src/config/environment.js';
import type { Role } from '../src/config/variables.js';
import { operatorIn, signersFile } from '../src/proof/signers-file.js';
import { SignersFileError } from '../src/proof/signers-file-error.js';
import type { Operator } from '../src/lifecycle/policy.js';
import { signersText } from './helpers/signers.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';

const run = promisify(execFile);
const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const KEYS = newKeyRingText();
const COMPLETE: NodeJS.ProcessEnv = {
  FINHUB_BASE_URL: 'https://finhub.example/',
  FINHUB_TENANT_ID: 'tenant-1',
  FINHUB_TENANT_KEY: 'the-tenant-key',
  FINHUB_TENANT_SECRET: 'the-tenant-secret',
  FINHUB_ADMIN_ORGANIZATION_ID: 'org-1',
  FINHUB_ADMIN_USER_ID: 'user-1',
  FINHUB_ADMIN_USERNAME: 'admin@tenant.example',
  FINHUB_ADMIN_PASSWORD: 'the-admin-password',
  ONBOARDING_KEYS: KEYS,
  // Keeps a developer's own profile file out of the test.
  TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
};

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-test-'));
});
after(() => rm(folder, { recursive: true }));

function faults(role: Role, env: NodeJS.ProcessEnv): string[] {
  try {
    loadEnvironment(role, env);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.faults.map(({ variable }) => variable).sort();
  }
  return [];
}

describe('the configuration', () => {
  it('is typed, with defaults and without the slash that ends an address', () => {
    const { finhub, verdictPollSeconds, temporal, notes } = loadEnvironment('worker', COMPLETE);
    assert.equal(finhub.baseUrl, 'https://finhub.example');
    assert.equal(finhub.timeoutMs, 10_000);
    assert.equal(finhub.powerTenant, undefined);
    assert.equal(verdictPollSeconds, 900);
    assert.equal(temporal.address, 'localhost:7233');
    assert.match(notes.join(), /signers\.json/);
  });

  it('has the codec server listen on loopback unless told otherwise', () => {
    const env = {
      ONBOARDING_KEYS: KEYS,
      CODEC_TOKENS: `ui:read:${'t'.repeat(24)}`,
      TEMPORAL_CONFIG_FILE: '/nonexistent',
    };
    assert.equal(loadEnvironment('codec-server', env).codec.host, '127.0.0.1');
    assert.equal(loadEnvironment('codec-server', { ...env, CODEC_HOST: '::1' }).codec.host, '::1');
  });

  it('lists all faults at once, each with its variable', () => {
    const { FINHUB_TENANT_KEY: _, ...env } = COMPLETE;
    const wrong = {
      FINHUB_BASE_URL: 'ftp://finhub.example',
      FINHUB_TIMEOUT_MS: 'soon',
      FINHUB_POWER_TENANT_USERNAME: 'power@tenant.example',
      FINHUB_TENANT_SECRTE: 'x',
      SIGNERS_FILE: '/nonexistent/signers.json',
      ONBOARDING_KEYS: '{"current": "a", "keys": {"a": "c2hvcnQ="}}',
      TEMPORAL_TLS_CLIENT_CERT_DATA: 'half a pair',
    };
    assert.deepEqual(faults('worker', { ...env, ...wrong }), [
      'FINHUB_BASE_URL',
      'FINHUB_POWER_TENANT_ORGANIZATION_ID',
      'FINHUB_POWER_TENANT_PASSWORD',
      'FINHUB_POWER_TENANT_USER_ID',
      'FINHUB_TENANT_KEY',
      'FINHUB_TENANT_SECRTE',
      'FINHUB_TIMEOUT_MS',
      'ONBOARDING_KEYS',
      'SIGNERS_FILE',
      'TEMPORAL_*',
    ]);
  });

  it('finds the variable that a misspelt one is meant to be', () => {
    assert.throws(() => loadEnvironment('operator', { FINHUB_TENNANT_ID: 'x' }), /is FINHUB_TENANT_ID meant\?/);
  });

  it('asks each role for what it needs', () => {
    assert.deepEqual(faults('operator', {}), []);
    assert.deepEqual(faults('starter', { ONBOARDING_KEYS: KEYS }), []);
    assert.equal(faults('worker', { ONBOARDING_KEYS: KEYS }).length, 8);
  });

  it('allows no defaults for operators and keys in production', () => {
    const { ONBOARDING_KEYS: _, ...env } = COMPLETE;
    const production = { ...env, NODE_ENV: 'production' };
    assert.deepEqual(faults('worker', production), ['ONBOARDING_KEYS', 'SIGNERS_FILE']);
    assert.deepEqual(faults('starter', production), ['ONBOARDING_KEYS']);
  });

  it('takes a secret from the file that NAME_FILE names, and says what is wrong with the file and not what is in it', async () => {
    const file = join(folder, 'tenant-secret');
    await writeFile(file, 'the-secret-of-the-file\n');
    const { FINHUB_TENANT_SECRET: _, ...env } = COMPLETE;
    const { finhub } = loadEnvironment('worker', { ...env, FINHUB_TENANT_SECRET_FILE: file });
    assert.equal(finhub.tenantSecret, 'the-secret-of-the-file');
    assert.deepEqual(faults('worker', { ...env, FINHUB_TENANT_SECRET_FILE: '/nonexistent' }), [
      'FINHUB_TENANT_SECRET_FILE',
    ]);
    assert.deepEqual(faults('worker', { ...COMPLETE, FINHUB_TENANT_SECRET_FILE: file }), ['FINHUB_TENANT_SECRET']);
    assert.deepEqual(faults('worker', { ...COMPLETE, FINHUB_TENANT_ID_FILE: file }), ['FINHUB_TENANT_ID_FILE']);
    assert.ok(
      !JSON.stringify(describeEnvironment('worker', { ...env, FINHUB_TENANT_SECRET_FILE: file })).includes(
        'of-the-file',
      ),
    );
  });

  it('never shows a secret, neither in the description nor in a fault', () => {
    const env = { ...COMPLETE, FINHUB_API_KEY: 'the-api-key', FINHUB_TIMEOUT_MS: 'the-misplaced-secret' };
    const description = describeEnvironment('worker', env);
    const shown = JSON.stringify(description);
    for (const secret of [
      'the-tenant-key',
      'the-tenant-secret',
      'the-admin-password',
      'the-api-key',
      'misplaced',
      KEYS,
    ]) {
      assert.ok(!shown.includes(JSON.stringify(secret).slice(1, -1)), secret);
    }
    assert.ok(shown.includes('admin@tenant.example'));
  });

  it('is shown by `npm run config`, which exits 1 when it cannot be used', async () => {
    const config = (env: NodeJS.ProcessEnv) =>
      run(process.execPath, ['--import', 'tsx', pathOf('../src/config.ts'), '--json'], {
        env: { PATH: process.env['PATH'], ...env },
      });
    const { stdout } = await config(COMPLETE);
    const { variables } = JSON.parse(stdout) as ReturnType<typeof describeEnvironment>;
    assert.deepEqual(
      variables.filter(({ name }) => ['FINHUB_TENANT_ID', 'FINHUB_ADMIN_PASSWORD', 'LOG_LEVEL'].includes(name)),
      [
        { name: 'FINHUB_TENANT_ID', value: 'tenant-1', from: 'set' },
        { name: 'FINHUB_ADMIN_PASSWORD', value: '(secret)', from: 'set' },
        { name: 'LOG_LEVEL', value: 'info', from: 'default' },
      ],
    );
    await assert.rejects(config({}), { code: 1 });
  });
});

describe('the key file of trials', () => {
  it('is made once, however many processes need it at the same time, and for its owner alone', async () => {
    const file = join(folder, 'keys', 'ring.json');
    const script = `import { readOrMakeKeyFile } from ${JSON.stringify(new URL('../src/secrets/key-file.js', import.meta.url).href)};
      import { fingerprint } from ${JSON.stringify(new URL('../src/secrets/seal.js', import.meta.url).href)};
      console.log(fingerprint(readOrMakeKeyFile(${JSON.stringify(file)}), 'x'));`;
    const one = () => run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
    const prints = (await Promise.all([one(), one(), one(), one()])).map(({ stdout }) => stdout);
    assert.equal(new Set(prints).size, 1);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });
});

describe('the signers file', () => {
  it('is read anew at every look-up, so that a right that was taken away is gone at once', async () => {
    const file = join(folder, 'signers.json');
    const operator: Operator = { id: 'op-1', level: 'POWER_TENANT', tenants: ['*'] };
    await writeFile(file, signersText([operator]));
    const signers = await signersFile(file);
    assert.deepEqual(operatorIn(await signers.current(), 'op-1'), operator);
    assert.equal(operatorIn(await signers.current(), 'op-9'), undefined);
    await writeFile(file, signersText([{ ...operator, level: 'TENANT' }], 2));
    assert.equal(operatorIn(await signers.current(), 'op-1')?.level, 'TENANT');
    await writeFile(file, signersText([operator, operator]));
    await assert.rejects(signers.current(), SignersFileError);
  });

  it('takes no id that tells who somebody is, since assignees are readable in lists', async () => {
    const file = join(folder, 'operators-by-mail.json');
    const operators = [{ id: 'ona@bank.example', level: 'TENANT', tenants: ['*'] }];
    await writeFile(file, signersText(operators));
    await assert.rejects(signersFile(file), /looks like an e-mail address/);
  });

  it('of the examples holds one operator of the tenant and two of the power tenant', async () => {
    const { signers } = JSON.parse(await readFile(pathOf('../examples/signers.json'), 'utf8')) as {
      signers: { level: string }[];
    };
    assert.deepEqual(
      signers.map(({ level }) => level),
      ['TENANT', 'POWER_TENANT', 'POWER_TENANT'],
    );
  });
});
