import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { DocumentReference } from '../src/contract/application.js';
import { categorizationFaults, findCategory, riskOfCategory, type Category } from '../src/lifecycle/categorization.js';
import { mergePatch } from '../src/lifecycle/merge-patch.js';
import { MESSAGES, type Answer, type Decision } from '../src/lifecycle/messages.js';
import { amountOf } from '../src/contract/money.js';
import { Malformed } from '../src/contract/schema.js';
import { parseHandOver } from '../src/lifecycle/customer.js';
import { parseMessage } from '../src/lifecycle/messages.js';
import { DEFAULT_POLICY, riskLevel, type Operator, type ReviewRules } from '../src/lifecycle/policy.js';
import { addEvidence, missingDocuments } from '../src/lifecycle/review-evidence.js';
import { decide as decideSent, earlierAnswer, isDue, keep, openRound, takeDue } from '../src/lifecycle/review.js';
import { hashEvidence, newReview, type ReviewState } from '../src/lifecycle/review-state.js';
import { sha256 } from '../src/lifecycle/sha256.js';
import { pathsOf, replaced } from './helpers/anywhere.js';

const TENANT = 'tenant-1';
const AT = new Date('2026-03-02T10:00:00Z');
const RULES: ReviewRules = { ...DEFAULT_POLICY.review.individual.MEDIUM, quorum: 2, maxResubmissions: 1 };
const OPERATORS: Operator[] = [
  { id: 'tina', level: 'TENANT', tenants: [TENANT] },
  { id: 'pia', level: 'POWER_TENANT', tenants: ['*'] },
  { id: 'sam', level: 'POWER_TENANT', tenants: ['*'] },
  { id: 'olga', level: 'POWER_TENANT', tenants: ['tenant-2'] },
];
const operator = (id: string) => OPERATORS.find((one) => one.id === id);

function paper(number: number, more: Partial<DocumentReference> = {}): DocumentReference {
  const sha256 = createHash('sha256').update(String(number)).digest('hex');
  return {
    documentId: `d${number}`,
    type: 'PASSPORT',
    fileName: 'p.pdf',
    mimeType: 'application/pdf',
    size: 1,
    sha256,
    ...more,
  };
}

function decision(by: string, more: Partial<Decision> = {}): Decision {
  return { decisionId: `by-${by}`, round: 1, verdict: 'approve', operator: { id: by }, ...more };
}

/** Decides on a decision that came in no envelope. */
const decide = (review: ReviewState, decision: Decision, ...rest: [Operator | undefined, string?]) =>
  decideSent(review, { decision }, ...rest);
const collecting = (): ReviewState => newReview({ tenantId: TENANT, submittedBy: 'sam', evidence: [paper(1)] });
const open = (rules: Partial<ReviewRules> = {}): ReviewState => openRound(collecting(), { ...RULES, ...rules }, AT);
const outcomeOf = (answer: Answer): string => (answer.accepted ? answer.state : answer.refusal);

