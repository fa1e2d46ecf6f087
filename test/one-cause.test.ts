import assert from 'node:assert/strict';
import { mkdir, rename, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { approveAs } from '../dev/demo/carry.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { ALARM_METRIC } from '../src/worker/alarms.js';
import { anIndividual } from './helpers/applications.js';
import { runEntry } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';
import { FinHub } from './helpers/finhub.js';
import { scrape, sumOf } from './helpers/metrics.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';

const LOGIN = '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions';
const REGISTRATION = '/api/v2.1/customer/individual/registration';
const HOUR = 3600_000;

describe('one cause for many cases', { timeout: 1_200_000 }, () => {
  let stack: Stack;
  let finhub: FinHub;
  let metrics: string;
  let health: string;
  before(async () => {
    const [port, healthPort] = [await freePort(), await freePort()];
    metrics = `127.0.0.1:${port}`;
    health = `http://127.0.0.1:${healthPort}`;
    stack = await startStack({
      workerEnv: {
        METRICS_ADDRESS: String(port),
        HEALTH_PORT: String(healthPort),
        FINHUB_LOGIN_RETRY_SECONDS: '1',
        FINHUB_VERDICT_POLL_SECONDS: '1',
      },
    });
    finhub = new FinHub(stack.sandboxUrl);
  });
  after(() => stack?.stop());

  const alarm = async (cause: string) => sumOf(await scrape(metrics), ALARM_METRIC, { cause });
  const raised = async (cause: string) => eventually(`alarm ${cause}`, async () => (await alarm(cause)) === 1);
  const gone = async (cause: string) => eventually(`no alarm ${cause}`, async () => (await alarm(cause)) === 0);
  const lines = (text: string) => stack.worker.output().split(text).length - 1;
  const start = async () => (await stack.client.startIndividual(await anIndividual(), { folder: EXAMPLES })).workflowId;
  const inReview = (id: string) =>
    eventually(`${id} in review`, async () => {
      const status = await stack.client.status(id);
      return !status.stale && status.review.stage === 'inReview';
    });
  /** Nobody was ever asked. */
  async function assertNobodyAsked(ids: string[]): Promise<void> {
    for (const id of ids) {
      const asked = (await stack.client.audit(id)).filter(({ event }) => event === 'needsAttention');
      assert.deepEqual(asked, [], id);
    }
  }

  test('a wrong admin password for a while: no open review needs attention, all go on, one alarm goes up and down', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(start));
    await Promise.all(ids.map(inReview));
    await finhub.inject({ method: 'POST', path: LOGIN, kind: 'refuse-401', times: 1000 });
    await finhub.moveClockTo(new Date(Date.now() + 2 * HOUR));
    await raised('admin');
    const { alarms } = (await (await fetch(`${health}/readyz`)).json()) as { alarms: { cause: string }[] };
    assert.deepEqual(
      alarms.map(({ cause }) => cause),
      ['admin'],
    );
    for (const id of ids) await approveAs(stack.client, id, 'op-1');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const id of ids) assert.notEqual((await stack.client.status(id)).status, 'needsAttention');
    await finhub.clearFaults();
    await gone('admin');
    for (const id of ids) {
      await eventually(`${id} goes on`, async () => {
        const { phases } = await stack.client.caseView(id);
        return phases.find(({ name }) => name === 'verification')?.status === 'completed';
      });
    }
    await assertNobodyAsked(ids);
    assert.equal(lines('"cause":"admin","runbook"'), 1, 'one line');
    assert.equal(lines('"cause":"admin","msg":"calls continue'), 1);
  });

  test('a document store that is another one for a while: cases wait, nothing is called missing, one alarm', async () => {
    const documents = stack.environment['DOCUMENT_STORE']!;
    const away = `${documents}-away`;
    await finhub.inject({ method: 'POST', path: REGISTRATION, kind: 'refuse-503', times: 2 });
    const ids = await Promise.all([1, 2].map(start));
    await rename(documents, away);
    await mkdir(documents);
    await raised('documentStore');
    await rm(documents, { recursive: true });
    await rename(away, documents);
    await Promise.all(ids.map(inReview));
    await gone('documentStore');
    await assertNobodyAsked(ids);
  });

  test('who has another key ring or store starts and tells nothing, and hears what helps', async () => {
    const env = { ...process.env, ...stack.environment };
    const id = await start();
    const others: [string, NodeJS.ProcessEnv, RegExp][] = [
      [
        'key ring',
        { ONBOARDING_KEYS: newKeyRingText(), DOCUMENT_STORE: `${env['DOCUMENT_STORE']}-other` },
        /another key ring/,
      ],
      ['document store', { DOCUMENT_STORE: `${env['DOCUMENT_STORE']}-third` }, /another document store/],
      ["another's store", { ONBOARDING_KEYS: newKeyRingText() }, /belongs to another key ring/],
    ];
    const application = `${EXAMPLES}/individual.json`;
    for (const [what, more, message] of others) {
      const refused = await runEntry('starter', ['individual', application], { ...env, ...more });
      assert.equal(refused.code, 2, `${what}: ${refused.stderr}`);
      assert.match(refused.stderr, message);
      assert.match(refused.stderr, /ONBOARDING_KEYS_FILE|DOCUMENT_STORE/);
    }
    const note = ['note', id, '--as', 'op-1', 'text'];
    const operator = await runEntry('operator', note, { ...env, ONBOARDING_KEYS: newKeyRingText() });
    assert.equal(operator.code, 2, operator.stderr);
    assert.match(operator.stderr, /another key ring/);
  });
});
