import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { FinHubClient } from '../src/finhub/client.js';
import { WebhookSubscriptions } from '../src/finhub/webhook-subscription.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { loadEnvironment } from '../src/config/environment.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { FinHub } from './helpers/finhub.js';

const PATH = '/api/v2.1/webhooks/subscriptions';
const TARGET = { url: 'http://127.0.0.1:9/hooks/finhub/tenant', secret: 'a-secret-of-enough-characters' };

describe("the tenant's subscription to webhooks", () => {
  let sandbox: Sandbox;
  let finhub: FinHub;
  let client: FinHubClient;
  let subscriptions: WebhookSubscriptions;
  before(async () => {
    sandbox = await startSandbox();
    finhub = new FinHub(sandbox.url);
    const environment = {
      ...sandboxEnvironment(sandbox.url),
      ONBOARDING_KEYS: newKeyRingText(),
      FINHUB_TIMEOUT_MS: '1000',
    };
    client = new FinHubClient(loadEnvironment('worker', environment).finhub);
    subscriptions = new WebhookSubscriptions(client);
  });
  beforeEach(() => finhub.clearFaults());
  after(async () => {
    await client.close();
    await sandbox.close();
  });

  const made = async (): Promise<number> => (await finhub.requests(`POST ${PATH}`)).length;
  let targets = 0;
  /** An address that nothing is sent to yet. */
  const fresh = () => ({ ...TARGET, url: `${TARGET.url}-${(targets += 1)}` });

  test('is made once, and found afterwards', async () => {
    const target = fresh();
    const before = await made();
    const { subscriptionId, how } = await subscriptions.ensure(target);
    assert.equal(how, 'made');
    assert.deepEqual((await subscriptions.ensure(target)).how, 'there already');
    await subscriptions.rotate(subscriptionId, { ...target, secret: 'another-secret-of-enough-characters' });
    assert.equal((await subscriptions.find(target.url))?.subscriptionId, subscriptionId);
    assert.equal((await made()) - before, 1);
  });

  for (const kind of ['drop', 'cut', 'effect-500'] as const)
    test(`is made once although the answer was lost (${kind})`, async () => {
      const target = fresh();
      const before = await made();
      await finhub.inject({ method: 'POST', path: PATH, kind });
      const { subscriptionId } = await subscriptions.ensure(target);
      assert.equal((await subscriptions.find(target.url))?.subscriptionId, subscriptionId);
      assert.equal((await made()) - before, 1, 'found, and not made again');
    });

  test('is not made where the list is shown in part', async () => {
    const before = await made();
    const whole = client.call.bind(client);
    const part: typeof client.call = async (endpoint, input, context) => {
      const answer = await whole(endpoint, input, context);
      return endpoint.operation === 'listWebhookSubscriptions' ? { ...answer, whole: false } : answer;
    };
    client.call = part;
    try {
      await assert.rejects(subscriptions.ensure(fresh()), /only a part/);
    } finally {
      client.call = whole;
    }
    assert.equal(await made(), before);
  });
});
