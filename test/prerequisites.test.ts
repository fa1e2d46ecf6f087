import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CaseView, Decision, IndividualInput, OrganizationInput } from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import type { Application } from '../src/contract/application.js';
import { transferId } from '../src/lifecycle/ids.js';
import { MESSAGES } from '../src/lifecycle/messages.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization, HIGH_RISK_PAPERS, papersOf } from './helpers/applications.js';
import type { AuditCode } from '../src/client/index.js';
import { auditOf, isTurnedAway } from './helpers/audit.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const REGISTRATION = 'POST /api/v2.1/customer/individual/registration';
const APPROVAL = 'POST /api/v2.1/verifications/{verificationId}/approve';
const WALLETS = 'GET /api/v2.1/wallets/customer/{customerId}';
const ACTIVATION = 'POST /api/v2.1/customer/individual/{customerId}/activation';
const HIGH_RISK = { categorization: { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'HIGH' } } };
/** A call that brought no answer is tried again after FinHub's time-out. */
const QUICK = { FINHUB_TIMEOUT_MS: '3000' };
/**
 * What was decided in FinHub's portal is seen soon. Not for every test: the time-skipping server forgets a workflow task that gives up a timer just
 * when it fires, and skips no faster than somebody looks.
 */
const LOOKS_OFTEN = { ...QUICK, FINHUB_VERDICT_POLL_SECONDS: '1' };
const WITHOUT_POWER_TENANT = {
  ...QUICK,
  FINHUB_POWER_TENANT_USERNAME: undefined,
  FINHUB_POWER_TENANT_PASSWORD: undefined,
  FINHUB_POWER_TENANT_USER_ID: undefined,
  FINHUB_POWER_TENANT_ORGANIZATION_ID: undefined,
};

let time: TimeSkipping;
let lane: Lane;
before(async () => {
  time = await startTimeSkipping();
  lane = await time.lane({ env: QUICK });
});
after(() => time.stop());

/** What an operator sees once the case needs attention. */
async function attention(id: string, on = lane): Promise<CaseView> {
  await on.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
  return on.client.caseView(id);
}

function decisionOf(operatorId: string, more: Partial<Decision> = {}): Decision {
  return { decisionId: `by-${operatorId}`, round: 1, verdict: 'approve', operator: { id: operatorId }, ...more };
}

const audited = <Code extends AuditCode>(id: string, code: Code, on = lane) => auditOf(on.client, id, code);

function refusalOf(answer: object): unknown {
  return 'refusal' in answer ? answer.refusal : answer;
}

/** An organization as only somebody could start it who goes past the client: its people as given, without documents. */
async function uncheckedOrganization(patch: object): Promise<Application> {
  const application = await anOrganization({ ...patch, documents: [] });
  return { ...application, tenantId: SANDBOX_TENANT.id } as Application;
}

const emailOf = (application: IndividualInput | OrganizationInput): string =>
  'person' in application ? application.person.email : application.organization.email;

