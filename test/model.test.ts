import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DocumentReference, IndividualApplication } from '../src/lifecycle/application.js';
import { newCase } from '../src/lifecycle/case-rules.js';
import type { CaseState } from '../src/lifecycle/case-state.js';
import type { Answer, Decision, Message, Verdict } from '../src/lifecycle/messages.js';
import type { Operator, OperatorLevel } from '../src/lifecycle/policy.js';
import { decide, dueDecisions, occur, type Given } from '../src/lifecycle/reducer.js';
import { missingDocuments } from '../src/lifecycle/review.js';

/*
 * The reducer that workflows run, held against a small model written apart: same commands, same answers, same standing. The model knows
 * nothing of the reducer's data, and the reducer nothing of the model.
 */

const TENANT = 'tenant-1';
const OPERATORS: Operator[] = [
  { id: 'tina', level: 'TENANT', tenants: ['*'] },
  { id: 'tom', level: 'TENANT', tenants: [TENANT] },
  { id: 'pia', level: 'POWER_TENANT', tenants: [TENANT] },
  { id: 'pete', level: 'POWER_TENANT', tenants: ['*'] },
  { id: 'olga', level: 'POWER_TENANT', tenants: ['tenant-2'] },
  { id: 'sam', level: 'POWER_TENANT', tenants: ['*'] },
];
/** Submits applications and documents, and would like to decide as well. */
const SUBMITTER = 'sam';
const PEOPLE = [...OPERATORS.map(({ id }) => id), 'nobody'];
const given: Given = {
  at: new Date('2026-03-02T10:00:00Z'),
  operators: new Map(OPERATORS.map((operator) => [operator.id, operator])),
  signed: new Set(),
};

interface Rules {
  level: OperatorLevel;
  quorum: number;
  maxResubmissions: number;
  portal: 'adopt' | 'hold';
}

type Command =
  | {
      do: 'decide';
      who: string;
      verdict: Verdict;
      roundOffset: number;
      id: number;
      narrowed: boolean;
      stale: boolean;
      retryable: boolean;
    }
  | { do: 'submit'; by: string }
  | { do: 'open' }
  | { do: 'portal'; verdict: 'APPROVED' | 'REJECTED' }
  | { do: 'deadline'; kind: 'reminder' | 'due' | 'escalation' | 'expiry' }
  | { do: 'correct' }
  | { do: 'cancel' }
  | { do: 'end' };

/** The model: what a careful person would write on a sheet of paper. */
class Sheet {
  standing: 'collecting' | 'open' | 'approved' | 'rejected' | 'over' = 'collecting';
  round = 1;
  documents = 1;
  fresh = 1;
  hands = new Set([SUBMITTER]);
  yes: { who: string; level: OperatorLevel }[] = [];
  answers = new Map<number, { content: string; answer: string }>();
  waiting: {
    content: string;
    id: number;
    command: Extract<Command, { do: 'decide' }>;
    round: number;
    documents: number;
  }[] = [];
  level: OperatorLevel;
  readonly rules: Rules;

  constructor(rules: Rules) {
    this.rules = rules;
    this.level = rules.level;
  }

  decide(command: Extract<Command, { do: 'decide' }>): string {
    const round = Math.max(1, this.round + command.roundOffset);
    const content = contentOf(command, round);
    const before = this.answers.get(command.id);
    if (before) return before.content === content ? before.answer : 'DecisionConflict';
    if (this.standing === 'over') return 'AlreadyFinal';
    if (this.standing === 'approved' || this.standing === 'rejected') return 'AlreadyDecided';
    const early = this.standing === 'collecting' ? round >= this.round : round > this.round;
    const answer = early ? 'kept' : this.judge(command, round, command.stale ? -1 : undefined);
    if (early)
      this.waiting.push({ content, id: command.id, command, round, documents: command.stale ? -1 : this.documents });
    this.answers.set(command.id, { content, answer });
    return answer;
  }

  /** `sentOn`: how many documents its sender had seen, if that counts. */
  judge(
    { who, verdict, narrowed, retryable }: Extract<Command, { do: 'decide' }>,
    round: number,
    sentOn: number | undefined,
  ): string {
    if (this.standing === 'approved' || this.standing === 'rejected') return 'AlreadyDecided';
    const operator = OPERATORS.find(({ id }) => id === who);
    if (!operator) return 'UnknownOperator';
    if (!operator.tenants.some((tenant) => tenant === '*' || tenant === TENANT)) return 'WrongTenant';
    if (round < this.round) return 'StaleRound';
    if (this.hands.has(who)) return 'SelfApproval';
    if (sentOn !== undefined && sentOn !== this.documents) return 'EvidenceChanged';
    const level = narrowed ? 'TENANT' : operator.level;
    const enough = (held: OperatorLevel): boolean => this.level === 'TENANT' || held === 'POWER_TENANT';
    if (verdict === 'approve') {
      if (this.yes.some((vote) => vote.who === who)) return 'SamePersonTwice';
      const votes = [...this.yes, { who, level }];
      if (votes.length < this.rules.quorum) return ((this.yes = votes), 'recorded');
      if (!votes.some((vote) => enough(vote.level))) return 'LevelInsufficient';
      this.yes = votes;
      this.standing = 'approved';
      return 'applied';
    }
    if (!enough(level)) return 'LevelInsufficient';
    const another = this.round <= this.rules.maxResubmissions;
    if (verdict === 'request-documents' && !another) return 'NotAllowed';
    if (verdict === 'reject' && !(retryable && another)) this.standing = 'rejected';
    else Object.assign(this, { standing: 'collecting', round: this.round + 1, yes: [], fresh: 0 });
    return 'applied';
  }

