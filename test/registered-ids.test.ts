import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { ApplicationConflict } from '../src/client/index.js';
import { queries, signals, updates } from '../src/workflows/definitions.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';
import { encrypted, type Lane } from './helpers/lane.js';
import { bundled } from './helpers/time-skipping.js';
import { startRealServer, type RealServer } from './model/real-server.js';

/** Seconds that no test waits to the end. */
const LONG = 60;
/** Without documents a case never gets to its review by itself. */
const WAITS = { documents: [] };
/** Registers nobody until it is corrected. */
const STUCK = { ...WAITS, categorization: { category: 'NO_SUCH_CATEGORY' } };
const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };

describe('a start that waits for the ids of FinHub', () => {
  let server: RealServer;
  let lane: Lane;
  before(async () => {
    server = await startRealServer({ env: { MAX_HISTORY_EVENTS: '50' } });
    ({ lane } = server);
  });
  after(() => server.stop());

  const settled = (id: string) =>
    lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
  const asked = (id: string) => eventually('the case was asked', async () => (await updatesOf(id)) === 1);
  const cancel = (id: string) => lane.client.cancel(id, { by: 'backend', reason: 'done' });
  const historyOf = (id: string) => lane.temporal.workflow.getHandle(id).fetchHistory();

  async function updatesOf(id: string): Promise<number> {
    const { events } = await historyOf(id);
    return events!.filter(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted).length;
  }

  for (const kind of ['individual', 'organization'] as const) {
    test(`of an ${kind} has them long before the review`, async () => {
      const answer =
        kind === 'individual'
          ? await lane.client.startIndividual(await anIndividual(WAITS), { idsWithin: LONG })
          : await lane.client.startOrganization(await anOrganization(WAITS), { idsWithin: LONG });
      const { ids, review } = await settled(answer.workflowId);
      assert.equal(review.stage, 'collecting');
      assert.equal(answer.ids!.customerId, ids.customerId);
      assert.equal(answer.ids!.userId, ids.userId);
      const known = await lane.finhub.ledgerOf(ids.customerId!);
      assert.deepEqual([answer.alreadyRunning, answer.closed, known.length > 0], [false, false, true]);
      // As a caller does who speaks through Temporal's own client.
      const handle = lane.temporal.workflow.getHandle(answer.workflowId);
      const note = { by: 'op-1', text: 'by its definition' };
      assert.equal((await handle.executeUpdate(updates.note, { args: [note] })).accepted, true);
      assert.equal((await handle.query(queries.case)).notes[0]?.text, note.text);
      await handle.signal(signals.cancel, { by: 'backend', reason: 'done' });
      await lane.closed(answer.workflowId);
      const options = { workflowBundle: await bundled(), dataConverter: encrypted('default') };
      await Worker.runReplayHistory(options, await historyOf(answer.workflowId), answer.workflowId);
    });
  }

  test('however often and at the same time the same application comes, it is one registration and one Update', async () => {
    const application = await anIndividual(WAITS);
    const start = () => lane.client.startIndividual(application, { idsWithin: LONG });
    const answers = await Promise.all(Array.from({ length: 20 }, start));
    answers.push(await start());
    assert.equal(answers.filter(({ alreadyRunning }) => !alreadyRunning).length, 1);
    assert.equal(new Set(answers.map(({ runId, ids }) => JSON.stringify([runId, ids]))).size, 1);
    assert.ok(answers[0]!.ids?.customerId);
    const { workflowId } = answers[0]!;
    assert.equal(await updatesOf(workflowId), 1);
    const other = { ...application, password: 'Kitas-Rytas-2025!' };
    await assert.rejects(lane.client.startIndividual(other, { idsWithin: LONG }), ApplicationConflict);
    assert.deepEqual(madeTwice(await lane.finhub.ledgerOf(application.person.email)), []);
    await settled(workflowId);
    await cancel(workflowId);
  });

  test('ends in time where FinHub is down', async () => {
    await lane.finhub.inject({ ...REGISTRATION, kind: 'refuse-503', times: 1000 });
    const begun = performance.now();
    const { runId: _, ...answer } = await lane.client.startIndividual(await anIndividual(WAITS), { idsWithin: 1 });
    assert.ok(performance.now() - begun < 20_000);
    const { workflowId } = answer;
    assert.deepEqual(answer, { workflowId, alreadyRunning: false, closed: false, ids: null });
    // Long before the case itself learns of it.
    const { waitingOn } = await lane.until(workflowId, 'waits for FinHub', (status) => status.waitingOn !== null);
    assert.deepEqual([waitingOn?.who, waitingOn?.what], ['finhub', 'registerIndividual to succeed: FinHubUnavailable']);
    assert.equal((await lane.client.caseView(workflowId)).status, 'waiting');
    await lane.finhub.clearFaults();
    await cancel(workflowId);
  });

  test('ends at once where the case needs attention, and has the ids when it is asked again after a correction', async () => {
    const application = await anIndividual(STUCK);
    const begun = performance.now();
    const { workflowId: id, ids } = await lane.client.startIndividual(application, { idsWithin: LONG });
    assert.equal(ids, null);
    assert.ok(performance.now() - begun < (LONG * 1000) / 2);
    const { status, attention } = await lane.until(id, 'needs attention', (told) => told.attention !== null);
    assert.equal(status, 'needsAttention');
    assert.deepEqual(attention?.correctable, ['person', 'categorization', 'password']);

    const runOf = async () => (await lane.temporal.workflow.getHandle(id).describe()).runId;
    const first = await runOf();
    await eventually('another run', async () => {
      await lane.client.note(id, { by: 'op-1', text: 'a longer history' });
      // A case moves when nobody has asked anything of it for a moment.
      await sleep(250);
      return (await runOf()) !== first;
    });
    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    assert.ok((await lane.client.correctApplication(id, { correctedBy: 'backend', patch })).accepted);
    assert.ok((await lane.client.startIndividual(application, { idsWithin: LONG })).ids?.customerId);
    await settled(id);
    await cancel(id);
  });

  for (const [how, end] of [
    ['a message', cancel],
    ["Temporal's own cancellation", async (id: string) => lane.temporal.workflow.getHandle(id).cancel()],
  ] as const) {
    test(`ends with the lifecycle, be it ended by ${how}`, async () => {
      await lane.finhub.inject({ ...REGISTRATION, kind: 'refuse-503', times: 1000 });
      const application = await anIndividual(WAITS);
      const id = await lane.start(application);
      const waiting = lane.client.startIndividual(application, { idsWithin: LONG });
      await asked(id);
      const begun = performance.now();
      await end(id);
      assert.equal((await waiting).ids, null);
      assert.ok(performance.now() - begun < (LONG * 1000) / 2);
      // The case itself waits until it knows what became of the try that is under way.
      await lane.finhub.clearFaults();
      assert.equal((await lane.closed(id)).result, 'cancelled');
    });
  }

  test('of an application whose lifecycle has ended reads them from it, also where nobody asked before', async () => {
    const application = await anIndividual(WAITS);
    const id = await lane.start(application);
    const { ids } = await settled(id);
    await cancel(id);
    await lane.closed(id);
    const answer = await lane.client.startIndividual(application, { idsWithin: LONG });
    assert.equal(answer.closed, true);
    assert.deepEqual(answer.ids, { customerId: ids.customerId, userId: ids.userId });
  });
});
