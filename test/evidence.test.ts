import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Application, DocumentReference, OrganizationApplication } from '../src/contract/application.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import { documentTypeAsked, lackingPapers, missingPapers, neededPapers, paperText } from '../src/lifecycle/evidence.js';
import type { EvidenceRules } from '../src/lifecycle/evidence-rules.js';
import type { Decision } from '../src/lifecycle/messages.js';
import type { LifecycleKind } from '../src/lifecycle/phases.js';
import { DEFAULT_POLICY, type Operator, type Policy } from '../src/lifecycle/policy.js';
import { decide } from '../src/lifecycle/reducer.js';
import { openRound } from '../src/lifecycle/review.js';
import { PolicyFileError, policyFile } from '../src/policies/policy-file.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { anIndividual, anOrganization, HIGH_RISK_PAPERS, papersOf } from './helpers/applications.js';
import { auditOf } from './helpers/audit.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

let papers = 0;
function paper(type: string, subject?: string): DocumentReference {
  papers += 1;
  const sha256 = papers.toString(16).padStart(64, '0');
  return { documentId: `d${papers}`, type, subject, fileName: 'p.pdf', mimeType: 'application/pdf', size: 1, sha256 };
}

async function applicationOf(kind: LifecycleKind): Promise<Application> {
  const application =
    kind === 'individual' ? await anIndividual({ documents: [] }) : await anOrganization({ documents: [] });
  return { ...application, tenantId: 't' } as unknown as Application;
}

const POLICY = { ...DEFAULT_POLICY } as Policy;

async function caseOf(
  kind: LifecycleKind,
  more: Partial<LifecycleState> = {},
  evidence: DocumentReference[] = [],
): Promise<LifecycleState> {
  const state = newCase(kind, { ...(await applicationOf(kind)), documents: evidence }, new Date());
  return { ...state, policy: POLICY, risk: 'LOW', ...more };
}

const lacking = (state: LifecycleState): string[] =>
  lackingPapers(state).map(({ proves, refs }) => [proves, refs?.[0]].filter(Boolean).join(' of '));