  submit(by: string): string {
    if (this.standing === 'over') return 'AlreadyFinal';
    if (this.standing === 'open') return 'NotAllowed';
    if (this.standing !== 'collecting') return 'AlreadyDecided';
    this.documents += 1;
    this.fresh += 1;
    this.hands.add(by);
    return 'applied';
  }

  open(): void {
    this.standing = 'open';
    this.yes = [];
    this.level = this.rules.level;
    const due = this.waiting.filter(({ round }) => round <= this.round);
    this.waiting = this.waiting.filter(({ round }) => round > this.round);
    for (const { id, content, command, round, documents } of due) {
      this.answers.set(id, { content, answer: this.judge(command, round, documents) });
    }
  }
}

function contentOf(
  { who, verdict, narrowed, stale, retryable }: Extract<Command, { do: 'decide' }>,
  round: number,
): string {
  return JSON.stringify([who, verdict, narrowed, stale, retryable, round]);
}

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

function freshCase(): CaseState {
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

function decisionOf(command: Extract<Command, { do: 'decide' }>, round: number): Decision {
  const { who, verdict, narrowed, retryable, stale, id } = command;
  return {
    decisionId: `decision-${id}`,
    round,
    verdict,
    operator: narrowed ? { id: who, level: 'TENANT' } : { id: who },
    retryable,
    ...(stale ? { evidenceHash: 'of something else' } : {}),
    ...(verdict === 'request-documents' ? { documents: [{ type: 'PASSPORT' }] } : {}),
  };
}

const told = (answer: Answer): string => (answer.accepted ? answer.state : answer.refusal);

/** Runs one command on both and compares what was said and where it stands. */
function step(kase: { state: CaseState }, sheet: Sheet, command: Command): void {
  const send = (message: Message): string => {
    const reduced = decide(kase.state, message, given);
    kase.state = reduced.state;
    return told(reduced.answer);
  };
  const happen = (occurrence: Parameters<typeof occur>[1]): void => {
    kase.state = occur(kase.state, occurrence, given).state;
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
      assert.deepEqual(missingDocuments(kase.state.review), []);
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
        const { state, due } = dueDecisions(kase.state);
        kase.state = state;
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
        body: { correctedBy: 'tina', patch: { person: { firstName: 'B' } } },
      });
      assert.equal(answer, over ? 'AlreadyFinal' : 'applied');
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
function invariants(state: CaseState, before: CaseState, rules: Rules): void {
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
  const byPortal = state.audit.some(({ event, detail }) => event === 'seenAtFinHub' && detail?.startsWith('applied'));
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

const person = fc.constantFrom(...PEOPLE);
const decision = fc.record({
  do: fc.constant('decide' as const),
  who: person,
  verdict: fc.constantFrom<Verdict>('approve', 'approve', 'approve', 'reject', 'request-documents'),
  roundOffset: fc.constantFrom(0, 0, 0, 0, -1, 1),
  id: fc.integer({ min: 1, max: 12 }),
  narrowed: fc.boolean(),
  stale: fc.constantFrom(false, false, false, true),
  retryable: fc.boolean(),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: decision },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('submit' as const), by: fc.constantFrom(SUBMITTER, 'tom', 'customer') }),
  },
  { weight: 6, arbitrary: fc.constant<Command>({ do: 'open' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('portal' as const),
      verdict: fc.constantFrom('APPROVED' as const, 'REJECTED' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deadline' as const),
      kind: fc.constantFrom(
        'reminder' as const,
        'due' as const,
        'escalation' as const,
        'escalation' as const,
        'expiry' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'correct' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'cancel' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'end' }) },
);
const rules: fc.Arbitrary<Rules> = fc.record({
  level: fc.constantFrom<OperatorLevel>('TENANT', 'POWER_TENANT'),
  quorum: fc.integer({ min: 1, max: 3 }),
  maxResubmissions: fc.integer({ min: 0, max: 3 }),
  portal: fc.constantFrom('adopt' as const, 'hold' as const),
});

const SEQUENCES = Number(process.env['MODEL_SEQUENCES'] ?? 6000);

test(`the reducer answers and stands as the model says, over ${SEQUENCES} random sequences`, () => {
  const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed} (MODEL_SEED repeats it)`);
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(rules, fc.array(command, { minLength: 1, maxLength: 40 }), (given, commands) => {
      const kase = { state: freshCase() };
      const sheet = new Sheet(given);
      for (const each of commands) {
        const before = kase.state;
        step(kase, sheet, each);
        invariants(kase.state, before, given);
        const { stage } = kase.state.review;
        const standing = kase.state.outcome ? 'over' : stage === 'inReview' ? 'open' : stage;
        assert.equal(standing, sheet.standing);
        assert.equal(kase.state.review.round, sheet.round);
        reached.set(standing, (reached.get(standing) ?? 0) + 1);
      }
    }),
    { numRuns: SEQUENCES, seed, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
  );
  for (const standing of ['collecting', 'open', 'approved', 'rejected', 'over']) {
    assert.ok((reached.get(standing) ?? 0) > SEQUENCES / 10, `${standing} was reached often enough to mean something`);
  }
});