describe('the review', () => {
  test('takes as many people as its quorum, and no one twice', () => {
    const first = decide(open(), decision('tina'), operator('tina'));
    assert.equal(outcomeOf(first.answer), 'recorded');
    const again = decide(first.review, decision('tina', { decisionId: 'again' }), operator('tina'));
    assert.equal(outcomeOf(again.answer), 'SamePersonTwice');
    const second = decide(again.review, decision('pia'), operator('pia'));
    assert.equal(outcomeOf(second.answer), 'applied');
    assert.equal(second.review.stage, 'approved');
  });

  test('takes one person of the level among several, and the last may not leave it open', () => {
    const review = open({ level: 'POWER_TENANT' });
    const first = decide(review, decision('tina'), operator('tina'));
    assert.equal(outcomeOf(first.answer), 'recorded');
    const narrowed = decision('pia', { operator: { id: 'pia', level: 'TENANT' } });
    assert.equal(outcomeOf(decide(first.review, narrowed, operator('pia')).answer), 'LevelInsufficient');
    assert.equal(decide(first.review, decision('pia'), operator('pia')).review.stage, 'approved');
  });

  test('refuses strangers, other tenants, submitters, old rounds and other evidence', () => {
    const refused = (by: string, more: Partial<Decision> = {}): string =>
      outcomeOf(decide(open(), decision(by, more), operator(by)).answer);
    assert.equal(refused('nobody'), 'UnknownOperator');
    assert.equal(refused('olga'), 'WrongTenant');
    assert.equal(refused('sam'), 'SelfApproval');
    assert.equal(refused('pia', { evidenceHash: sha256('other') }), 'EvidenceChanged');
    const second = openRound({ ...open(), round: 2 }, RULES, AT);
    assert.equal(outcomeOf(decide(second, decision('pia'), operator('pia')).answer), 'StaleRound');
  });

  test('refuses a kept decision on evidence that has changed, named by its sender or not', () => {
    for (const evidenceHash of [undefined, collecting().evidenceHash]) {
      const sent = decision('pia', { evidenceHash });
      assert.equal(isDue(collecting(), sent), false);
      const kept = keep(collecting(), { decision: sent });
      assert.equal(outcomeOf(kept.answer), 'kept');
      assert.deepEqual(earlierAnswer(kept.review, sent), kept.answer);

      const judged = (review: ReviewState): string => {
        const { review: opened, due } = takeDue(openRound(review, { ...RULES, quorum: 1 }, AT));
        assert.equal(due.length, 1);
        assert.deepEqual(opened.kept, []);
        return outcomeOf(decide(opened, due[0]!.decision, operator('pia'), due[0]!.evidenceHash).answer);
      };
      assert.equal(judged(kept.review), 'applied');
      assert.equal(judged(addEvidence(kept.review, [paper(2)], 'backoffice')), 'EvidenceChanged');
    }
  });

  test('knows what a round still lacks, by type and by whose it is', () => {
    const request = decision('pia', {
      verdict: 'request-documents',
      documents: [{ type: 'DIRECTOR_ID', subject: 'ona' }, { type: 'BANK_STATEMENT' }],
    });
    const { review } = decide(open(), request, operator('pia'));
    assert.equal(review.round, 2);
    const handIn = (...papers: DocumentReference[]) =>
      missingDocuments(addEvidence(review, papers, 'backoffice')).map(({ type }) => type);
    assert.deepEqual(handIn(), ['DIRECTOR_ID', 'BANK_STATEMENT']);
    assert.deepEqual(handIn(paper(2, { type: 'DIRECTOR_ID', subject: 'lukas' })), ['DIRECTOR_ID', 'BANK_STATEMENT']);
    assert.deepEqual(handIn(paper(2, { type: 'DIRECTOR_ID', subject: 'ona' })), ['BANK_STATEMENT']);
    assert.deepEqual(handIn(paper(1)), ['DIRECTOR_ID', 'BANK_STATEMENT'], 'what was there before is not new');
    assert.deepEqual(
      missingDocuments({ ...collecting(), evidence: [] }).map(({ type }) => type),
      ['ANY'],
    );
  });

  test('asks for documents only so often', () => {
    const ask = (review: ReviewState, round: number) => {
      const more = { decisionId: `ask-${round}`, round, documents: [{ type: 'SELFIE' }] };
      return decide(review, decision('pia', { verdict: 'request-documents', ...more }), operator('pia'));
    };
    const first = ask(open(), 1);
    assert.equal(first.review.round, 2);
    assert.equal(outcomeOf(ask(openRound(first.review, RULES, AT), 2).answer), 'NotAllowed');
  });

  test('in any sequence: no approval by fewer people, none by a submitter, no way back from the end', () => {
    const anyDecision = fc.record({
      who: fc.constantFrom(...OPERATORS.map(({ id }) => id), 'nobody'),
      verdict: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'request-documents'),
      round: fc.integer({ min: 1, max: 3 }),
      id: fc.integer({ min: 1, max: 6 }),
      retryable: fc.boolean(),
    });
    const anyStep = fc.oneof(
      { weight: 5, arbitrary: anyDecision },
      { weight: 1, arbitrary: fc.constant('hand in' as const) },
      { weight: 2, arbitrary: fc.constant('open' as const) },
    );
    const reached = { approved: 0, rejected: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(anyStep, { maxLength: 30 }), (quorum, steps) => {
        let review = open({ quorum });
        for (const step of steps) {
          const before = review;
          if (step === 'open') {
            if (review.stage === 'collecting') review = openRound(review, { ...RULES, quorum }, AT);
          } else if (step === 'hand in') {
            if (review.stage === 'collecting') review = addEvidence(review, [paper(review.round + 10)], 'tina');
          } else {
            const { who, verdict, round, id, retryable } = step;
            const documents = verdict === 'request-documents' ? [{ type: 'SELFIE' }] : undefined;
            const sent: Decision = decision(who, { decisionId: `d${id}`, verdict, round, retryable, documents });
            if (earlierAnswer(review, sent)) continue;
            if (!isDue(review, sent)) continue;
            review = decide(review, sent, operator(who)).review;
          }
          if (before.stage === 'approved' || before.stage === 'rejected') assert.equal(review.stage, before.stage);
          if (review.stage === 'approved' && before.stage !== 'approved') {
            const people = new Set(review.approvals.map(({ operatorId }) => operatorId));
            assert.ok(people.size >= quorum, `${people.size} of ${quorum}`);
            for (const person of people) {
              assert.ok(!review.submitters.includes(person), `${person} submitted`);
              assert.ok(operator(person)?.tenants.some((tenant) => tenant === '*' || tenant === TENANT));
            }
          }
        }
        if (review.stage === 'approved' || review.stage === 'rejected') reached[review.stage] += 1;
      }),
      { numRuns: 2_000 },
    );
    assert.ok(reached.approved > 20 && reached.rejected > 20, `hardly any sequence ends: ${JSON.stringify(reached)}`);
  });
});