describe('before registration', { concurrency: 4 }, () => {
  test('a category outside the hierarchy is shown and can be corrected', async () => {
    const application = await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } });
    const id = await lane.start(application);
    const { attention: shown, requirements, phase } = await attention(id);
    assert.equal(shown?.failure, 'CategorizationInvalid');
    assert.equal(phase, 'registration');
    assert.deepEqual(
      requirements.map(({ field }) => field),
      ['categorization.category'],
    );
    assert.match(requirements[0]!.message, /STANDARD_INDIVIDUAL/);
    assert.deepEqual(await lane.finhub.ledgerOf(emailOf(application)), []);

    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch });
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('mandatory keys that are missing or not allowed are named one by one', async () => {
    const application = await anIndividual({ categorization: { parameters: { edd: null, monitoring: 'NEVER' } } });
    const { requirements } = await attention(await lane.start(application));
    assert.deepEqual(requirements.map(({ field }) => field).sort(), [
      'categorization.parameters.edd',
      'categorization.parameters.monitoring',
    ]);
    assert.deepEqual(await lane.finhub.ledgerOf(emailOf(application)), []);
  });

  for (const [whose, categorization] of [
    ["the application's", { parameters: { riskLevel: 'PROHIBITED' } }],
    ["the category's", { category: 'PROHIBITED_INDIVIDUAL' }],
  ] as const) {
    test(`a prohibited risk, ${whose}, is rejected; nothing is registered, and only the audit says why`, async () => {
      const application = await anIndividual({ categorization });
      const id = await lane.start(application);
      const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
      assert.equal(status.outcome?.result, 'rejected');
      assert.deepEqual(await lane.finhub.ledgerOf(emailOf(application)), []);
      assert.equal(status.outcome?.reason, 'the application cannot be accepted');
      for (const told of [status, await lane.closed(id)]) assert.doesNotMatch(JSON.stringify(told), /risk|prohibit/i);
      assert.equal((await audited(id, 'riskProhibited')).length, 1);

      const other = await lane.toReview(await anIndividual());
      await lane.client.decide(other, decisionOf('op-1', { verdict: 'reject', internalReason: 'on a list' }));
      const { outcome } = await lane.closed(other).then(() => lane.client.caseView(other));
      assert.deepEqual([outcome?.result, outcome?.reason], [status.outcome?.result, status.outcome?.reason]);
    });
  }

  test('a category of higher risk than the application says counts, for the case and for who decides', async () => {
    const categorization = { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'LOW' } };
    const documents = [...(await anIndividual()).documents!, ...HIGH_RISK_PAPERS];
    const id = await lane.toReview(await anIndividual({ categorization, documents }));
    const { risk, decision } = await lane.client.caseView(id);
    assert.deepEqual([risk, decision?.level], ['HIGH', 'POWER_TENANT']);
    assert.equal(refusalOf(await lane.client.decide(id, decisionOf('op-1'))), 'LevelInsufficient');
    assert.equal((await lane.finish(id, 'op-2')).outcome?.result, 'active');
  });

  test('without a category the customer is registered without one, and reviewed as of high risk', async () => {
    for (const application of [
      await anIndividual({ categorization: null }),
      await anOrganization({ categorization: null }),
    ]) {
      const id = await lane.toReview(application);
      assert.equal((await lane.client.caseView(id)).risk, 'HIGH');
      assert.equal((await lane.finish(id, 'op-2')).outcome?.result, 'active');
      const customers = await lane.finhub.table<{ email: string; categorization?: unknown }>('customers');
      const customer = customers.find(({ email }) => email === emailOf(application));
      assert.ok(customer && !('categorization' in customer && customer.categorization));
    }
  });

  test('a key that takes several values has them all; a category that is missing can be added', async () => {
    const parameters = { pep: 'true', pepCategory: ['DOMESTIC_PEP', 'RCA'] };
    const application = await anIndividual({ categorization: { parameters }, documents: [] });
    const id = await lane.start(application);
    await lane.until(id, 'registered', ({ ids }) => ids.customerId !== undefined);
    const customers = await lane.finhub.table<{ email: string; categorization: object }>('customers');
    const { categorization } = customers.find(({ email }) => email === emailOf(application))!;
    assert.match(JSON.stringify(categorization), /"pepCategory","value":\["DOMESTIC_PEP","RCA"\]/);
    const patch = { categorization: { parameters: { pepCategory: 'NONE' } } };
    assert.equal(refusalOf(await lane.client.correctApplication(id, { correctedBy: 'b', patch })), 'NotAllowed');
  });

  test("a stranger's e-mail address is never adopted", async () => {
    const stranger = await anIndividual();
    const strangersId = await lane.toReview(stranger);
    const id = await lane.start(await anIndividual({ person: stranger.person, password: 'Another-Password-2025!' }));
    const { attention: shown, finhub } = await attention(id);
    assert.equal(shown?.operation, 'registerIndividual');
    assert.equal(shown.failure, 'FinHubConflict');
    assert.equal(finhub.customerId, undefined);
    assert.deepEqual(await audited(id, 'adopted'), []);

    const strangers = (await lane.client.caseView(strangersId)).ids as Record<string, string>;
    const { customerId, userId } = strangers;
    for (const adopt of [
      { customerId: 'x', userId: 'y' },
      { customerId, userId },
      { customerId, userId },
    ] as Record<string, string>[]) {
      const { attentionId } = (await attention(id)).attention!;
      const given = { attentionId, action: 'adopt', by: 'op-1', adopt } as const;
      assert.equal((await lane.client.resolveAttention(id, given)).accepted, true);
      await lane.until(id, 'asks again', ({ attention }) => attention !== null);
      const asked = await eventually('asks anew', async () => {
        const { attention: next } = await lane.client.caseView(id);
        return next !== null && next.attentionId !== attentionId ? next : undefined;
      });
      assert.match(asked.message, /does not log in/);
    }
    assert.equal((await audited(id, 'adoptionRefused')).length, 3);
    assert.equal((await lane.client.caseView(id)).ids.customerId, undefined);

    const resolution = {
      attentionId: (await attention(id)).attention!.attentionId,
      action: 'abort',
      by: 'op-1',
      reason: 'known customer',
    } as const;
    assert.equal((await lane.client.resolveAttention(id, resolution)).accepted, true);
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.result, 'aborted');
    assert.equal((await lane.finish(strangersId)).outcome?.result, 'active');
  });
});

