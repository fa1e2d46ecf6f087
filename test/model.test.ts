import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentReference, IndividualApplication } from '../src/contract/application.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import type { Message } from '../src/lifecycle/messages.js';
import { decide, occur } from '../src/lifecycle/reducer.js';
import type { Given } from '../src/lifecycle/rulings.js';
import { dueDecisionsTaken } from '../src/lifecycle/transitions.js';
import { missingDocuments } from '../src/lifecycle/review-evidence.js';
import { takeDue } from '../src/lifecycle/review.js';
import {
  command,
  decisionOf,
  OPERATORS,
  rules,
  Sheet,
  SUBMITTER,
  TENANT,
  told,
  type Command,
  type Rules,
} from './model/review-model.js';

/*
 * The reducer that workflows run, held against a small model written apart: same commands, same answers, same standing. The model knows
 * nothing of the reducer's data, and the reducer nothing of the model.
 */

const given: Given = {
  at: new Date('2026-03-02T10:00:00Z'),
  operators: new Map(OPERATORS.map((operator) => [operator.id, operator])),
};

let documentCount = 0;
function document(): DocumentReference {
  documentCount += 1;
  const sha256 = documentCount.toString(16).padStart(64, '0');
  return {
    documentId: `document-${documentCount}`,
    type: 'PASSPORT',
    fileName: 'p.pdf',
    mimeType: 'application/pdf',
    size: 1,
    sha256,
  };
}

function freshCase(): LifecycleState {
  const application = {
    applicationId: 'a-1',
    tenantId: TENANT,
    submittedBy: SUBMITTER,
    documents: [document()],
    categorization: { category: 'c', parameters: { riskLevel: 'MEDIUM' } },
    person: { firstName: 'A' },
  } as unknown as IndividualApplication;
  return newCase('individual', application, given.at);
}

/** Runs one command on both and compares what was said and where it stands. */
function step(theCase: { state: LifecycleState }, sheet: Sheet, command: Command): void {
  const send = (message: Message): string => {
    const reduced = decide(theCase.state, message, given);
    theCase.state = reduced.state;
    return told(reduced.answer);
  };
  const happen = (occurrence: Parameters<typeof occur>[1]): void => {
    theCase.state = occur(theCase.state, occurrence, given).state;
  };
  const over = sheet.standing === 'over';
  switch (command.do) {
    case 'decide': {
      const round = Math.max(1, sheet.round + command.roundOffset);
      assert.equal(send({ name: 'decideVerification', body: decisionOf(command, round) }), sheet.decide(command));
      break;
    }
    case 'submit':
      assert.equal(
        send({ name: 'submitDocuments', body: { submittedBy: command.by, documents: [document()] } }),
        sheet.submit(command.by),
      );
      break;
    case 'open':
      if (sheet.standing !== 'collecting' || sheet.fresh === 0) return;
      assert.deepEqual(missingDocuments(theCase.state.review), []);
      happen({
        name: 'roundOpened',
        rules: {
          level: sheet.rules.level,
          quorum: sheet.rules.quorum,
          verification: 'STANDARD',
          deadlines: {},
          maxResubmissions: sheet.rules.maxResubmissions,
          portalDecision: sheet.rules.portal,
        },
        deadlines: {},
      });
      {
        const { due } = takeDue(theCase.state.review);
        theCase.state = { ...theCase.state, ...dueDecisionsTaken(theCase.state) } as typeof theCase.state;
        for (const kept of due) happen({ name: 'keptDecision', kept });
      }
      sheet.open();
      break;
    case 'portal':
      if (over) return;
      happen({ name: 'seenAtFinHub', verdict: command.verdict });
      if (sheet.standing === 'open' && sheet.rules.portal === 'adopt') {
        sheet.standing = command.verdict === 'APPROVED' ? 'approved' : 'rejected';
      }
      break;
    case 'deadline':
      if (over) return;
      happen({ name: 'deadlinePassed', kind: command.kind });
      if (command.kind === 'escalation' && sheet.standing === 'open') sheet.level = 'POWER_TENANT';
      if (command.kind === 'expiry') {
        happen({ name: 'ended', result: 'expired' });
        sheet.standing = 'over';
      }
      break;
    case 'correct': {
      const answer = send({
        name: 'correctApplication',
        body: { correctedBy: command.by, patch: { person: { firstName: 'B' } } },
      });
      assert.equal(answer, sheet.correct(command.by));
      break;
    }
    case 'cancel':
      assert.equal(send({ name: 'cancel', body: { by: 'backend', reason: 'r' } }), over ? 'AlreadyFinal' : 'applied');
      if (!over) happen({ name: 'ended', result: 'cancelled' });
      sheet.standing = 'over';
      break;
    case 'end':
      if (sheet.standing !== 'approved' && sheet.standing !== 'rejected') return;
      happen({ name: 'ended', result: sheet.standing === 'approved' ? 'active' : 'rejected' });
      sheet.standing = 'over';
      break;
  }
}

/** What must hold whatever was sent. */
function invariants(state: LifecycleState, before: LifecycleState, rules: Rules): void {
  const { review } = state;
  const people = new Set(review.approvals.map(({ operatorId }) => operatorId));
  assert.equal(people.size, review.approvals.length, 'nobody approves twice');
  for (const person of people) {
    assert.ok(!review.submitters.includes(person), 'no submitter approves');
    const operator = OPERATORS.find(({ id }) => id === person);
    assert.ok(
      operator?.tenants.some((tenant) => tenant === '*' || tenant === TENANT),
      "nobody approves in another's tenant",
    );
  }
  const byPortal = state.audit.some(({ event, data }) => event === 'seenAtFinHub' && data.adopted);
  if (review.stage === 'approved' && !byPortal) {
    assert.ok(people.size >= rules.quorum, 'a quorum is so many distinct people');
    if (rules.level === 'POWER_TENANT') {
      assert.ok(
        review.approvals.some(({ level }) => level === 'POWER_TENANT'),
        'one of them is of the level',
      );
    }
  }
  if (before.outcome) assert.deepEqual(state.outcome, before.outcome, 'a final state is never left');
  if (before.review.stage === 'approved' || before.review.stage === 'rejected')
    assert.equal(review.stage, before.review.stage);
  assert.ok(review.round >= before.review.round, 'no case goes backwards');
  assert.ok(state.audited >= before.audited);
}

const SEQUENCES = Number(process.env['MODEL_SEQUENCES'] ?? 6000);

test(`the reducer answers and stands as the model says, over ${SEQUENCES} random sequences`, () => {
  const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed} (MODEL_SEED repeats it)`);
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(rules, fc.array(command, { minLength: 1, maxLength: 40 }), (given, commands) => {
      const theCase = { state: freshCase() };
      const sheet = new Sheet(given);
      for (const each of commands) {
        const before = theCase.state;
        step(theCase, sheet, each);
        invariants(theCase.state, before, given);
        const { stage } = theCase.state.review;
        const standing = theCase.state.outcome ? 'over' : stage === 'inReview' ? 'open' : stage;
        assert.equal(standing, sheet.standing);
        assert.equal(theCase.state.review.round, sheet.round);
        reached.set(standing, (reached.get(standing) ?? 0) + 1);
      }
    }),
    { numRuns: SEQUENCES, seed, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
  );
  for (const standing of ['collecting', 'open', 'approved', 'rejected', 'over']) {
    assert.ok((reached.get(standing) ?? 0) > SEQUENCES / 10, `${standing} was reached often enough to mean something`);
  }
});
