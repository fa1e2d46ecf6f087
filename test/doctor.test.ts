import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clockDetail } from '../src/doctor/finhub-checks.js';
import type { Finding } from '../src/doctor/finding.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { runEntry } from './helpers/command-line.js';

const NO_JSON = fileURLToPath(import.meta.url);

test('clocks more than 30 s apart are a fault', () => {
  const date = 'Mon, 30 Nov 2026 06:00:00 GMT';
  const at = (seconds: number) => Date.parse(date) + seconds * 1000;
  assert.equal(clockDetail(date, at(30)), '30 s apart');
  for (const seconds of [31, -31]) assert.throws(() => clockDetail(date, at(seconds)), /s off/);
});

describe('npm run doctor', { timeout: 1_200_000 }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack();
  });
  after(() => stack?.stop());

  const examined = async (env: Record<string, string>) => {
    const { code, stdout, stderr } = await runEntry('doctor', ['--json'], {
      ...process.env,
      ...stack.environment,
      ...env,
    });
    assert.notEqual(stdout, '', stderr);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return { code, faults: findings.filter(({ state }) => state === 'fault'), findings };
  };

  test('finds nothing at fault where all is well', async () => {
    const { code, faults, findings } = await examined({});
    assert.deepEqual(faults, []);
    assert.equal(code, 0);
    assert.ok(findings.length >= 14);
  });

  const FAULTS: [string, Record<string, string>][] = [
    ['Temporal', { TEMPORAL_ADDRESS: '127.0.0.1:1' }],
    ["login of the tenant's admin", { FINHUB_ADMIN_PASSWORD: 'Wrong-Password-1' }],
    ['login of the power tenant', { FINHUB_POWER_TENANT_PASSWORD: 'Wrong-Password-1' }],
    ['key of the older API', { FINHUB_API_KEY: 'wrong' }],
    ['workers', { ONBOARDING_KEYS: newKeyRingText(), DOCUMENT_STORE: '/tmp/doctor-other-store' }],
    ['document store', { DOCUMENT_STORE: '/dev/null/documents' }],
    ['policies', { POLICY_FILE: NO_JSON }],
    ['operators', { SIGNERS_FILE: NO_JSON }],
    ['configuration', { FINHUB_TIMEOUT_MS: 'soon' }],
    ['NOTIFY_URL', { NOTIFY_URL: 'http://127.0.0.1:1/', NOTIFY_SECRET: `whsec_${'A'.repeat(32)}` }],
  ];
  for (const [what, env] of FAULTS) {
    test(`finds a fault of: ${what}`, async () => {
      const { code, faults } = await examined(env);
      assert.equal(code, 1);
      const found = faults.find((fault) => fault.what === what);
      assert.ok(found, JSON.stringify(faults));
      assert.ok(found.helps);
    });
  }
});