describe('personnel', { concurrency: 2 }, () => {
  test('a first employee without ADMIN_USER is refused by FinHub, corrected, and taken', async () => {
    const application = await uncheckedOrganization({});
    assert.ok('employees' in application);
    const { employees } = application;
    const wrong = employees.map((employee, index) => (index === 0 ? { ...employee, roles: ['EMPLOYEE'] } : employee));
    const id = await lane.startUnchecked({ ...application, employees: wrong } as Application);
    const { attention: shown, phase } = await attention(id);
    assert.equal(phase, 'personnel');
    assert.equal(shown?.operation, 'addEmployee');
    assert.equal(shown.failure, 'FinHubInvalidRequest');
    assert.match(shown.message, /ADMIN_USER/);

    const answer = await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch: { employees } });
    assert.equal(answer.accepted, true);
    await lane.until(id, 'in verification', ({ phase }) => phase === 'verification');
    const { people, finhub } = await lane.client.caseView(id);
    assert.equal(people.filter(({ role }) => role === 'employee').length, employees.length);
    const registered = (await lane.finhub.ledgerOf(finhub.customerId!)).filter(({ kind }) => kind === 'employee');
    assert.deepEqual(
      registered.map(({ count }) => count),
      employees.map(() => 1),
    );
  });

  test('shareholders of less than 100 % together are corrected at FinHub before anybody is verified', async () => {
    const application = await uncheckedOrganization({});
    assert.ok('shareholders' in application);
    const [first, second, third] = application.shareholders;
    const holding = (...shares: [typeof first, string][]) =>
      shares.map(([holder, ownershipPercentage]) => ({ ...holder!, ownershipPercentage }));
    const shareholders = holding([first, '30'], [second, '35'], [third, '25']);
    const id = await lane.startUnchecked({ ...application, shareholders });

    const { attention: shown, requirements, phase, finhub } = await attention(id);
    assert.equal(phase, 'personnel');
    assert.equal(shown?.failure, 'SharesIncomplete');
    assert.deepEqual(
      requirements.map(({ code, field }) => [code, field]),
      [['roles', 'shareholders']],
    );
    const registered = async () => {
      const people = await lane.finhub.table<Record<string, unknown>>('personnel');
      return people
        .filter(({ organizationId, role }) => organizationId === finhub.customerId && role === 'shareholder')
        .map(({ id, name, ownershipPercentage }) => ({ id, name, share: ownershipPercentage }));
    };
    const before = await registered();
    assert.equal(before.length, 3);

    // One leaves, one holds more, one comes, who is a PEP; the one who is right is left alone.
    const fourth = {
      ...first!,
      ref: 'shareholder-new',
      firstName: 'Rasa',
      lastName: 'Nauja',
      email: 'rasa@mail.example',
      isPEP: true,
    };
    const patch = { shareholders: holding([second, '35'], [third, '32.335'], [fourth, '32.665']) };
    assert.ok((await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch })).accepted);
    await lane.until(id, 'in verification', ({ phase }) => phase === 'verification');
    const after = await registered();
    assert.deepEqual(
      after.map(({ name, share }) => [name, share]),
      [
        ['Lukas Brandt', 35],
        ['Nordlicht Beteiligungs GmbH', 32.335],
        ['Rasa Nauja', 32.665],
      ],
    );
    assert.equal(after[0]!.id, before[1]!.id);
    const { people, risk } = await lane.client.caseView(id);
    assert.equal(people.filter(({ role }) => role === 'shareholder').length, 3);
    assert.equal(risk, 'HIGH');

    const rasa = { type: 'PASSPORT', file: 'documents/passport-ona.png', subject: 'shareholder-new' };
    const documents = [...(await papersOf('organization')), rasa];
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents }, { folder: EXAMPLES });
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    assert.equal(refusalOf(await lane.client.decide(id, decisionOf('op-1'))), 'LevelInsufficient');
    assert.ok((await lane.client.decide(id, decisionOf('op-2'))).accepted);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });
});

