import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { JWK } from 'jose';
import { Judge } from '../src/activities/judge.js';
import type { Application, DocumentReference } from '../src/contract/application.js';
import { DEFAULT_POLICY, rulesFor, type RiskLevel } from '../src/lifecycle/policy.js';
import { bodyHash, SECOND_PERSON, START, startBody, type Signable } from '../src/lifecycle/proof-rules.js';
import { hashEvidence } from '../src/lifecycle/review-state.js';
import type { CallWarrant, DecisionWarrant, RequestWarrant } from '../src/lifecycle/warrants.js';
import type { Policies } from '../src/policies/policy-file.js';
import { signEnvelope, type Claims } from '../src/proof/envelope.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signersFile, type Signer, type SignerSet } from '../src/proof/signers-file.js';
import { anIndividual } from './helpers/applications.js';
import { decision } from './helpers/decision.js';
import { NO_APPROVERS } from './helpers/signers.js';
import { Authenticator } from './helpers/authenticator.js';
import { TEMPORAL } from './helpers/began.js';

const TENANT = 't';
const SUBJECT = { customerId: 'c', verificationId: 'v' };
const paper = (type: string): DocumentReference => ({
  ...{ documentId: type, type, sha256: type, fileName: 'a.pdf', mimeType: 'application/pdf', size: 1 },
});

const EVIDENCE = ['PASSPORT', 'PROOF_OF_ADDRESS', 'SOURCE_OF_FUNDS'].map(paper);

