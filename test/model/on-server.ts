import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import type { Answer } from '../../src/client/index.js';
import { DEFAULT_POLICY } from '../../src/lifecycle/policy.js';
import { anIndividual } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import type { Lane } from '../helpers/lane.js';
import type { Verdict } from '../../src/lifecycle/messages.js';
import { decision, decisionOf, rules, Sheet, SUBMITTER, told, type Command, type Rules } from './review-model.js';

/** What messages can bring about; on a server rounds open by themselves. */
type Sent = Extract<Command, { do: 'decide' | 'submit' | 'cancel' }>;

/** Few sequences have to reach much, so that decisions lead from round to round more often than in the reducer's own test. */
const decisionInSomeRound = fc
  .tuple(
    decision,
    fc.constantFrom<Verdict>('approve', 'reject', 'request-documents', 'request-documents'),
    fc.constantFrom(0, 0, 0, -1, -1, 1),
  )
  .map(([made, verdict, roundOffset]) => ({ ...made, verdict, roundOffset, retryable: true }));

const submission = fc.record({
  do: fc.constant('submit' as const),
  by: fc.constantFrom(SUBMITTER, 'tom', 'customer'),
});

const sequence = fc.record({
  rules,
  commands: fc.array(
    fc.oneof<fc.WeightedArbitrary<Sent>[]>(
      { weight: 12, arbitrary: decisionInSomeRound },
      { weight: 4, arbitrary: submission },
      { weight: 1, arbitrary: fc.constant({ do: 'cancel' }) },
    ),
    { minLength: 8, maxLength: 16 },
  ),
});

/**
 * Drives one sequence through a lane and holds every answer, and where the case stands after it, against the model.
 * @param policyFile the file that the lane's worker reads its policies from
 */
export async function drive(lane: Lane, policyFile: string, given: Rules, commands: readonly Sent[]): Promise<void> {
  const { level, quorum, maxResubmissions } = given;
  const medium = {
    ...DEFAULT_POLICY.review.individual.MEDIUM,
    level,
    quorum,
    maxResubmissions,
    portalDecision: 'hold',
  };
  await writeFile(policyFile, JSON.stringify({ default: { review: { individual: { MEDIUM: medium } } } }));
  const id = await lane.start(await anIndividual({ submittedBy: SUBMITTER }));
  const handle = lane.temporal.workflow.getHandle(id);
  const sheet = new Sheet(given);
  sheet.open();
  let kept = 0;
  await settled();
  for (const [index, each] of commands.entries()) {
    const expected = sheet.standing === 'over' ? undefined : await step(each, index);
    if (expected === undefined) break;
    if (sheet.standing === 'collecting' && sheet.fresh > 0) {
      kept += sheet.waiting.filter(({ round }) => round <= sheet.round).length;
      sheet.open();
    }
    await settled();
    // A rejected case ends, and with it its workflow.
    if (sheet.standing === 'rejected') sheet.standing = 'over';
  }
  if (sheet.standing !== 'over') await handle.signal('cancel', { by: 'backend', reason: 'the sequence is over' });
  await handle.result();

  /** Sends a command; the answer is the model's. */
  async function step(each: Sent, index: number): Promise<string> {
    const update = async (name: string, body: object): Promise<string> =>
      // Without an id of its own an update is new to the server, so that it is the case that knows a repeated decision.
      told(await handle.executeUpdate<Answer, [object]>(name, { args: [body] }));
    let answer: string;
    let expected: string;
    switch (each.do) {
      case 'decide': {
        const round = Math.max(1, sheet.round + each.roundOffset);
        answer = await update('decideVerification', decisionOf(each, round));
        expected = sheet.decide(each);
        break;
      }
      case 'submit': {
        const content = Buffer.from(`%PDF-1.4 ${id} ${index}\n%%EOF\n`);
        const documents = [{ type: 'PASSPORT', fileName: 'p.pdf', content }];
        answer = told(await lane.client.submitDocuments(id, { submittedBy: each.by, documents }));
        expected = sheet.submit(each.by);
        break;
      }
      case 'cancel':
        answer = told(await lane.client.cancel(id, { by: 'backend', reason: 'r' }));
        expected = 'applied';
        sheet.standing = 'over';
        break;
    }
    assert.equal(answer, expected, `command ${index}: ${JSON.stringify(each)}`);
    return expected;
  }

  /** Waits until the case stands where the model does, with all decisions judged that were kept for an open round. */
  async function settled(): Promise<void> {
    const wanted = { stage: STAGES[sheet.standing], round: sheet.round, kept };
    let seen: unknown;
    await eventually(`${id} stands at ${JSON.stringify(wanted)}`, async () => {
      if (sheet.standing === 'over') return (await lane.client.status(id)).outcome !== null;
      const { review } = await lane.client.caseView(id);
      const judged = (await lane.client.audit(id)).filter(({ event }) => event === 'keptDecision').length;
      seen = { stage: review.stage, round: review.round, kept: judged };
      return JSON.stringify(seen) === JSON.stringify(wanted);
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; seen: ${JSON.stringify(seen)}`, { cause: error });
    });
  }
}

const STAGES = {
  collecting: 'collecting',
  open: 'inReview',
  approved: 'approved',
  rejected: 'rejected',
  over: undefined,
} as const;

/** Drives so many random sequences through a lane, one after the other, and prints the seed that repeats them. */
export async function driveRandomly(lane: Lane, policyFile: string, count: number): Promise<void> {
  const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed} (MODEL_SEED repeats it)`);
  await fc.assert(
    fc.asyncProperty(sequence, ({ rules: given, commands }) => drive(lane, policyFile, given, commands)),
    { numRuns: count, seed, endOnFailure: true },
  );
}
