import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { EXAMPLES } from '../dev/demo/examples.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { makeApiKey } from '../src/gateway/api-keys.js';
import { SCOPES } from '../src/gateway/caller.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';

const run = promisify(execFile);

const VERSION = '4.32.5';
const seed = Number(process.env['SCHEMATHESIS_SEED'] ?? randomInt(2 ** 31));
const EXAMPLES_EACH = process.env['SCHEMATHESIS_EXAMPLES'] ?? '40';

/**
 * Not asked: `positive_data_acceptance`, since what the contract's schemas let through need not be an application that can be taken: they know
 * no check digits of IBANs, no list of currencies and countries, no shares that make 100 %, and no case that is in the right state.
 * Those that are left out besides look at sequences of calls that the contract does not link.
 */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance'],
  ...['response_schema_conformance', 'negative_data_rejection', 'missing_required_header', 'ignored_auth'],
  'unsupported_method',
];

/** Not called: a stream of events that ends with its case; gateway.test.ts reads it. */
const NOT_CALLED = ['followCase'];

/** 503 is in the contract: no worker answers. */
const CONFIGURATION = `
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "503"]
`;

describe('the running gateway keeps to its OpenAPI file, whatever it is sent', { timeout: 3_600_000 }, () => {
  let stack: Stack;
  let folder: string;
  let program: string;
  let id: string;
  let key: string;

  before(async () => {
    program = await schemathesis();
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-schemathesis-'));
    const made = makeApiKey({ client: 'anything', tenant: SANDBOX_TENANT.id, scopes: [...SCOPES], operator: 'op-1' });
    key = made.key;
    const keysFile = join(folder, 'api-keys.json');
    await writeFile(keysFile, JSON.stringify({ keys: [made.entry] }));
    stack = await startStack({
      gateway: { GATEWAY_API_KEYS_FILE: keysFile, GATEWAY_REQUESTS_PER_MINUTE: '1000000', LOG_LEVEL: 'error' },
    });
    const { workflowId } = await stack.client.startIndividual(await anIndividual(), { folder: EXAMPLES });
    await eventually('in review', async () => {
      const status = await stack.client.status(workflowId);
      return !status.stale && status.review.stage === 'inReview';
    });
    id = workflowId.split('/')[2]!;
  });
  after(async () => {
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  /** What it has found, and how many requests it sent. */
  async function look(name: string, configuration: string): Promise<{ failed: boolean; text: string }> {
    const file = join(folder, `${name}.toml`);
    await writeFile(file, CONFIGURATION + configuration);
    const args = [
      ...['--config-file', file, 'run', `${stack.gatewayUrl}/openapi.json`, '--header', `Authorization: Bearer ${key}`],
      ...['--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing', '--continue-on-failure'],
      ...['--max-examples', EXAMPLES_EACH, '--seed', String(seed), '--request-timeout', '65', '--no-color'],
      ...['--suppress-health-check', 'all', '--warnings', 'off', '--include-path-regex', '^/v1/', '--no-shrink'],
      ...NOT_CALLED.flatMap((operation) => ['--exclude-operation-id', operation]),
    ];
    const env = { ...process.env, no_proxy: '127.0.0.1' };
    return run(program, args, { cwd: folder, env, maxBuffer: 100_000_000 }).then(
      ({ stdout }) => ({ failed: false, text: stdout }),
      ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ failed: true, text: stdout + stderr }),
    );
  }

  const RUNS: Record<string, () => string> = {
    'that names cases which are not there': () => '',
    'about a case in review': () =>
      [
        '[parameters]',
        '"path.kind" = "individual"',
        `"path.id" = "${id}"`,
        // Nothing happens to it for as long as somebody waits.
        '"header.Prefer" = "wait=1"',
      ].join('\n'),
  };
  for (const [what, configuration] of Object.entries(RUNS))
    test(`anything ${what}`, async (t) => {
      t.diagnostic(`seed ${seed}`);
      const { failed, text } = await look(what.replaceAll(' ', '-'), configuration());
      for (const line of text.split('\n').slice(-25)) t.diagnostic(line);
      if (failed) t.diagnostic(stack.gatewayOutput());
      assert.ok(!failed, text);
    });
});

/** Its program, in an environment of its own in `.cache`, made where it is not there. */
async function schemathesis(): Promise<string> {
  const environment = resolve('.cache', `schemathesis-${VERSION}`);
  const program = join(environment, 'bin', 'schemathesis');
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(resolve('.cache'), { recursive: true });
    await run('python3', ['-m', 'venv', environment]);
    await run(join(environment, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  }
  return program;
}