describe("the customer's turns", { concurrency: 3 }, () => {
  test('without documents the case waits and says which', async () => {
    const id = await lane.start(await anIndividual({ documents: [] }));
    const status = await lane.until(id, 'waits', ({ waitingOn }) => waitingOn?.who === 'customer');
    assert.equal(status.status, 'waiting');
    assert.equal(status.waitingOn?.what, 'documents');
    assert.deepEqual(
      status.requirements.map(({ code, document }) => [code, document]),
      [
        ['document', 'PASSPORT'],
        ['document', 'PROOF_OF_ADDRESS'],
        ['document', 'SOURCE_OF_FUNDS'],
      ],
    );
    const { finhub } = await lane.client.caseView(id);
    const kinds = (await lane.finhub.ledgerOf(finhub.customerId!)).map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), ['customer', 'verification']);
  });

  test('without consents the case waits for all three, then goes on', async () => {
    const application = await anIndividual({ consents: null });
    const { consents } = await anIndividual();
    const id = await lane.toReview(application);
    await lane.client.decide(id, decisionOf('op-1'));
    const { waitingOn, requirements } = await lane.until(id, 'waits', (told) => told.waitingOn?.what === 'consents');
    assert.equal(waitingOn?.who, 'customer');
    assert.deepEqual(
      requirements.map(({ field }) => field),
      ['terms', 'privacy', 'data-processing'],
    );
    await lane.client.acceptConsents(id, consents!);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');

    const { finhub } = await lane.client.caseView(id);
    const kept = await lane.finhub.table<{ customerId: string; ipAddress: string; userAgent: string }>('consents');
    const ours = kept.filter(({ customerId }) => customerId === finhub.customerId);
    assert.equal(ours.length, 3);
    for (const { ipAddress, userAgent } of ours) {
      assert.deepEqual([ipAddress, userAgent], [consents!.ipAddress, consents!.userAgent]);
    }
  });

  test('a wrong activation code is asked for again, and the right one works', async () => {
    const id = await lane.toReview(await anIndividual());
    await lane.client.decide(id, decisionOf('op-1'));
    await lane.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    await lane.client.submitActivationCode(id, 'ACTIVATION_CODE_00000000');
    const again = await lane.until(id, 'asks again', ({ requirements }) =>
      requirements.some(({ message }) => message.includes('was not accepted')),
    );
    assert.equal(again.status, 'waiting');
    assert.equal(again.accountActive, false);
    assert.equal((await audited(id, 'activationCodeRefused')).length, 1);
    await lane.client.submitActivationCode(id, await lane.activationCode(id));
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('whoever is active already is not asked for the code', async () => {
    const id = await lane.toReview(await anIndividual({ consents: null }));
    const { consents } = await anIndividual();
    await lane.client.decide(id, decisionOf('op-1'));
    const { ids } = await lane.until(id, 'waits', (told) => told.waitingOn?.what === 'consents');
    await lane.finhub.activateInPortal(ids.customerId!);
    await lane.client.acceptConsents(id, consents!);
    const { outcome, iban } = await lane.until(id, 'ends', (told) => told.outcome !== null);
    assert.deepEqual([outcome?.result, typeof iban], ['active', 'string']);
    assert.equal((await audited(id, 'activatedElsewhere')).length, 1);
    assert.equal((await lane.finhub.requests(ACTIVATION)).filter(({ url }) => url.includes(ids.customerId!)).length, 0);
  });

  test('whoever becomes active while the case waits for the code, or after a wrong one, is asked no more', async () => {
    const looking = await time.lane({ env: { ...QUICK, FINHUB_VERDICT_POLL_SECONDS: '2' } });
    const quiet = await time.lane({ env: QUICK });
    for (const on of [looking, quiet]) {
      const id = await on.toReview(await anIndividual());
      await on.client.decide(id, decisionOf('op-1'));
      const { ids } = await on.until(id, 'asks', ({ waitingOn }) => waitingOn?.what === 'activation code');
      if (on === looking) {
        const looks = async () =>
          (await on.finhub.requests(WALLETS)).filter(({ url }) => url.includes(ids.customerId!)).length;
        const before = await looks();
        await eventually('looks, and finds no wallet', async () => (await looks()) > before + 1);
        assert.equal((await on.client.status(id)).status, 'waiting');
      }
      await on.finhub.activateInPortal(ids.customerId!);
      if (on === quiet) await on.client.submitActivationCode(id, 'ACTIVATION_CODE_00000000');
      const { outcome } = await on.until(id, 'ends', (told) => told.outcome !== null);
      assert.equal(outcome?.result, 'active');
      assert.equal((await audited(id, 'activatedElsewhere', on)).length, 1);
    }
  });

  test("a wallet's balance and limits are in the status, as FinHub told them and when", async () => {
    const id = await lane.toReview(await anIndividual({ payments: null }));
    const { wallet } = await lane.finish(id);
    assert.deepEqual(wallet?.available, { value: '1000.00', currency: 'EUR' });
    assert.equal(wallet.blocked?.value, '0.00');
    const { perTransaction, perDay, perMonth } = wallet.limits;
    assert.ok(perTransaction && perDay?.limit && perMonth?.remaining);
    assert.ok(wallet.operations.length > 0);
    assert.match(wallet.readAt ?? '', /^\d{4}-.*Z$/);
  });

  test('an organization that is active already passes, although FinHub would not activate it again', async () => {
    const id = await lane.toReview(await anOrganization({ consents: null }));
    const { consents } = await anOrganization();
    await lane.client.decide(id, decisionOf('op-1'));
    const { ids } = await lane.until(id, 'waits', (told) => told.waitingOn?.what === 'consents');
    await lane.finhub.activateInPortal(ids.customerId!);
    await lane.client.acceptConsents(id, consents!);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });
});