describe('the papers of a review', () => {
  test('are, of a person, an identity document and a proof of address, and where the money is from at high risk', async () => {
    assert.deepEqual(lacking(await caseOf('individual')), ['identity', 'address']);
    assert.deepEqual(lacking(await caseOf('individual', { risk: 'HIGH' })), ['identity', 'address', 'sourceOfFunds']);
    assert.deepEqual(lacking(await caseOf('individual', { risk: undefined })), [
      'identity',
      'address',
      'sourceOfFunds',
    ]);
    const selfie = [paper('SELFIE')];
    assert.deepEqual(lacking(await caseOf('individual', {}, selfie)), ['identity', 'address']);
    for (const type of ['PASSPORT', 'NATIONAL_ID', 'ID_CARD']) {
      assert.deepEqual(lacking(await caseOf('individual', {}, [paper(type)])), ['address'], type);
    }
  });

  test('are, of an organization, its own and one of each director and beneficial owner, a person of two roles once', async () => {
    const all = [
      'incorporation',
      'ownership',
      'directorsIdentity of director-ona',
      'directorsIdentity of director-lukas',
    ];
    const state = await caseOf('organization');
    // Both owners of the example are its directors, so their papers are asked for once.
    assert.deepEqual(lacking(state), all);
    const application = structuredClone(state.application) as OrganizationApplication;
    Object.assign(application.shareholders[0]!, { dateOfBirth: '1979-01-01' });
    assert.deepEqual(lacking({ ...state, application }), [...all, 'ownersIdentity of shareholder-ona']);
    const handedIn = (...evidence: DocumentReference[]) => lacking({ ...state, review: { ...state.review, evidence } });
    assert.deepEqual(handedIn(paper('PASSPORT', 'owner-lukas')), all.slice(0, 3), 'behind a company, the same person');
    assert.deepEqual(handedIn(paper('DIRECTOR_ID')), all, "a paper of nobody in particular is nobody's");
    assert.deepEqual(handedIn(paper('CERTIFICATE_OF_INCORPORATION', 'director-ona')), all);
    const policy = { ...POLICY, ownership: { beneficialOwnerPercent: 60 } };
    assert.deepEqual(lacking({ ...state, application, policy }), all);
  });

  test('are what FinHub asks for as well, each once, by whatever name', async () => {
    const asked = (...requiredDocuments: string[]) =>
      caseOf('individual', { finhub: { beneficiaries: {}, facts: [], requiredDocuments } });
    assert.deepEqual(lacking(await asked('GOVERNMENT_ID', 'PROOF_OF_ADDRESS')), ['identity', 'address']);
    const more = await asked('GOVERNMENT_ID', 'SOURCE_OF_FUNDS');
    assert.deepEqual(lackingPapers(more).map(paperText), [
      'identity (PASSPORT, NATIONAL_ID, ID_CARD or GOVERNMENT_ID)',
      'address (PROOF_OF_ADDRESS)',
      'SOURCE_OF_FUNDS',
    ]);
    const bare = {
      ...more,
      policy: { ...POLICY, evidence: { ...POLICY.evidence, individual: { LOW: {}, MEDIUM: {}, HIGH: {} } } },
    };
    const withPaper = (type: string) =>
      lackingPapers({ ...bare, review: { ...bare.review, evidence: [paper(type)] } }).map(paperText);
    assert.deepEqual(withPaper('DRIVERS_LICENSE'), ['SOURCE_OF_FUNDS']);
    assert.deepEqual(withPaper('SOURCE_OF_FUNDS').length, 1);
    const company = await caseOf('organization', {
      finhub: {
        beneficiaries: {},
        facts: [],
        requiredDocuments: ['DIRECTOR_ID', 'GOVERNMENT_ID', 'BENEFICIAL_OWNER_DECLARATION'],
      },
    });
    assert.equal(lacking(company).at(-1), '', 'a declaration is asked for besides the register that the policy takes');
    const declared = { ...company.review, evidence: [paper('BENEFICIAL_OWNERSHIP')] };
    assert.deepEqual(lacking({ ...company, review: declared }), [
      'incorporation',
      'directorsIdentity of director-ona',
      'directorsIdentity of director-lukas',
    ]);
    assert.deepEqual(
      [documentTypeAsked('DT_PASSPORT'), documentTypeAsked(' passport '), documentTypeAsked('LUNAR_PERMIT')],
      ['PASSPORT', 'PASSPORT', undefined],
    );
  });

  test('may be both sides of a card: two files, not one twice', async () => {
    const rules: EvidenceRules = {
      identity: {
        of: 'customer',
        anyOf: [
          { type: 'PASSPORT', papers: 1 },
          { type: 'ID_CARD', papers: 2 },
        ],
      },
    };
    const needed = neededPapers(await applicationOf('individual'), { rules, asked: [], fromPercent: 25 });
    const front = paper('ID_CARD');
    assert.equal(missingPapers(needed, [front, { ...front, documentId: 'again' }]).length, 1);
    assert.equal(missingPapers(needed, [front, paper('ID_CARD')]).length, 0);
    assert.equal(missingPapers(needed, [paper('PASSPORT')]).length, 0);
    assert.equal(paperText(needed[0]!), 'identity (PASSPORT or 2 of ID_CARD)');
  });

  test('are there before anybody approves, whatever opened the round', async () => {
    const operator: Operator = { id: 'tina', level: 'TENANT', tenants: ['t'] };
    const given = { at: new Date(), operators: new Map([['tina', operator]]) };
    const body: Decision = { decisionId: 'd', round: 1, verdict: 'approve', operator: { id: 'tina' } };
    const approved = async (...evidence: DocumentReference[]) => {
      const state = await caseOf('individual', {}, evidence);
      const phases = state.phases.map((phase) =>
        phase.name === 'verification' ? { ...phase, state: 'active' as const } : phase,
      );
      const review = openRound(state.review, POLICY.review.individual.LOW, given.at);
      return decide({ ...state, phases, review }, { name: 'decideVerification', body }, given);
    };
    const without = await approved(paper('PASSPORT'));
    assert.match(without.answer.detail, /^required evidence is missing: address \(PROOF_OF_ADDRESS\)$/);
    assert.deepEqual(without.state.review.approvals, []);
    assert.ok((await approved(paper('PASSPORT'), paper('PROOF_OF_ADDRESS'))).answer.accepted);
  });
});