/* What the last mile asks of a decision besides its envelope, which proof.test.ts and the attacks look at. */
describe('a decision is told to FinHub', () => {
  let application: Application;
  before(async () => {
    const input = await anIndividual({ categorization: { category: 'x', parameters: { riskLevel: 'LOW' } } });
    application = { ...input, tenantId: TENANT, submittedBy: 'backend', documents: [] } as unknown as Application;
  });

  const operator = (id: string, level: 'TENANT' | 'POWER_TENANT', more: Partial<Signer> = {}): Signer => ({
    ...{ id, role: 'operator', level, tenants: [TENANT], ...more },
  });
  const OPERATORS = [
    operator('op-1', 'TENANT'),
    operator('op-2', 'POWER_TENANT'),
    operator('op-3', 'POWER_TENANT'),
    operator('elsewhere', 'POWER_TENANT', { tenants: ['another'] }),
    operator('backend', 'POWER_TENANT'),
  ];

  interface Given {
    warrant?: Partial<DecisionWarrant>;
    status?: string;
    operators?: Signer[];
    /** By FinHub's own hierarchy. */
    categoryRisk?: RiskLevel | null;
    quorum?: number;
  }

  /** What keeps the decision from being told, or undefined. */
  async function judged({ warrant, status = 'APPROVED', operators = OPERATORS, categoryRisk = null, quorum }: Given) {
    const low = rulesFor(DEFAULT_POLICY, 'individual', 'LOW');
    const policy = structuredClone(DEFAULT_POLICY);
    if (quorum) policy.review.individual.LOW.quorum = quorum;
    const signers = { signers: new Map(operators.map((one) => [one.id, one])), keys: new Map() };
    const judge = new Judge({
      signers: { current: () => Promise.resolve({ version: 1, hash: '', ...signers }) },
      policies: { of: () => Promise.resolve({ policy }) } as unknown as Policies,
      approvers: NO_APPROVERS,
      environment: 'default',
      requireProof: false,
    });
    const whole: DecisionWarrant = {
      ...{ for: 'decision', kind: 'individual', requireProof: false, rules: low, risk: 'LOW', round: 1 },
      ...{ beginning: { workflowId: 'w', subject: application, proof: undefined, corrections: [] } },
      ...{ evidence: EVIDENCE, submitters: [], decisions: [{ decision: decision() }] },
      ...warrant,
    };
    const ruling = () => judge.decision(TENANT, status, SUBJECT, whole, () => Promise.resolve(categoryRisk));
    return new MockActivityEnvironment({}, { client: TEMPORAL, logger: new DefaultLogger('ERROR') }).run(ruling).then(
      () => undefined,
      (error: unknown) => {
        assert.ok(error instanceof ApplicationFailure && error.type === 'NotProved', String(error));
        return error.message;
      },
    );
  }

  const by = (...ids: string[]) => ({
    decisions: ids.map((id) => ({ decision: decision({ decisionId: id, operator: { id } }) })),
  });
  const changed = (more: Parameters<typeof decision>[0]) => ({ decisions: [{ decision: decision(more) }] });

  test('where people of the policy have taken it', async () => {
    assert.equal(await judged({}), undefined);
    const evidenceHash = hashEvidence(EVIDENCE, undefined);
    assert.equal(await judged({ warrant: changed({ evidenceHash, subject: SUBJECT }) }), undefined);
    assert.equal(await judged({ warrant: by('op-1', 'op-2'), quorum: 2 }), undefined);
    assert.equal(await judged({ warrant: by('op-2', 'op-3'), categoryRisk: 'HIGH' }), undefined);
    const rejected = { status: 'REJECTED', warrant: { ...changed({ verdict: 'reject' }), evidence: [] } };
    assert.equal(await judged(rejected), undefined);
  });

  const REFUSED: Record<string, [given: Given, why: RegExp]> = {
    'nobody has taken': [{ warrant: { decisions: [] } }, /0 of 1 people/],
    'too few have taken, by the policy in force': [{ quorum: 2 }, /1 of 2 people/],
    'one person has taken twice': [{ warrant: by('op-2', 'op-2'), quorum: 2 }, /1 of 2 people/],
    "too few have taken, by the case's own rules": [
      { warrant: { rules: { ...rulesFor(DEFAULT_POLICY, 'individual', 'LOW'), quorum: 2 } } },
      /1 of 2 people/,
    ],
    "nobody of the level has taken that the category's risk asks for": [
      { categoryRisk: 'HIGH', warrant: by('op-1') },
      /POWER_TENANT|of 2 people/,
    ],
    "nobody of the level has taken that the case's risk asks for": [
      { warrant: { risk: 'HIGH', ...by('op-1') } },
      /POWER_TENANT|of 2 people/,
    ],
    'somebody has taken who is no operator any more': [{ operators: [] }, /op-1 is not an operator/],
    'somebody has taken who works for another tenant': [{ warrant: by('elsewhere') }, /does not work for this tenant/],
    'whoever submitted the application has taken': [{ warrant: by('backend') }, /submitted or corrected/],
    'whoever handed documents in has taken': [{ warrant: { submitters: ['op-1'] } }, /submitted or corrected/],
    'was taken the other way': [{ warrant: changed({ verdict: 'reject' }) }, /the other verdict/],
    'was taken in another round': [{ warrant: changed({ round: 2 }) }, /from another round/],
    'was taken on other evidence': [{ warrant: changed({ evidenceHash: 'other' }) }, /on other evidence/],
    'was taken about another customer': [
      { warrant: changed({ subject: { ...SUBJECT, customerId: 'other' } }) },
      /about another customer/,
    ],
    'was taken about another verification': [
      { warrant: changed({ subject: { ...SUBJECT, verificationId: 'other' } }) },
      /about another customer or verification/,
    ],
    'lacks papers that the policy asks for': [{ warrant: { evidence: [] } }, /required evidence is missing/],
  };
  for (const [what, [given, why]] of Object.entries(REFUSED)) {
    test(`but not one that ${what}`, async () => {
      assert.match((await judged(given)) ?? 'told', why);
    });
  }
});

