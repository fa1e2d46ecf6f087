import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { EXAMPLES } from '../dev/demo/examples.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { encrypted, type Lane } from './helpers/lane.js';
import { bundled, startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const UNKNOWN_CATEGORY = { categorization: { category: 'NO_SUCH_CATEGORY' } };

describe('histories', () => {
  let time: TimeSkipping;
  before(async () => {
    time = await startTimeSkipping();
  });
  after(() => time.stop());

  /** A case with a correction, a kept decision, nonsense, a second round over days, and a cancellation at its end. */
  async function eventful(lane: Lane): Promise<string> {
    const id = await lane.start(await anIndividual(UNKNOWN_CATEGORY));
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    const handle = lane.temporal.workflow.getHandle(id);
    await handle.signal('decideVerification', null);
    await lane.client.decide(id, {
      decisionId: 'd1',
      round: 1,
      verdict: 'request-documents',
      operator: { id: 'op-1' },
      documents: [{ type: 'SELFIE' }],
    });
    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch });
    await lane.until(id, 'second round', ({ review }) => review.round === 2);
    await time.skip(24 * 3600_000);
    const selfie = [{ type: 'SELFIE', file: 'documents/passport-ona.png' }];
    await lane.client.submitDocuments(id, { submittedBy: 'backoffice', documents: selfie }, { folder: EXAMPLES });
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    await lane.client.cancel(id, { by: 'op-1', reason: 'withdrawn' });
    await lane.closed(id);
    return id;
  }

  async function replay(lane: Lane, id: string): Promise<number> {
    const history = await lane.temporal.workflow.getHandle(id).fetchHistory();
    const dataConverter = encrypted(lane.temporal.options.namespace);
    await Worker.runReplayHistory({ workflowBundle: await bundled(), dataConverter }, history, id);
    return history.events!.length;
  }

  async function finished(lane: Lane, application: Awaited<ReturnType<typeof anIndividual | typeof anOrganization>>) {
    const id = await lane.start(application);
    const { status } = await lane.finish(id);
    assert.equal(status, 'completed');
    return id;
  }

  test('of finished cases are replayed by the workflows as they are now', async (t) => {
    const lane = await time.lane();
    const ids = [
      await finished(lane, await anIndividual()),
      await finished(lane, await anOrganization()),
      await eventful(lane),
    ];
    for (const id of ids) t.diagnostic(`${id}: ${await replay(lane, id)} events`);
  });

  test('are replayed at every step where workers keep nothing in memory', async () => {
    // Nobody asks for the status here: the SDK's core drops tasks of uncached workflows that meet with a query.
    const lane = await time.lane({}, { maxCachedWorkflows: 0 });
    const decision = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } };
    const person = await anIndividual();
    const personId = await lane.start(person);
    const handle = lane.temporal.workflow.getHandle(personId);
    const code = await mailedActivationCode(lane.finhub.url, person.person.email);
    await handle.signal('decideVerification', decision);
    await lane.client.submitActivationCode(personId, code);
    assert.equal((await lane.closed(personId)).result, 'active');

    const companyId = await lane.start(await anOrganization());
    await lane.temporal.workflow.getHandle(companyId).signal('decideVerification', decision);
    assert.equal((await lane.closed(companyId)).result, 'active');
  });
});
