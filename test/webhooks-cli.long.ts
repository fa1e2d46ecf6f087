import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { FinHubClient } from '../src/finhub/client.js';
import { loadEnvironment } from '../src/config/environment.js';
import type { Gateway } from '../src/gateway/server.js';
import { SANDBOX_TENANT, sandboxEnvironment } from '../sandbox/fixtures.js';
import { freePort } from '../dev/embedded/ports.js';
import { anIndividual } from './helpers/applications.js';
import { runEntry, type Ran } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';
import { gatewayOf } from './helpers/gateway.js';
import { KEYS, type Lane } from './helpers/lane.js';
import { startRealServer, type RealServer } from './model/real-server.js';

const [OLD, NEW] = ['the-old-secret-of-the-webhooks', 'the-new-secret-of-the-webhooks'];
const MAKE = 'POST /api/v2.1/webhooks/subscriptions';

describe('npm run webhooks', { timeout: 600_000 }, () => {
  let server: RealServer;
  let lane: Lane;
  let port: number;
  let url: string;
  let gateway: Gateway | undefined;
  const tenantId = SANDBOX_TENANT.id;

  before(async () => {
    // A case that hears of nothing looks again in a day.
    server = await startRealServer({ env: { FINHUB_VERDICT_POLL_SECONDS: '86400' } });
    ({ lane } = server);
    port = await freePort();
    url = `http://127.0.0.1:${port}/hooks/finhub/${tenantId}`;
  });
  after(async () => {
    await gateway?.close();
    await server.stop();
  });

  const environment = (secret: string): NodeJS.ProcessEnv => ({
    ...{ PATH: process.env['PATH'], ...sandboxEnvironment(lane.finhub.url), ONBOARDING_KEYS: KEYS },
    ...{ TEMPORAL_ADDRESS: server.address, FINHUB_WEBHOOK_URL: url, FINHUB_WEBHOOK_SECRET: secret },
  });
  const webhooks = (args: string[], secret = OLD): Promise<Ran> => runEntry('webhooks', args, environment(secret));
  const told = async <T>(args: string[], secret = OLD): Promise<T> => {
    const { code, stdout, stderr } = await webhooks([...args, '--json'], secret);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  const made = async (): Promise<number> => (await lane.finhub.requests(MAKE)).length;
  const listen = async (...secrets: string[]): Promise<void> => {
    await gateway?.close();
    gateway = await gatewayOf(lane, { port, webhooks: { tenantId, secrets, maxAgeSeconds: 3600 } });
  };
  /** A case in review that somebody decides on in FinHub's portal. */
  const decided = async (): Promise<string> => {
    const id = await lane.toReview(await anIndividual());
    await lane.finhub.decideInPortal((await lane.client.caseView(id)).finhub.verificationId!, 'APPROVED');
    return id;
  };
  const sees = (id: string) => lane.until(id, 'decided', ({ review }) => review.stage === 'approved');
  const done = (id: string) => lane.client.cancel(id, { by: 'backoffice', reason: 'done' });

  test('says that FinHub sends nothing yet, and what helps', async () => {
    for (const command of ['status', 'rotate', 'replay']) {
      const { code, stderr } = await webhooks([command]);
      assert.notEqual(code, 0, command);
      assert.match(stderr, /FinHub sends nothing to .*webhooks -- ensure/);
    }
    const { code, stderr } = await runEntry('webhooks', ['ensure'], { ...environment(''), FINHUB_WEBHOOK_URL: '' });
    assert.notEqual(code, 0);
    assert.match(stderr, /FINHUB_WEBHOOK_URL/);
  });

  test('takes over a subscription that lacks events, and makes none beside it', async () => {
    const client = new FinHubClient(loadEnvironment('worker', environment(OLD)).finhub);
    const given = { name: 'by hand', description: 'x', url, secretKey: OLD, events: ['customer.created'] };
    const more = { maxRetryAttempts: 1, retryBackoffSeconds: 1 };
    await client.call(CATALOGUE.createWebhookSubscription, { ...given, ...more }, { key: 'by hand' });
    await client.close();
    assert.equal((await told<{ how: string }>(['ensure'])).how, 'changed');
    assert.equal((await told<{ how: string }>(['ensure'])).how, 'there already');
    assert.equal(await made(), 1, 'the one that was made by hand');
  });

  test('hands on what FinHub could not deliver, and says what became of the deliveries', async () => {
    const id = await decided();
    const { deliveries } = await eventually('FinHub has tried', async () => {
      const status = await told<{ deliveries: Record<string, number> }>(['status']);
      return (status.deliveries['RETRYING'] ?? 0) > 0 && status;
    });
    assert.equal(deliveries['DELIVERED'] ?? 0, 0, 'nobody listens');
    const { replayed } = await told<{ replayed: number }>(['replay']);
    assert.ok(replayed > 0);
    await sees(id);
    await told(['replay']);
    await done(id);
  });

  test('has FinHub sign with the last secret, while gateways take both', async () => {
    await listen(OLD, NEW);
    const before = await decided();
    await sees(before);
    await told(['rotate'], `${OLD},${NEW}`);
    await listen(NEW);
    const afterwards = await decided();
    await sees(afterwards);
    assert.equal(await made(), 1);
    for (const id of [before, afterwards]) await done(id);
  });
});
