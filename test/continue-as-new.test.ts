import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IndividualInput } from '../src/client/index.js';
import { anIndividual } from './helpers/applications.js';
import { auditOf } from './helpers/audit.js';
import { decision } from './helpers/decision.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';
import type { Lane } from './helpers/lane.js';
import { startRealServer, type RealServer } from './model/real-server.js';

/** Cases whose history is long after fifty events, which an ordinary one reaches before its review. */
describe('a case that moves to new runs while it waits', { concurrency: 2 }, () => {
  let server: RealServer;
  let lane: Lane;
  before(async () => {
    server = await startRealServer({ env: { MAX_HISTORY_EVENTS: '50', FINHUB_VERDICT_POLL_SECONDS: '3600' } });
    ({ lane } = server);
  });
  after(() => server.stop());

  const pdf = (name: string) => Buffer.from(`%PDF-1.4 ${name}\n%%EOF\n`);

  async function runOf(id: string): Promise<string> {
    return (await lane.temporal.workflow.getHandle(id).describe()).runId;
  }

  /** Sends notes until the case has gone over to another run, and a few more; none of them is lost. */
  async function toAnotherRun(id: string, mark: string): Promise<void> {
    const run = await runOf(id);
    const sent: string[] = [];
    for (let moved = false; !moved || sent.length < 12; moved ||= (await runOf(id)) !== run) {
      const batch = [1, 2, 3].map((each) => `${mark} ${sent.length + each}`);
      const answers = await Promise.all(batch.map((text) => lane.client.note(id, { by: 'op-1', text })));
      assert.deepEqual(
        answers.filter(({ accepted }) => !accepted),
        [],
      );
      sent.push(...batch);
      // A case moves when nobody has asked anything of it for a moment.
      await sleep(250);
      assert.ok(sent.length < 100, 'the case never moves to a new run');
    }
    const { notes } = await lane.client.caseView(id);
    const kept = notes.map(({ text }) => text).filter((text) => text.startsWith(mark));
    assert.deepEqual(kept.sort(), sent.sort());
  }

  async function assertOnce(application: IndividualInput): Promise<void> {
    assert.deepEqual(madeTwice(await lane.finhub.ledgerOf(application.person.email)), []);
  }

  test('in review: who has it, deadlines, handled and early decisions, notes and audit go along', async () => {
    const application = await anIndividual();
    const id = await lane.toReview(application);
    await lane.client.claim(id, { by: 'op-1' });
    const refused = await lane.client.decide(id, decision({ decisionId: 'refused', operator: { id: 'nobody' } }));
    const { evidenceHash } = await lane.client.caseView(id);
    const early = await lane.client.decide(id, decision({ decisionId: 'early', round: 2, evidenceHash }));
    assert.equal(early.accepted && early.state, 'kept');
    const until = new Date(Date.now() + 20 * 24 * 3600_000).toISOString();
    assert.ok((await lane.client.extend(id, { by: 'op-1', until, reason: 'abroad' })).accepted);
    const before = await lane.client.caseView(id);

    await toAnotherRun(id, 'first');
    await toAnotherRun(id, 'second');

    const after = await lane.client.caseView(id);
    for (const field of ['assignee', 'deadlines', 'waitingOn', 'review', 'evidence', 'ids', 'decision'] as const) {
      assert.deepEqual(after[field], before[field], field);
    }
    assert.deepEqual(
      await lane.client.decide(id, decision({ decisionId: 'refused', operator: { id: 'nobody' } })),
      refused,
    );
    const changed = await lane.client.decide(id, decision({ decisionId: 'refused' }));
    assert.equal(!changed.accepted && changed.refusal, 'DecisionConflict');
    const audit = await lane.client.audit(id);
    assert.deepEqual(
      audit.map(({ seq }) => seq),
      audit.map((_, index) => index + 1),
    );

    // The early decision is applied when its round opens, unless the evidence has changed.
    const asked = decision({
      decisionId: 'ask',
      verdict: 'request-documents',
      documents: [{ type: 'BANK_STATEMENT' }],
    });
    assert.ok((await lane.client.decide(id, asked)).accepted);
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    await toAnotherRun(id, 'third');
    await lane.client.submitDocuments(id, {
      submittedBy: 'backend',
      documents: [{ type: 'BANK_STATEMENT', fileName: 'b.pdf', content: pdf('b') }],
    });
    await eventually('the early decision is judged', async () =>
      (await auditOf(lane.client, id, 'keptDecision')).some(({ answer }) => answer === 'EvidenceChanged'),
    );
    assert.ok((await lane.client.decide(id, decision({ decisionId: 'last', round: 2 }))).accepted);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    await assertOnce(application);
  });

  test('with a question before a person: the same question, asked once', async () => {
    const application = await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } });
    const id = await lane.start(application);
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    const { attention, requirements } = await lane.client.caseView(id);
    await toAnotherRun(id, 'note');
    const after = await lane.client.caseView(id);
    assert.deepEqual([after.attention, after.requirements], [attention, requirements]);
    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    assert.ok((await lane.client.correctApplication(id, { correctedBy: 'backend', patch })).accepted);
    await lane.finish(id);
    const audit = await lane.client.audit(id);
    assert.equal(audit.filter(({ event }) => event === 'needsAttention').length, 1);
    await assertOnce(application);
  });

  test('a customer who hands in something else again and again does not outgrow the history', async () => {
    const application = await anIndividual();
    const id = await lane.toReview(application);
    const ask = decision({ verdict: 'request-documents', documents: [{ type: 'BANK_STATEMENT' }] });
    assert.ok((await lane.client.decide(id, ask)).accepted);
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    // A run that is about to end has none any more.
    const deadlines = await eventually('deadlines', async () => {
      const { deadlines } = await lane.client.caseView(id);
      return deadlines.length > 0 && deadlines;
    });
    const runs = new Set<string>();
    for (let index = 0; index < 30; index += 1) {
      const other = { type: 'SELFIE', fileName: 'o.pdf', content: pdf(`${id} ${index}`) };
      const answer = await lane.client.submitDocuments(id, { submittedBy: 'customer', documents: [other] });
      assert.ok(answer.accepted);
      runs.add(await runOf(id));
    }
    assert.ok(runs.size > 1);
    await eventually('the same deadlines in the last run', async () =>
      isDeepStrictEqual((await lane.client.caseView(id)).deadlines, deadlines),
    );
    for (const run of runs) {
      const { events } = await lane.temporal.workflow.getHandle(id, run).fetchHistory();
      assert.ok(events!.length < 130, `${events!.length} events`);
    }
    await lane.client.cancel(id, { by: 'backend', reason: 'enough' });
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.result, 'cancelled');
  });

  test('the same application is still the same lifecycle', async () => {
    const application = await anIndividual({ documents: [] });
    const id = await lane.start(application);
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    await toAnotherRun(id, 'note');
    const again = await lane.client.startIndividual(application);
    assert.deepEqual([again.workflowId, again.alreadyRunning], [id, true]);
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });
});