describe("a policy's papers", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'))));
  after(() => rm(folder, { recursive: true }));

  async function evidenceOf(evidence: object) {
    const file = join(folder, 'policy.json');
    await writeFile(file, JSON.stringify({ default: { evidence } }));
    return (await (await policyFile(file)).of('t')).policy.evidence;
  }

  test('are set one by one over the built-in ones', async () => {
    const ID_CARD = { type: 'ID_CARD', papers: 2 };
    const { individual, organization } = await evidenceOf({
      individual: {
        LOW: {
          address: null,
          identity: { anyOf: ['PASSPORT', ID_CARD] },
          selfie: { of: 'customer', anyOf: ['SELFIE'] },
        },
      },
    });
    assert.deepEqual(Object.keys(individual.LOW), ['identity', 'selfie']);
    assert.deepEqual(individual.LOW['identity'], { of: 'customer', anyOf: [{ type: 'PASSPORT', papers: 1 }, ID_CARD] });
    assert.deepEqual(
      [individual.HIGH, organization],
      [DEFAULT_POLICY.evidence.individual.HIGH, DEFAULT_POLICY.evidence.organization],
    );
  });

  test('are refused where nobody could hand them in', async () => {
    const refused = (evidence: object, why: RegExp) =>
      assert.rejects(evidenceOf(evidence), (error) => error instanceof PolicyFileError && why.test(error.message));
    await refused(
      { individual: { LOW: { identity: { anyOf: ['PASPORT'] } } } },
      /evidence\.individual\.LOW\.identity\.anyOf\.0\.type.*PASPORT/,
    );
    await refused(
      { individual: { LOW: { board: { of: 'director', anyOf: ['PASSPORT'] } } } },
      /an individual has no such people/,
    );
    await refused({ organization: { LOW: { 'two words': { of: 'customer', anyOf: ['PASSPORT'] } } } }, /sourceOfFunds/);
    await refused({ organization: { LOW: { board: { of: 'director', anyOf: [] } } } }, /board\.anyOf/);
  });
});