/* What nobody but the operator can sign. */
describe("an operator's own word, right before the effect", () => {
  let folder: string;
  let signers: SignerSet;
  let secrets: Record<string, JWK>;
  const passkey = new Authenticator();
  const CONSOLE = 'https://console.bank.example';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const made = await Promise.all(
      ['op-2', 'op-3', 'gateway-1'].map(async (id) => {
        const path = join(folder, id);
        const keys = [{ publicKey: await makeSigningKey(path) }];
        const signer = id === 'gateway-1' ? { role: 'gateway' } : { role: 'operator', level: 'POWER_TENANT' };
        const passkeys = id === 'op-2' && {
          passkeys: [{ credentialId: passkey.credentialId, publicKey: passkey.publicKey, origin: CONSOLE }],
        };
        return { signer: { ...signer, id, tenants: [TENANT], keys, ...passkeys }, secret: await readSigningKey(path) };
      }),
    );
    secrets = Object.fromEntries(made.map(({ signer, secret }) => [signer.id, secret]));
    const file = join(folder, 'signers.json');
    await writeFile(file, JSON.stringify({ version: 1, signers: made.map(({ signer }) => signer) }));
    signers = await (await signersFile(file)).current();
  });
  after(() => rm(folder, { recursive: true }));

  const signed = (
    signerId: string,
    message: Signable,
    body: unknown,
    instance?: string,
    actor = 'op-2',
  ): Promise<string> =>
    signEnvelope(
      { signerId, key: secrets[signerId]! },
      {
        ...{ audience: 'default/default', tenant: TENANT, workflowId: 'test', instance },
        ...{ message, bodyHash: bodyHash(body), actor },
      },
    );
  const refusal = (use: (judge: Judge) => Promise<void>): Promise<string | undefined> => {
    const policies = { of: () => Promise.resolve({ policy: DEFAULT_POLICY }) } as unknown as Policies;
    const judge = new Judge({
      ...{ signers: { current: () => Promise.resolve(signers) }, policies, approvers: NO_APPROVERS },
      ...{ environment: 'default', requireProof: true },
    });
    return new MockActivityEnvironment({}, { client: TEMPORAL, logger: new DefaultLogger('ERROR') })
      .run(() => use(judge))
      .then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
  };

  test("decides, and a gateway's word for it does not", async () => {
    const input = await anIndividual({ categorization: { category: 'x', parameters: { riskLevel: 'LOW' } } });
    const subject = { ...input, tenantId: TENANT, submittedBy: 'backend', documents: [] } as unknown as Application;
    const start = await signed('gateway-1', START, startBody(subject));
    const taken = decision({
      ...{ operator: { id: 'op-2' }, evidenceHash: hashEvidence(EVIDENCE, undefined), subject: SUBJECT },
    });
    const told = async (signerId: string): Promise<string | undefined> => {
      const warrant: DecisionWarrant = {
        ...{ for: 'decision', kind: 'individual', requireProof: true, risk: 'LOW', round: 1 },
        ...{ rules: rulesFor(DEFAULT_POLICY, 'individual', 'LOW'), evidence: EVIDENCE, submitters: [] },
        ...{ beginning: { workflowId: 'test', subject, proof: start, corrections: [] } },
        decisions: [{ decision: taken, proof: await signed(signerId, 'decideVerification', taken, 'first') }],
      };
      return refusal((judge) => judge.decision(TENANT, 'APPROVED', SUBJECT, warrant, () => Promise.resolve(null)));
    };
    assert.equal(await told('op-2'), undefined);
    for (const other of ['gateway-1', 'op-3']) assert.match(String(await told(other)), /d1: /, other);
  });

  test('counts by a passkey, at high risk only by one that is on one device', async () => {
    const input = await anIndividual({ categorization: { category: 'x', parameters: { riskLevel: 'LOW' } } });
    const subject = { ...input, tenantId: TENANT, submittedBy: 'backend', documents: [] } as unknown as Application;
    const start = await signed('gateway-1', START, startBody(subject));
    const taken = decision({
      ...{ operator: { id: 'op-2' }, evidenceHash: hashEvidence(EVIDENCE, undefined), subject: SUBJECT },
    });
    const claims: Claims = {
      ...{ aud: 'default/default', tenant: TENANT, workflowId: 'test', instance: 'first', id: 'm' },
      ...{ message: 'decideVerification', bodyHash: bodyHash(taken), actor: 'op-2', signer: 'op-2' },
      iat: new Date().toISOString(),
    };
    const told = async (flags: number, risk: 'LOW' | 'HIGH'): Promise<string | undefined> => {
      const warrant: DecisionWarrant = {
        ...{ for: 'decision', kind: 'individual', requireProof: true, risk, round: 1 },
        ...{ rules: rulesFor(DEFAULT_POLICY, 'individual', risk), evidence: EVIDENCE, submitters: [] },
        ...{ beginning: { workflowId: 'test', subject, proof: start, corrections: [] } },
        decisions: [{ decision: taken, proof: passkey.proofOf(claims, CONSOLE, { flags }) }],
      };
      return refusal((judge) => judge.decision(TENANT, 'APPROVED', SUBJECT, warrant, () => Promise.resolve(null)));
    };
    const [own, synced] = [0x05, 0x0d];
    assert.deepEqual(
      [await told(own, 'LOW'), await told(synced, 'LOW'), await told(own, 'HIGH')],
      [undefined, undefined, undefined],
    );
    assert.match(String(await told(synced, 'HIGH')), /on one device only/);
  });

  test('asks for a call by hand and agrees to one', async () => {
    const subject = {
      ...{ tenantId: TENANT, operation: 'executeOrder', callId: 'c', input: {}, by: 'op-2', reason: 'x' },
    };
    const body = { attentionId: `${SECOND_PERSON}-1`, action: 'retry', by: 'op-3' } as const;
    const told = async (asks: string, agrees: string): Promise<string | undefined> => {
      const proof = await signed(asks, START, startBody(subject));
      const agreed = { body, proof: await signed(agrees, 'resolveAttention', body, 'first', 'op-3') };
      const beginning = { workflowId: 'test', subject, proof, corrections: [] };
      const warrant: CallWarrant = { for: 'call', requireProof: true, beginning, agreed };
      return refusal((judge) => judge.call(TENANT, 'executeOrder', { effect: 'read' }, warrant));
    };
    assert.equal(await told('op-2', 'op-3'), undefined);
    for (const other of ['gateway-1', 'op-3']) assert.match(String(await told(other, 'op-3')), /^start: /, other);
    for (const other of ['gateway-1', 'op-2']) assert.match(String(await told('op-2', other)), /^resolveAttention: /);
  });
});