describe('who decides', { concurrency: 4 }, () => {
  test('high risk takes an operator of the power tenant, and FinHub gets its approval', async () => {
    const id = await lane.toReview(await anIndividual(HIGH_RISK));
    const { decision, risk } = await lane.client.caseView(id);
    assert.deepEqual([risk, decision?.level], ['HIGH', 'POWER_TENANT']);
    const claims: [string, Decision['operator']][] = [
      ['of the tenant', { id: 'op-1' }],
      ['who claims a higher level', { id: 'op-1', level: 'POWER_TENANT' }],
      ['who acts at a lower level', { id: 'op-2', level: 'TENANT' }],
    ];
    for (const [who, operator] of claims) {
      const answer = await lane.client.decide(id, decisionOf(operator.id, { decisionId: who, operator }));
      assert.equal(refusalOf(answer), 'LevelInsufficient', who);
    }
    const reject = decisionOf('op-1', { decisionId: 'reject', verdict: 'reject' });
    assert.equal(refusalOf(await lane.client.decide(id, reject)), 'LevelInsufficient');

    const { ids } = await lane.finish(id, 'op-2');
    const verifications = await lane.finhub.table<{ id: string; status: string; level: string }>('verifications');
    const verification = verifications.find((one) => one.id === ids.verificationId);
    assert.deepEqual([verification?.status, verification?.level], ['APPROVED', 'POWER_TENANT_VERIFIED']);
  });

  test("high risk without the power tenant's credentials waits for FinHub's portal", async () => {
    const without = await time.lane({ env: WITHOUT_POWER_TENANT });
    const id = await without.toReview(await anIndividual(HIGH_RISK));
    assert.equal((await without.client.decide(id, decisionOf('op-2'))).accepted, true);
    const told = await without.until(id, 'waits for FinHub', ({ waitingOn }) => waitingOn?.who === 'finhub');
    assert.equal(told.status, 'waiting');
    assert.match(told.waitingOn!.what, /portal.*no power-tenant credentials/);
    await without.finhub.decideInPortal(told.ids.verificationId!, 'APPROVED');
    assert.equal((await without.finish(id)).outcome?.result, 'active');
    assert.deepEqual(await without.finhub.requests(APPROVAL), []);
  });

  test("a decision taken in FinHub's portal is adopted for medium risk", async () => {
    const looking = await time.lane({ env: LOOKS_OFTEN });
    const approved = await looking.toReview(await anIndividual());
    const rejected = await looking.toReview(await anIndividual());
    for (const [id, verdict] of [
      [approved, 'APPROVED'],
      [rejected, 'REJECTED'],
    ] as const) {
      const { finhub } = await looking.client.caseView(id);
      await looking.finhub.decideInPortal(finhub.verificationId!, verdict);
    }
    await looking.until(approved, 'approved', ({ review }) => review.stage === 'approved');
    assert.deepEqual((await audited(approved, 'seenAtFinHub', looking))[0], { verdict: 'APPROVED', adopted: true });
    assert.equal((await looking.finish(approved)).outcome?.result, 'active');
    const { status } = await looking.client.wait(rejected, 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.result, 'rejected');
  });

  test("for high risk the portal's decision is held until our operators have decided", async () => {
    const looking = await time.lane({ env: LOOKS_OFTEN });
    const id = await looking.toReview(await anIndividual(HIGH_RISK));
    const { finhub } = await looking.client.caseView(id);
    await looking.finhub.decideInPortal(finhub.verificationId!, 'APPROVED');
    await eventually('the portal was looked at', async () => (await audited(id, 'seenAtFinHub', looking)).length > 0);
    const { review, waitingOn } = await looking.client.caseView(id);
    assert.equal(review.stage, 'inReview');
    assert.equal(waitingOn?.who, 'operator');
    assert.equal((await looking.finish(id, 'op-3')).outcome?.result, 'active');
  });

  test('what FinHub decided otherwise is not overwritten', async () => {
    const id = await lane.toReview(await anIndividual(HIGH_RISK));
    const { finhub } = await lane.client.caseView(id);
    await lane.finhub.decideInPortal(finhub.verificationId!, 'REJECTED');
    await lane.client.decide(id, decisionOf('op-2'));
    const { phase, attention: shown } = await attention(id);
    assert.equal(phase, 'verification');
    assert.equal(shown?.failure, 'FinHubConflict');
  });

  test('strangers, submitters and stale rounds are refused', async () => {
    const id = await lane.toReview(await anIndividual({ submittedBy: 'op-1' }));
    const refusals: [Decision, string][] = [
      [decisionOf('nobody'), 'UnknownOperator'],
      [decisionOf('op-1'), 'SelfApproval'],
      [decisionOf('op-1', { decisionId: 'self-reject', verdict: 'reject' }), 'SelfApproval'],
      [decisionOf('op-2', { decisionId: 'unseen', evidenceHash: 'f'.repeat(64) }), 'EvidenceChanged'],
    ];
    for (const [decision, refusal] of refusals) {
      assert.equal(refusalOf(await lane.client.decide(id, decision)), refusal);
    }
    const { review } = await lane.client.caseView(id);
    assert.equal(review.stage, 'inReview');
    assert.equal((await lane.finish(id, 'op-2')).outcome?.result, 'active');
    assert.equal((await audited(id, 'decideVerification')).length, refusals.length + 1);
  });

  test('a rejection is final, and its internal reason stays inside, in the audit', async () => {
    const id = await lane.toReview(await anIndividual());
    const reasons = { customerReason: 'The passport has expired.', internalReason: 'matches watch list 7' };
    const answer = await lane.client.decide(id, decisionOf('op-1', { verdict: 'reject', ...reasons }));
    assert.equal(answer.accepted, true);
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
    assert.equal(status.status, 'rejected');
    assert.deepEqual([status.outcome?.result, status.outcome?.reason], ['rejected', reasons.customerReason]);
    assert.ok(!JSON.stringify(status).includes(reasons.internalReason));
    assert.ok(!JSON.stringify(await lane.closed(id)).includes(reasons.internalReason));
    const verifications = await lane.finhub.table<{ id: string; status: string }>('verifications');
    assert.ok(!JSON.stringify(verifications).includes(reasons.internalReason));
    const { finhub } = await lane.client.caseView(id);
    assert.equal(verifications.find((one) => one.id === finhub.verificationId)?.status, 'REJECTED');
    assert.ok(JSON.stringify(await lane.client.audit(id)).includes(reasons.internalReason), 'it is in the audit');
  });
});