describe('a case that waits for papers', { concurrency: 3 }, () => {
  let time: TimeSkipping;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    lane = await time.lane();
  });
  after(() => time.stop());
  const inReview = (id: string) => lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');

  test('says of whom which are missing and what will do, less with each that comes, and is not decided before', async () => {
    const id = await lane.start(await anOrganization({ documents: [] }));
    const waits = await lane.until(id, 'waits', ({ waitingOn }) => waitingOn?.what === 'documents');
    assert.deepEqual(
      waits.requirements.map(({ document, subject }) => [document, subject]),
      [
        ['CERTIFICATE_OF_INCORPORATION', undefined],
        ['SHAREHOLDER_REGISTER', undefined],
        ['PASSPORT', 'director-ona'],
        ['PASSPORT', 'director-lukas'],
        ['ARTICLES_OF_ASSOCIATION', undefined],
        ['SHAREHOLDER_REGISTER', undefined],
        ['BENEFICIAL_OWNERSHIP', undefined],
        ['BANK_STATEMENT', undefined],
      ],
    );
    const identity = waits.requirements.find(({ subject }) => subject === 'director-ona')!;
    assert.ok(identity.anyOf!.some(({ type, papers }) => type === 'ID_CARD' && papers === 1));
    assert.ok(waits.requirements.every(({ dueAt }) => dueAt !== undefined));
    const documents = await papersOf('organization');
    const last = documents.findIndex(({ type, subject }) => type === 'DIRECTOR_ID' && subject === 'director-lukas');
    const hand = (...some: typeof documents) =>
      lane.client.submitDocuments(id, { submittedBy: 'backend', documents: some }, { folder: EXAMPLES });
    const answer = await hand(...documents.filter((_, index) => index !== last));
    assert.match(answer.detail, /still missing: directors identity of director-lukas \(PASSPORT/);
    const early = await lane.client.decide(id, {
      decisionId: 'd',
      round: 1,
      verdict: 'approve',
      operator: { id: 'op-1' },
    });
    assert.deepEqual(early.accepted && early.state, 'kept');
    const [only, ...others] = (await lane.client.caseView(id)).requirements;
    assert.deepEqual([only?.subject, others.length], ['director-lukas', 0]);
    await hand(documents[last]!);
    await inReview(id);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('waits for what FinHub asks for at high risk besides', async () => {
    const HIGH_RISK = { categorization: { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'HIGH' } } };
    const documents = await papersOf('individual');
    const id = await lane.start(await anIndividual({ ...HIGH_RISK, documents }));
    const { requirements } = await lane.until(id, 'waits', ({ waitingOn }) => waitingOn?.what === 'documents');
    assert.deepEqual(
      requirements.map(({ document, message }) => [document, /^FinHub asks/.test(message)]),
      [
        ['PEP_DECLARATION', true],
        ['BENEFICIAL_OWNERSHIP', true],
      ],
    );
    await lane.client.submitDocuments(
      id,
      { submittedBy: 'backend', documents: HIGH_RISK_PAPERS },
      { folder: EXAMPLES },
    );
    await inReview(id);
    assert.equal((await lane.finish(id, 'op-2')).outcome?.result, 'active');
  });

  test("goes by its policy alone where FinHub's own list cannot be read", async () => {
    const on = await time.lane();
    await on.finhub.inject({
      ...{ method: 'GET', path: '/api/v2.1/customer/organization/{organizationId}/verification/requirements' },
      ...{ kind: 'garble', times: 100 },
    });
    const id = await on.start(await anOrganization());
    await on.until(id, 'in verification', ({ phase }) => phase === 'verification');
    await time.skip(10 * 60_000);
    await on.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    assert.deepEqual(await auditOf(on.client, id, 'requirementsUnknown'), [{ failure: 'FinHubUnexpectedAnswer' }]);
    assert.equal((await on.finish(id)).outcome?.result, 'active');
  });
});

describe('the last mile', () => {
  let time: TimeSkipping;
  let folder: string;
  before(async () => {
    time = await startTimeSkipping();
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  test('approves nothing that lacks what the policy in force asks for, and the round is open again', async () => {
    const POLICY_FILE = join(folder, 'policy.json');
    await writeFile(POLICY_FILE, '{}');
    const lane = await time.lane({ env: { POLICY_FILE } });
    const id = await lane.toReview(await anIndividual());
    const selfie = { of: 'customer', anyOf: ['SELFIE'] };
    await writeFile(POLICY_FILE, JSON.stringify({ default: { evidence: { individual: { MEDIUM: { selfie } } } } }));
    const approve = (decisionId: string, round: number) =>
      lane.client.decide(id, { decisionId, round, verdict: 'approve', operator: { id: 'op-1' } });
    assert.ok((await approve('first', 1)).accepted);
    const { customerId } = (await lane.client.caseView(id)).ids;
    await lane.until(
      id,
      'is open again',
      ({ review, waitingOn }) => review.stage === 'inReview' && waitingOn?.who === 'operator',
    );
    const [voided] = await auditOf(lane.client, id, 'decisionVoid');
    assert.match(voided!.why, /required evidence is missing: selfie \(SELFIE\)/);
    const verifications = await lane.finhub.table<{ customerId: string; status: string }>('verifications');
    assert.notEqual(verifications.find((one) => one.customerId === customerId)!.status, 'APPROVED');
    const ask = { decisionId: 'ask', round: 1, verdict: 'request-documents', operator: { id: 'op-1' } } as const;
    assert.ok((await lane.client.decide(id, { ...ask, documents: [{ type: 'SELFIE' }] })).accepted);
    const documents = [{ type: 'SELFIE', file: 'documents/passport-ona.png' }];
    await lane.until(id, 'waits', ({ waitingOn }) => waitingOn?.what === 'documents');
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents }, { folder: EXAMPLES });
    await lane.until(id, 'is open', ({ review }) => review.stage === 'inReview' && review.round === 2);
    assert.ok((await approve('second', 2)).accepted);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });
});
