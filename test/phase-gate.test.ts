import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { makeBundle } from '../src/worker/make-bundle.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

let time: TimeSkipping;
before(async () => {
  time = await startTimeSkipping();
});
after(() => time.stop());

/** What a case lacks that needs a person, in which phase. */
async function gate(lane: Lane, id: string) {
  await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
  const { attention, requirements, phase } = await lane.client.caseView(id);
  const resolve = (action: 'retry' | 'skip' | 'abort') =>
    lane.client.resolveAttention(id, { attentionId: attention!.attentionId, action, by: 'op-1' });
  return { phase, failure: attention!.failure, lacks: requirements.map(({ code }) => code), resolve };
}

test('a phase does not begin without what it builds on', async () => {
  const code = await makeBundle(fileURLToPath(new URL('helpers/idle-lifecycle.ts', import.meta.url)));
  const lane = await time.lane({}, { workflowBundle: { code } });
  const id = await lane.start(await anIndividual());
  const { resolve, ...shut } = await gate(lane, id);
  assert.deepEqual(shut, { phase: 'session', failure: 'PrerequisiteMissing', lacks: ['customerRecord'] });
  await resolve('abort');
  assert.equal((await lane.closed(id)).result, 'aborted');
});

test('a first transfer whose payment consent was skipped is not asked for; what needs none is done', async () => {
  const lane = await time.lane();
  const consents = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/payment-consents/types/{operationType}' };
  await lane.finhub.inject({ ...consents, kind: 'refuse-401', times: 50 });
  const id = await lane.toReview(await anOrganization());
  const { review, evidenceHash } = await lane.client.caseView(id);
  const approval = { decisionId: 'd1', round: review.round, verdict: 'approve', evidenceHash } as const;
  await lane.client.decide(id, { ...approval, operator: { id: 'op-1' } });
  const refused = await gate(lane, id);
  assert.equal(refused.phase, 'paymentConsent');
  await refused.resolve('skip');
  await lane.until(id, 'goes on', ({ phase }) => phase === 'transactions');

  const { resolve, ...shut } = await gate(lane, id);
  assert.deepEqual(shut, { phase: 'transactions', failure: 'PrerequisiteMissing', lacks: ['paymentConsentActive'] });
  await resolve('skip');
  assert.equal((await lane.closed(id)).result, 'active');
  const orders = await lane.finhub.table<{ operation: string }>('orders');
  assert.deepEqual(
    orders.map(({ operation }) => operation),
    ['topup'],
  );
});