describe('rounds', { concurrency: 4 }, () => {
  test('asking for documents opens a second round, in which the first decision is stale', async () => {
    const id = await lane.toReview(await anIndividual());
    const request: Decision = decisionOf('op-1', {
      verdict: 'request-documents',
      documents: [{ type: 'BANK_STATEMENT', why: 'the address is not readable' }],
      customerReason: 'Please hand in a bank statement.',
    });
    assert.equal((await lane.client.decide(id, request)).accepted, true);
    const waiting = await lane.until(
      id,
      'second round',
      ({ review, waitingOn }) => review.round === 2 && waitingOn?.who === 'customer',
    );
    assert.equal(waiting.review.customerReason, request.customerReason);
    assert.deepEqual(
      waiting.requirements.map(({ document, message }) => [document, message]),
      [['BANK_STATEMENT', 'a document of type BANK_STATEMENT is needed: the address is not readable']],
    );
    const handIn = (type: string, file: string) =>
      lane.client.submitDocuments(id, { submittedBy: 'op-3', documents: [{ type, file }] }, { folder: EXAMPLES });
    await handIn('SELFIE', 'documents/passport-ona.png');
    const stillWaiting = await lane.client.caseView(id);
    assert.equal(stillWaiting.review.stage, 'collecting');
    await handIn('BANK_STATEMENT', 'documents/registered-office.pdf');
    await lane.until(id, 'in review again', ({ review }) => review.stage === 'inReview');

    const late = decisionOf('op-2', { decisionId: 'late' });
    assert.equal(refusalOf(await lane.client.decide(id, late)), 'StaleRound');
    const own = decisionOf('op-3', { round: 2 });
    assert.equal(refusalOf(await lane.client.decide(id, own)), 'SelfApproval');
    const { ids } = await lane.finish(id);
    const ledger = await lane.finhub.ledgerOf(ids.verificationId!, ids.customerId!);
    assert.deepEqual(
      ['verification', 'document'].map((kind) => ledger.filter((entry) => entry.kind === kind).length),
      [1, 5],
    );
  });

  test('a decision that comes before the review opens is kept and applied', async () => {
    const id = await lane.start(await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } }));
    await attention(id);
    const answer = await lane.client.decide(id, decisionOf('op-1'));
    assert.deepEqual(answer.accepted && answer.state, 'kept');
    const patch = { categorization: { category: 'STANDARD_INDIVIDUAL' } };
    await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch });
    await lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    assert.deepEqual(
      (await audited(id, 'keptDecision')).map(({ answer, said }) => [answer, said]),
      [['applied', 'approved in round 1']],
    );
  });

  test('a kept decision does not hold for evidence that came after it', async () => {
    const id = await lane.start(await anIndividual({ documents: [] }));
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const early = await lane.client.decide(id, decisionOf('op-1'));
    assert.deepEqual(early.accepted && early.state, 'kept');
    const documents = await papersOf('individual');
    await lane.client.submitDocuments(id, { submittedBy: 'backoffice', documents }, { folder: EXAMPLES });
    const { review } = await lane.until(id, 'waits', ({ waitingOn }) => waitingOn?.who === 'operator');
    assert.equal(review.stage, 'inReview');
    assert.deepEqual(
      (await audited(id, 'keptDecision')).map(({ answer }) => answer),
      ['EvidenceChanged'],
    );
  });

  test('a decision counts once, however often it comes', async () => {
    const id = await lane.toReview(await anIndividual());
    const request = decisionOf('op-1', { verdict: 'request-documents', documents: [{ type: 'SELFIE' }] });
    const handle = lane.temporal.workflow.getHandle(id);
    const send = (decision: Decision) =>
      handle.executeUpdate<object, [Decision]>('decideVerification', { args: [decision] });
    const first = await send(request);
    await handle.signal('decideVerification', request);
    assert.deepEqual(await send(request), first);
    assert.equal(refusalOf(await send({ ...request, verdict: 'reject' })), 'DecisionConflict');
    const { review } = await lane.client.caseView(id);
    assert.deepEqual([review.stage, review.round], ['collecting', 2]);
  });
});