/* Of whom else may be paid; the money itself is the transfer's matter. */
describe('a beneficiary is registered after onboarding', () => {
  const asked = { name: 'Jonas Vaitkus', iban: 'LT717300010123456789' };
  const beneficiary = { ...asked, ref: 'r', partyType: 'INDIVIDUAL_CUSTOMER', bic: 'HABALT22' } as const;
  const request: RequestWarrant['request'] = {
    ...{ requestId: 'request-1', name: 'addBeneficiary', askedAt: '2026-11-30T00:00:00Z' },
    body: { by: 'backend', beneficiary: { ...beneficiary, currency: 'EUR', country: 'LT' } },
  };

  async function refusal(
    warrant: Partial<RequestWarrant> | undefined,
    wanted: { name: string; iban: string } = asked,
  ): Promise<string | undefined> {
    const judge = new Judge({
      signers: { current: () => Promise.resolve({ version: 1, hash: '', signers: new Map(), keys: new Map() }) },
      policies: {} as Policies,
      approvers: NO_APPROVERS,
      environment: 'default',
      requireProof: false,
    });
    const whole = warrant && ({ for: 'request', requireProof: false, request, ...warrant } as RequestWarrant);
    return new MockActivityEnvironment({}, { client: TEMPORAL, logger: new DefaultLogger('ERROR') })
      .run(() => judge.beneficiary(TENANT, wanted, whole))
      .then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
  }

  test('where somebody asked for this name and this IBAN', async () => {
    assert.equal(await refusal({}), undefined);
  });

  test('and not on the word of a history alone', async () => {
    const removal = { name: 'removeBeneficiary', body: { by: 'backend', ref: 'r' } } as const;
    const other: RequestWarrant['request'] = { requestId: 'request-1', askedAt: '2026-11-30T00:00:00Z', ...removal };
    assert.match(String(await refusal(undefined)), /no request/);
    assert.match(String(await refusal({ request: other })), /no request/);
    assert.match(String(await refusal({}, { ...asked, iban: 'DE44500105175407324931' })), /another beneficiary/);
    assert.match(String(await refusal({}, { ...asked, name: 'Thief' })), /another beneficiary/);
    assert.match(String(await refusal({ requireProof: true })), /addBeneficiary: it has no proof/);
  });
});
