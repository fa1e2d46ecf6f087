import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { localCalls } from '../src/activities/local-calls.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { madeTwice } from './helpers/finhub.js';
import { encrypted, type Lane } from './helpers/lane.js';
import { bundled, startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const LOCAL_FIRST = { env: { FINHUB_LOCAL_FIRST: 'true' } };
const READINESS = 'GET /api/v2.1/customer/individual/{customerId}/owner/{ownerTenantId}/activation/check';
const CONSENT = { method: 'POST', path: '/api/v2.1/customer/individual/{customerId}/consents/{consentType}' };

/** Calls of which FinHub would make a second object, or that are of no use twice. */
const NEVER = Object.values(CATALOGUE)
  .filter(({ idempotency }) => !['safe', 'repeatable'].includes(idempotency.class))
  .map(({ operation }) => operation);

test('what may come twice is made within workflow tasks, and nothing else ever is', () => {
  assert.deepEqual(localCalls({ localFirst: false }), ['closeSession']);
  const local: readonly string[] = localCalls({ localFirst: true });
  assert.ok(local.includes('acceptConsent') && local.includes('openSession'));
  assert.deepEqual(
    NEVER.filter((operation) => local.includes(operation)),
    [],
  );
});

describe('calls within workflow tasks', () => {
  let time: TimeSkipping;
  before(async () => {
    time = await startTimeSkipping();
  });
  after(() => time.stop());

  /** The activities that a case asked for. */
  async function scheduled(lane: Lane, id: string): Promise<string[]> {
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    return events!.flatMap(({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name ?? []);
  }

  for (const [kind, make] of Object.entries({ individual: anIndividual, organization: anOrganization })) {
    test(`an ${kind} goes to its end by them, shows them, and is replayed to the same steps`, async () => {
      const lane = await time.lane(LOCAL_FIRST);
      const id = await lane.start(await make());
      assert.equal((await lane.finish(id)).outcome?.result, 'active');
      await lane.closed(id);
      const asked = await scheduled(lane, id);
      const local = new Set(localCalls({ localFirst: true }));
      assert.deepEqual(
        asked.filter((name) => local.has(name)),
        [],
      );
      const view = await lane.client.caseView(id);
      const shown = view.localCalls.map((key) => key.split('/')[0]!);
      assert.deepEqual(
        [...new Set(shown)].filter((name) => !local.has(name)),
        [],
      );
      const consents = ['terms', 'privacy', 'data-processing'].map((consent) =>
        kind === 'individual' ? `acceptConsent/${consent}` : `acceptOrganizationConsent/${consent}`,
      );
      assert.deepEqual(
        view.localCalls.filter((key) => /^accept.*Consent/.test(key)),
        consents,
      );
      assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
      const { namespace } = lane.temporal.options;
      const history = await lane.temporal.workflow.getHandle(id).fetchHistory();
      const options = { workflowBundle: await bundled(), dataConverter: encrypted(namespace), namespace };
      await Worker.runReplayHistory(options, history, id);
    });
  }

  test('one that fails is made again as an activity, with its retries, after the time that FinHub asks for', async () => {
    const lane = await time.lane(LOCAL_FIRST);
    const [method, path] = READINESS.split(' ') as [string, string];
    await lane.finhub.inject({ method, path, kind: 'refuse-429' }, { method, path, kind: 'refuse-503' });
    const id = await lane.start(await anIndividual());
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    assert.deepEqual(
      (await scheduled(lane, id)).filter((name) => name === 'awaitReadiness'),
      ['awaitReadiness'],
    );
    assert.equal((await lane.finhub.requests(READINESS)).length, 3);
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    assert.ok(
      events!.some(({ timerStartedEventAttributes: timer }) => Number(timer?.startToFireTimeout?.seconds) === 1),
      'FinHub was asked again at once',
    );
    const { localCalls } = await lane.client.caseView(id);
    assert.ok(!localCalls.includes('awaitReadiness') && localCalls.includes('openSession'));
  });

  test('one whose answer is lost is made again as an activity, and takes effect once', async () => {
    const lane = await time.lane({ env: { ...LOCAL_FIRST.env, FINHUB_TIMEOUT_MS: '3000' } });
    await lane.finhub.inject({ ...CONSENT, kind: 'drop' });
    const id = await lane.start(await anIndividual());
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    assert.equal(await lane.finhub.faultsAreSpent(), true);
    assert.deepEqual(
      (await scheduled(lane, id)).filter((name) => name === 'acceptConsent'),
      ['acceptConsent'],
    );
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
  });

  test('one that a message set going is an activity, since the message is on record only after its workflow task', async () => {
    const lane = await time.lane(LOCAL_FIRST);
    const { consents, ...application } = await anIndividual();
    const id = await lane.toReview(application);
    await lane.client.decide(id, { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } });
    await lane.until(id, 'waits for consents', ({ waitingOn }) => waitingOn?.what === 'consents');
    await lane.client.acceptConsents(id, consents!);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    assert.deepEqual(
      (await scheduled(lane, id)).filter((name) => name === 'acceptConsent'),
      ['acceptConsent'],
    );
    const { localCalls } = await lane.client.caseView(id);
    assert.deepEqual(
      localCalls.filter((key) => key.startsWith('acceptConsent')),
      ['acceptConsent/privacy', 'acceptConsent/data-processing'],
    );
  });

  test('one that FinHub refuses for good is not made again', async () => {
    const lane = await time.lane(LOCAL_FIRST);
    await lane.finhub.inject({ ...CONSENT, kind: 'refuse-401', times: 2 });
    const id = await lane.toReview(await anIndividual());
    await lane.client.decide(id, { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } });
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    assert.equal(
      (await lane.finhub.requests(`${CONSENT.method} ${CONSENT.path}`)).length,
      2,
      'once, and once with a new session',
    );
  });
});