describe('parsing what anybody may send', () => {
  test('throws nothing but Malformed, whatever it is', () => {
    const bodies = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(undefined, null),
      fc.record(
        Object.fromEntries(
          ['decisionId', 'round', 'verdict', 'operator', 'documents', 'by', 'reason', 'patch', 'code', 'action'].map(
            (name) => [name, fc.jsonValue({ maxDepth: 2 })],
          ),
        ),
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGES), bodies, (name, body) => {
        try {
          parseMessage(name, body);
        } catch (error) {
          assert.ok(error instanceof Malformed, String(error));
          assert.match(error.message, /^\$/);
        }
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(bodies, (body) => {
        assert.throws(() => parseHandOver(body), Malformed);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a hand-over with anything at one place in it is read, or is Malformed', () => {
    const money = { value: '25.00', currency: 'EUR' };
    const terms = { title: 'Rent (1)', validDays: 30, perTransaction: money, perDay: money, transactionsPerDay: 5 };
    const consent = {
      consentId: 'c',
      validUntil: '2026-12-01T23:59:59.999Z',
      terms: { ...terms, allowedIbans: ['LT1'] },
    };
    const handOver = {
      consent,
      beneficiaries: [{ ref: 'b', name: 'Jonas', iban: 'LT1', beneficiaryId: 'i' }],
    };
    const places = pathsOf(handOver);
    const read = parseHandOver(handOver);
    assert.deepEqual(JSON.parse(JSON.stringify(read)), handOver);
    const outcomes = { read: 0, malformed: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, anything) => {
        try {
          const { consent: taken } = parseHandOver(replaced(handOver, place, anything));
          for (const limit of taken ? [taken.terms.perTransaction, taken.terms.perDay] : []) amountOf(limit);
          assert.ok(!taken || (Number.isInteger(taken.terms.validDays) && !Number.isNaN(Date.parse(taken.validUntil))));
          outcomes.read += 1;
        } catch (error) {
          assert.ok(error instanceof Malformed, String(error));
          outcomes.malformed += 1;
        }
      }),
      { numRuns: 3_000 },
    );
    assert.ok(outcomes.read > 10 && outcomes.malformed > 1_000, JSON.stringify(outcomes));
  });

  test('says where something is wrong, and drops what it does not know', () => {
    const good = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1', tenants: ['*'] }, more: 1 };
    const parsed = parseMessage('decideVerification', good);
    assert.deepEqual(JSON.parse(JSON.stringify(parsed)), {
      decisionId: 'd1',
      round: 1,
      verdict: 'approve',
      operator: { id: 'op-1' },
    });
    const wrong: [object, RegExp][] = [
      [{ decisionId: '' }, /^\$\.decisionId/],
      [{ round: 0 }, /^\$\.round/],
      [{ round: '1' }, /^\$\.round/],
      [{ verdict: 'APPROVE' }, /^\$\.verdict/],
      [{ operator: 'op-1' }, /^\$\.operator/],
      [{ operator: { id: 'op-1', level: 'ADMIN' } }, /^\$\.operator\.level/],
      [{ customerReason: 'x'.repeat(4001) }, /^\$\.customerReason/],
      [{ verdict: 'request-documents', documents: [] }, /^\$\.documents/],
      [{ verdict: 'request-documents', documents: [{ type: 'A' }, {}] }, /^\$\.documents\[1\]\.type/],
    ];
    for (const [change, message] of wrong) {
      assert.throws(() => parseMessage('decideVerification', { ...good, ...change }), { message });
    }
  });
});

describe('small rules', () => {
  test('SHA-256 is that of node:crypto', () => {
    const expected = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
      assert.equal(sha256('a'.repeat(length)), expected('a'.repeat(length)));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) =>
        assert.equal(sha256(text), expected(text)),
      ),
    );
  });

  test('the evidence hash knows content, type and owner, not the order', () => {
    const papers = [paper(1), paper(2, { subject: 'ona' }), paper(3, { type: 'SELFIE' })];
    const hash = hashEvidence(papers);
    assert.equal(hashEvidence(papers.toReversed()), hash);
    for (const change of [{ sha256: paper(9).sha256 }, { type: 'OTHER' }, { subject: 'lukas' }]) {
      assert.notEqual(hashEvidence([{ ...papers[0]!, ...change }, ...papers.slice(1)]), hash);
    }
    assert.notEqual(hashEvidence([...papers, paper(4)]), hash);
  });

  test('a merge patch is that of RFC 7396', () => {
    const cases: [unknown, unknown, unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [
        ['a', 'b'],
        ['c', 'd'],
        ['c', 'd'],
      ],
      [{ a: 'foo' }, null, null],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, result] of cases) assert.deepEqual(mergePatch(target, patch), result);
    const polluting: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    assert.equal(({ ...(mergePatch({}, polluting) as object) } as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });

  test('a categorization is held against the hierarchy', () => {
    const category: Category = {
      key: 'k',
      id: 'id-1',
      code: 'STANDARD',
      name: 'Standard',
      features: [
        {
          id: 'f',
          code: 'AML',
          mandatoryKeys: ['riskLevel', 'riskScore'],
          allowedValues: { riskLevel: ['LOW', 'MEDIUM'], riskScore: ['0-100'], single: 'YES', several: ['A', 'B'] },
          multiValueKeys: ['several'],
        },
      ],
    };
    for (const name of ['k', 'id-1', 'STANDARD']) assert.equal(findCategory([category], name), category);
    assert.equal(findCategory([category], 'standard'), undefined);
    const faults = (parameters: Record<string, string | string[]>): (string | undefined)[] =>
      categorizationFaults(category, { category: 'k', parameters }).map(({ field }) => field?.split('.').at(-1));
    const good = { riskLevel: 'LOW', riskScore: '100' };
    assert.deepEqual(faults(good), []);
    assert.deepEqual(faults({ ...good, single: 'YES', unknown: 'x' }), []);
    assert.deepEqual(faults({ riskScore: '0' }), ['riskLevel']);
    assert.deepEqual(faults({ ...good, riskLevel: 'HIGH' }), ['riskLevel']);
    for (const riskScore of ['101', '-1', '5.5', '']) assert.deepEqual(faults({ ...good, riskScore }), ['riskScore']);
    assert.deepEqual(faults({ ...good, single: 'NO' }), ['single']);
    assert.deepEqual(faults({ ...good, several: ['A', 'B'] }), []);
    assert.deepEqual(faults({ ...good, several: ['A', 'C'] }), ['several']);
    assert.deepEqual(faults({ ...good, single: ['YES', 'YES'] }), ['single']);
  });

  test('risk is only ever raised', () => {
    const of = (parameters: Record<string, string | string[]>, raises = false) =>
      riskLevel({ category: 'c', parameters }, raises);
    assert.equal(of({ riskLevel: 'LOW' }), 'LOW');
    assert.equal(of({ riskLevel: 'LOW', pep: 'true' }), 'HIGH');
    assert.equal(of({ riskLevel: 'MEDIUM' }, true), 'HIGH');
    assert.equal(of({ riskLevel: 'PROHIBITED' }, true), 'PROHIBITED');
    for (const unknown of ['CRITICAL', 'low', '']) assert.equal(of({ riskLevel: unknown }), 'HIGH');
    assert.equal(of({}), 'HIGH');
    assert.equal(of({ riskLevel: ['LOW', 'MEDIUM'] }), 'MEDIUM');
    assert.equal(riskLevel(undefined, false), 'HIGH');
  });

  test("a category's own risk is read where FinHub tells it, in a field or in its ids and name", () => {
    const of = (more: Partial<Category>) =>
      riskOfCategory({ key: 'k', id: 'i', code: 'c', name: 'n', features: [], ...more });
    assert.equal(of({}), undefined);
    assert.equal(of({ name: 'Flow for Slow Highlanders' }), undefined);
    assert.equal(of({ id: 'fs-cat-b2c-low-001', name: 'Individual Standard' }), 'LOW');
    assert.equal(of({ code: 'HIGH_RISK_INDIVIDUAL' }), 'HIGH');
    assert.equal(of({ id: 'business-medium-risk-7f9a' }), 'MEDIUM');
    assert.equal(of({ risk: 'critical', id: 'fs-cat-b2c-low-001' }), 'HIGH');
    assert.equal(of({ code: 'PROHIBITED_INDIVIDUAL', risk: 'HIGH' }), 'PROHIBITED');
  });
});

/** The places in a value where something else may stand, as keys from the outside in. */
