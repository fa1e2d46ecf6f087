import { signersText } from './helpers/signers.js';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { EXAMPLES } from '../dev/demo/examples.js';
import { findTemporalBinary } from '../dev/embedded/temporal-binary.js';
import { MESSAGES } from '../src/lifecycle/messages.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { searchAttributeKeys } from '../src/temporal/search-attributes.js';
import type { ShownAuditEntry } from '../src/client/index.js';
import type { TurnedAway } from '../src/lifecycle/audit-events.js';
import { isTurnedAway } from './helpers/audit.js';
import { anIndividual, papersOf } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { encrypted, type Lane } from './helpers/lane.js';
import { bundled, startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const run = promisify(execFile);

/** The newest such entry of the audit, once there are so many. */
function audited<Entry extends ShownAuditEntry>(
  lane: Lane,
  id: string,
  isIt: (entry: ShownAuditEntry) => entry is Entry,
  count: number,
): Promise<Entry> {
  return eventually(`${count} entries in the audit of ${id}`, async () => {
    const entries = (await lane.client.audit(id)).filter(isIt);
    return entries.length === count && entries.at(-1)!;
  });
}

const turnedAway =
  (name: string, why: TurnedAway) =>
  (entry: ShownAuditEntry): entry is ShownAuditEntry =>
    isTurnedAway(name, why)(entry);
const isDecision = (entry: ShownAuditEntry) => entry.event === 'decideVerification';
const isKeptDecision = (entry: ShownAuditEntry) => entry.event === 'keptDecision';

/** Anybody who reaches Temporal may send anything; the plain Temporal CLI is how. */
describe('what the Temporal CLI may send', () => {
  let time: TimeSkipping;
  let lane: Lane;
  let folder: string;
  let cli: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const operators = join(folder, 'signers.json');
    await writeFile(
      operators,
      signersText([
        { id: 'op-1', level: 'TENANT', tenants: [SANDBOX_TENANT.id] },
        { id: 'op-elsewhere', level: 'POWER_TENANT', tenants: ['another-tenant'] },
      ]),
    );
    time = await startTimeSkipping();
    lane = await time.lane({ env: { SIGNERS_FILE: operators } });
    ({ path: cli } = await findTemporalBinary('temporal'));
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  async function signal(id: string, name: string, ...input: string[]): Promise<void> {
    const { address } = (lane.temporal.connection as Connection).options;
    const { namespace } = lane.temporal.options;
    const where = ['--address', address, '--namespace', namespace, '--workflow-id', id];
    await run(cli, ['workflow', 'signal', ...where, '--name', name, ...input]);
  }

  const decision = (more: object) =>
    JSON.stringify({ decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' }, ...more });

  test('bad messages are refused and recorded one by one, and a valid decision works after them', async () => {
    const id = await lane.toReview(await anIndividual());
    const megabyte = join(folder, 'megabyte.json');
    await writeFile(megabyte, decision({ internalReason: 'x'.repeat(1024 * 1024) }));

    const malformed: [what: string, input: string[], says: RegExp][] = [
      ['null', ['--input', 'null'], /^\$: an object is expected/],
      ['no argument', [], /^\$: an object is expected/],
      ['a text', ['--input', '"approve"'], /^\$: an object is expected/],
      ['a list', ['--input', '[1]'], /^\$: an object is expected/],
      ['a round that is a text', ['--input', decision({ round: '1' })], /^\$\.round: a whole number/],
      ['an operator that is a text', ['--input', decision({ operator: 'op-1' })], /^\$\.operator: an object/],
      ['a verdict nobody knows', ['--input', decision({ verdict: 'maybe' })], /^\$\.verdict: one of approve/],
      ['one megabyte', ['--input-file', megabyte], /^\$\.internalReason: a text of 1 to 4000/],
    ];
    const unreadable = [
      ['--input', 'garbage', '--input-meta', 'encoding=binary/plain'],
      ['--input', '{}', '--input-meta', 'encoding=x/garbage'],
    ];
    for (const [index, [what, input, says]] of malformed.entries()) {
      await signal(id, 'decideVerification', ...input);
      const { data } = await audited(lane, id, turnedAway('decideVerification', 'Malformed'), index + 1);
      assert.match('why' in data ? data.why : '', says, what);
    }

    for (const [index, input] of unreadable.entries()) {
      await signal(id, 'decideVerification', ...input);
      await audited(lane, id, turnedAway('decideVerification', 'Unreadable'), index + 1);
    }

    // The CLI sends no broken JSON itself; other programs do.
    await lane.temporal.workflowService.signalWorkflowExecution({
      namespace: lane.temporal.options.namespace,
      workflowExecution: { workflowId: id },
      signalName: 'decideVerification',
      input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"decisionId":') }] },
    });
    await audited(lane, id, turnedAway('decideVerification', 'Unreadable'), unreadable.length + 1);

    const refused = [
      ['nobody', 'UnknownOperator'],
      ['op-elsewhere', 'WrongTenant'],
    ] as const;
    for (const [index, [operator, refusal]] of refused.entries()) {
      await signal(id, 'decideVerification', '--input', decision({ decisionId: operator, operator: { id: operator } }));
      const { by, data } = await audited(lane, id, isDecision, index + 1);
      assert.deepEqual([by, data.answer, data.round], [operator, refusal, 1]);
    }

    assert.equal((await lane.client.caseView(id)).review.stage, 'inReview');
    await signal(id, 'decideVerification', '--input', decision({}));
    await lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('every message takes nothing for an answer', async () => {
    const id = await lane.toReview(await anIndividual());
    for (const name of MESSAGES) {
      await signal(id, name, '--input', 'null');
      await audited(lane, id, turnedAway(name, 'Malformed'), 1);
    }
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });

  test('a correction that would take the application apart is refused', async () => {
    const id = await lane.start(await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } }));
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    for (const patch of [
      { person: null },
      { person: 'Ruta' },
      { person: { address: [] } },
      { categorization: { parameters: null } },
      { categorization: { category: { toString: 1 } } },
    ]) {
      const answer = await lane.client.correctApplication(id, { correctedBy: 'backend', patch });
      assert.equal(!answer.accepted && answer.refusal, 'NotAllowed', JSON.stringify(patch));
    }
    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    assert.ok((await lane.client.correctApplication(id, { correctedBy: 'backend', patch })).accepted);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('what an operator works with shows at once in the lists', async () => {
    const id = await lane.toReview(await anIndividual());
    const assignee = async () => {
      const { typedSearchAttributes } = await lane.temporal.workflow.getHandle(id).describe();
      return typedSearchAttributes.get(searchAttributeKeys.ReviewAssignee);
    };
    await lane.client.claim(id, { by: 'op-1' });
    assert.equal(await assignee(), 'op-1');
    await lane.client.release(id, { by: 'op-1' });
    assert.equal(await assignee(), undefined);
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });
});

describe('the same decision, sent again', () => {
  let time: TimeSkipping;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    lane = await time.lane();
  });
  after(() => time.stop());

  const approval = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } } as const;

  test('a decision that comes before its round is kept, and applied when the round opens', async () => {
    const id = await lane.start(await anIndividual({ documents: [] }));
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const early = await lane.client.decide(id, { ...approval, round: 1 });
    assert.deepEqual([early.accepted, early.accepted && early.state], [true, 'kept']);
    const { evidenceHash } = await lane.client.caseView(id);
    // It was sent on other evidence than what then comes.
    const papers = { submittedBy: 'backend', documents: await papersOf('individual') };
    await lane.client.submitDocuments(id, papers, { folder: EXAMPLES });
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    assert.notEqual((await lane.client.caseView(id)).evidenceHash, evidenceHash);
    assert.equal((await audited(lane, id, isKeptDecision, 1)).data.answer, 'EvidenceChanged');

    const first = await anIndividual();
    const known = await lane.start(first);
    const sent = await lane.client.decide(known, approval);
    assert.ok(sent.accepted);
    await lane.until(known, 'approved', ({ review }) => review.stage === 'approved');
    assert.equal((await lane.finish(known)).outcome?.result, 'active');
  });

  test('the same id hears the first answer; other content under it is a conflict', async () => {
    const id = await lane.toReview(await anIndividual());
    const first = await lane.client.decide(id, { ...approval, operator: { id: 'nobody' } });
    assert.equal(!first.accepted && first.refusal, 'UnknownOperator');
    assert.deepEqual(await lane.client.decide(id, { ...approval, operator: { id: 'nobody' } }), first);
    const other = await lane.client.decide(id, approval);
    assert.equal(!other.accepted && other.refusal, 'DecisionConflict');

    const taken = await lane.client.decide(id, { ...approval, decisionId: 'd2' });
    assert.ok(taken.accepted);
    await lane.finish(id);
    const late = await lane.client.decide(id, { ...approval, decisionId: 'd3' });
    assert.equal(!late.accepted && late.refusal, 'AlreadyFinal');
  });

  test('of two decisions at once one is applied and the other refused', async () => {
    const id = await lane.toReview(await anIndividual());
    const reject = { ...approval, decisionId: 'd2', verdict: 'reject', operator: { id: 'op-2' } } as const;
    const answers = await Promise.all([lane.client.decide(id, approval), lane.client.decide(id, reject)]);
    assert.deepEqual(answers.map((answer) => (answer.accepted ? answer.state : answer.refusal)).sort(), [
      'AlreadyDecided',
      'applied',
    ]);
    // What was decided side by side is decided the same way by a worker that takes the case over.
    const history = await lane.temporal.workflow.getHandle(id).fetchHistory();
    const { namespace } = lane.temporal.options;
    const replayer = { workflowBundle: await bundled(), dataConverter: encrypted(namespace), namespace };
    await Worker.runReplayHistory(replayer, history, id);

    const [approved] = answers;
    const { outcome } = approved.accepted
      ? await lane.finish(id)
      : (await lane.client.wait(id, 'done', { timeoutMs: 20_000 })).status;
    assert.equal(outcome?.result, approved.accepted ? 'active' : 'rejected');
  });
});