describe('the end from outside', { concurrency: 3 }, () => {
  test('cancelling while it waits ends the case, and its session at FinHub', async () => {
    const id = await lane.toReview(await anIndividual());
    const { finhub } = await lane.client.caseView(id);
    const reason = 'withdrawn by the customer';
    assert.equal((await lane.client.cancel(id, { by: 'backoffice', reason })).accepted, true);
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.result, 'cancelled');
    assert.ok(!JSON.stringify(status).includes(reason));
    assert.deepEqual(
      (await audited(id, 'cancel')).map((said) => said.reason),
      [reason],
    );
    await lane.closed(id);
    const sessions = await lane.finhub.table<{ customerId: string; closedAt?: string }>('sessions');
    const ours = sessions.filter(({ customerId }) => customerId === finhub.customerId);
    assert.ok(ours.length > 0 && ours.every(({ closedAt }) => closedAt !== undefined));
    assert.equal(refusalOf(await lane.client.decide(id, decisionOf('op-1'))), 'AlreadyFinal');
  });

  test("Temporal's own cancellation does what cancel does", async () => {
    const id = await lane.toReview(await anIndividual());
    const handle = lane.temporal.workflow.getHandle(id);
    await handle.cancel();
    assert.equal((await lane.closed(id)).result, 'cancelled');
    const { status, phases } = await lane.until(id, 'ended', ({ outcome }) => outcome !== null);
    assert.equal(status, 'cancelled');
    assert.deepEqual(
      phases.map((phase) => phase.status),
      ['completed', 'completed', 'stopped', 'pending', 'pending', 'pending', 'pending'],
    );
  });

  test('what nobody can read stalls no case and is in the audit', async () => {
    const id = await lane.toReview(await anIndividual());
    const handle = lane.temporal.workflow.getHandle(id);
    const nonsense: unknown[][] = [
      [],
      [null],
      [42],
      ['text'],
      [[]],
      [{}],
      [{ operator: null, documents: 8, patch: [] }],
    ];
    for (const name of MESSAGES) for (const args of nonsense) await handle.signal(name, ...args);
    for (const name of MESSAGES) {
      await assert.rejects(handle.executeUpdate(name, { args: [null] }), { name: 'WorkflowUpdateFailedError' });
    }
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    const audit = await lane.client.audit(id);
    for (const name of MESSAGES)
      assert.equal(audit.filter(isTurnedAway(name, 'Malformed')).length, nonsense.length, name);
  });
});

describe('payments', { concurrency: 3 }, () => {
  test('a balance that does not suffice waits for a person, and is tried again when it does', async () => {
    const payments = {
      consent: { perTransaction: { value: '2000.00' }, perDay: { value: '2000.00' } },
      transfer: { amount: { value: '1500.00' } },
    };
    const id = await lane.toReview(await anIndividual({ payments }));
    await lane.client.decide(id, decisionOf('op-1'));
    await lane.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    await lane.client.submitActivationCode(id, await lane.activationCode(id));
    const {
      transfer: running,
      ids,
      accountActive,
    } = await lane.until(id, 'pays', (status) => status.transfer !== null);
    assert.equal(accountActive, true);
    const transferCase = transferId(SANDBOX_TENANT.id, running!.reference);
    await eventually('the transfer runs', () => lane.client.status(transferCase));
    const { attention: shown } = await attention(transferCase);
    assert.deepEqual([shown?.operation, shown?.failure], ['transfer', 'InsufficientFunds']);

    await lane.finhub.credit(ids.accountId!, '1000.00');
    await lane.client.resolveAttention(transferCase, { attentionId: shown!.attentionId, action: 'retry', by: 'op-1' });
    const { transfer } = await lane.finish(id);
    assert.equal(transfer?.state, 'completed');
  });

  for (const profile of ['runner', 'flow'] as const) {
    test(`a flagged beneficiary is never paid, and policy lets a person skip the phase (${profile})`, async () => {
      const on = await time.lane({ env: QUICK, sandbox: { profile } });
      const application = await anIndividual();
      const beneficiaries = application.payments!.beneficiaries!.map((one) => ({ ...one, name: 'Jonas FLAGGED' }));
      const id = await on.toReview({ ...application, payments: { ...application.payments, beneficiaries } });
      await on.client.decide(id, decisionOf('op-1'));
      await on.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
      await on.client.submitActivationCode(id, await on.activationCode(id));
      const { attention: shown } = await attention(id, on);
      assert.match(shown!.message, /flagged/i);

      await on.client.resolveAttention(id, { attentionId: shown!.attentionId, action: 'skip', by: 'op-1' });
      const status = await on.finish(id);
      assert.equal(status.outcome?.result, 'active');
      assert.equal(status.phases.at(-1)?.status, 'skipped');
      assert.deepEqual(
        (await on.finhub.ledger()).filter(({ kind }) => kind.endsWith('order')),
        [],
      );
    });
  }
});

describe('a customer who is registered already', () => {
  test('is adopted where the answer to our own registration was lost, and the proof is kept', async () => {
    const application = await anIndividual();
    const [method, path] = REGISTRATION.split(' ') as [string, string];
    await lane.finhub.inject({ method, path, kind: 'drop' });
    const id = await lane.start(application);
    await lane.finish(id);
    const adopted = await audited(id, 'adopted');
    assert.equal(adopted.length, 1);
    assert.equal(adopted[0]!.operation, 'registerIndividual');
    assert.match(adopted[0]!.proof, /^registered after our first try, and .* password logs in$/);
    assert.deepEqual(await audited(id, 'triedAgain'), [{ call: 'registerIndividual', tries: 2 }]);
    assert.deepEqual(
      (await lane.finhub.ledgerOf(emailOf(application))).map(({ count }) => count),
      [1],
    );
  });

  test('is a stranger where the registration is older than the case, same password or not', async () => {
    const earlier = await anIndividual();
    await lane.toReview(earlier);
    await time.skip(10 * 60_000);
    const id = await lane.start(await anIndividual({ person: earlier.person }));
    const { attention: shown } = await attention(id);
    assert.equal(shown?.failure, 'FinHubConflict');
    assert.deepEqual(await audited(id, 'adopted'), []);
  });
});
