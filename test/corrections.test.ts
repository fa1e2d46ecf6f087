import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Worker } from '@temporalio/worker';
import type { CaseView } from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import type { Application, IndividualApplication, OrganizationApplication } from '../src/contract/application.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import { decide } from '../src/lifecycle/reducer.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization, HIGH_RISK_PAPERS, papersOf } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { FaultOrder } from './helpers/finhub.js';
import { encrypted, type Lane } from './helpers/lane.js';
import { bundled, startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const ORGANIZATION = '/api/v2.1/customer/organization';
const ADD_DIRECTOR = { method: 'POST', path: `${ORGANIZATION}/{organizationId}/director` };
const LIST_DIRECTORS = { method: 'GET', path: `${ORGANIZATION}/{organizationId}/directors` };
const REGISTRATION = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const ADD_BENEFICIARY = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/beneficiaries' };

let time: TimeSkipping;
let lane: Lane;
before(async () => {
  time = await startTimeSkipping();
  lane = await time.lane();
});
after(() => time.stop());

/** As only somebody can start them who goes past the client: without documents, and with what FinHub refuses. */
async function uncheckedOrganization(): Promise<OrganizationApplication> {
  return { ...(await anOrganization({ documents: [] })), tenantId: SANDBOX_TENANT.id } as OrganizationApplication;
}

async function uncheckedIndividual(): Promise<IndividualApplication> {
  return { ...(await anIndividual({ documents: [] })), tenantId: SANDBOX_TENANT.id } as IndividualApplication;
}

async function attention(id: string, operation: string, on = lane): Promise<CaseView> {
  await on.until(id, `${operation} needs attention`, ({ status }) => status === 'needsAttention');
  const view = await on.client.caseView(id);
  assert.equal(view.attention?.operation, operation);
  return view;
}

async function corrected(id: string, patch: Record<string, unknown>, on = lane): Promise<void> {
  const answer = await on.client.correctApplication(id, { correctedBy: 'backoffice', patch });
  assert.ok(answer.accepted, JSON.stringify(answer));
}

async function refused(id: string, patch: Record<string, unknown>, why: RegExp, on = lane): Promise<void> {
  const answer = await on.client.correctApplication(id, { correctedBy: 'backoffice', patch });
  assert.ok(!answer.accepted, JSON.stringify(patch));
  assert.equal(answer.refusal, 'NotAllowed');
  assert.match(answer.detail, why);
}

/** What FinHub has of an organization's people of a role, oldest first. */
async function atFinHub(id: string, role: string, on = lane): Promise<Record<string, unknown>[]> {
  const { finhub } = await on.client.caseView(id);
  const people = await on.finhub.table<Record<string, unknown>>('personnel');
  return people.filter((person) => person['organizationId'] === finhub.customerId && person['role'] === role);
}

async function namesAtFinHub(id: string, role: string, on = lane): Promise<unknown[]> {
  return (await atFinHub(id, role, on)).map(({ name }) => name);
}

/** A lane whose FinHub takes its time for one call; resolves once the call is under way. */
async function slow(call: Omit<FaultOrder, 'kind'>): Promise<{ on: Lane; underWay: () => Promise<unknown> }> {
  const on = await time.lane({ env: { FINHUB_TIMEOUT_MS: '20000' } });
  await on.finhub.inject({ ...call, kind: 'late-answer', delayMs: 6000 });
  return { on, underWay: () => eventually('the call is under way', () => on.finhub.faultsAreSpent()) };
}

const inVerification = (id: string, on = lane) =>
  on.until(id, 'in verification', ({ phase }) => phase === 'verification');

/** Corrections lead to steps of their own, which must be the same each time. */
async function replayed(id: string, on = lane): Promise<void> {
  const history = await on.temporal.workflow.getHandle(id).fetchHistory();
  const dataConverter = encrypted(on.temporal.options.namespace);
  await Worker.runReplayHistory({ workflowBundle: await bundled(), dataConverter }, history, id);
}

describe('people of an organization', { concurrency: 4 }, () => {
  test('who are dropped before FinHub is told are not registered, and who are added are', async () => {
    const application = await uncheckedOrganization();
    const [first, second] = application.directors;
    const id = await lane.startUnchecked({ ...application, directors: [first!, { ...second!, email: 'nowhere' }] });
    await attention(id, 'addDirector');
    const third = {
      ...second!,
      ref: 'director-rasa',
      firstName: 'Rasa',
      lastName: 'Nauja',
      email: 'rasa@mail.example',
    };
    await corrected(id, { directors: [first, third], employees: application.employees.slice(0, 1) });
    await inVerification(id);
    assert.deepEqual(await namesAtFinHub(id, 'director'), ['Ona Kazlauskienė', 'Rasa Nauja']);
    assert.deepEqual(await namesAtFinHub(id, 'employee'), ['Milda Jankauskaitė']);
    const { people } = await lane.client.caseView(id);
    const refs = people.filter(({ role }) => role !== 'shareholder').map(({ ref }) => ref);
    assert.deepEqual(refs, [first!.ref, third.ref, application.employees[0]!.ref]);
    await replayed(id);
  });

  test('whom FinHub has stay as they are, and a director who comes late is registered', async () => {
    const application = await uncheckedOrganization();
    const { directors, shareholders, employees } = application;
    const [first, second] = directors;
    const wrong = employees.map((employee, index) => (index === 0 ? { ...employee, email: 'nowhere' } : employee));
    const id = await lane.startUnchecked({ ...application, employees: wrong });
    await attention(id, 'addEmployee');

    const has = (who: string) => new RegExp(`^${who} cannot be corrected: FinHub already has them`);
    await refused(id, { directors: [first] }, has(`director "${second!.ref}"`));
    await refused(id, { directors: [{ ...first, isPEP: true }, second] }, has(`director "${first!.ref}"`));
    const renamed = [{ ...shareholders[0]!, lastName: 'Nauja' }, ...shareholders.slice(1)];
    await refused(id, { shareholders: renamed }, has(`shareholder "${shareholders[0]!.ref}"`));
    const late = { ...second!, ref: 'director-late', firstName: 'Rasa', lastName: 'Nauja', email: 'late@mail.example' };
    await refused(id, { directors: [first, second, late, late] }, /^each of "directors" needs a ref of its own$/);
    await refused(id, { directors: [first, second, { ...late, ref: undefined }] }, /needs a ref of its own/);

    const shares = ['75', '25'].map((ownershipPercentage, index) => ({ ...shareholders[index]!, ownershipPercentage }));
    await corrected(id, { employees, directors: [first, second, late], shareholders: shares });
    await inVerification(id);
    assert.deepEqual(await namesAtFinHub(id, 'director'), ['Ona Kazlauskienė', 'Lukas Brandt', 'Rasa Nauja']);
    const held = await atFinHub(id, 'shareholder');
    assert.deepEqual(
      held.map(({ name, ownershipPercentage }) => [name, ownershipPercentage]),
      [
        ['Ona Kazlauskienė', 75],
        ['Lukas Brandt', 25],
      ],
    );
    assert.equal((await atFinHub(id, 'employee')).length, employees.length);
    await refused(id, { directors: [] }, /accepted by FinHub in phase personnel/);
  });

  test("a share that FinHub refuses because of another's is mended by correcting the other", async () => {
    const application = await uncheckedOrganization();
    const holding = (...shares: string[]) =>
      shares.map((ownershipPercentage, index) => ({ ...application.shareholders[index]!, ownershipPercentage }));
    const id = await lane.startUnchecked({ ...application, shareholders: holding('60', '30', '30') });
    await attention(id, 'addShareholder');
    await corrected(id, { shareholders: holding('40', '30', '30') });
    await inVerification(id);
    const held = (await atFinHub(id, 'shareholder')).map(({ ownershipPercentage }) => ownershipPercentage);
    assert.deepEqual(held.sort(), [30, 30, 40]);
    await replayed(id);
  });

  test('whom FinHub may have are neither dropped nor changed until somebody has looked', async () => {
    const on = await time.lane({ env: { FINHUB_TIMEOUT_MS: '3000' } });
    await on.finhub.inject({ ...ADD_DIRECTOR, kind: 'drop' });
    const application = await uncheckedOrganization();
    const [first, second] = application.directors;
    const id = await on.startUnchecked(application);
    await eventually('the answer is lost', () => on.finhub.faultsAreSpent());
    // The next try cannot look; its own failure is clear.
    await on.finhub.inject({ ...LIST_DIRECTORS, kind: 'refuse-401', times: 20 });
    const { attention: shown } = await attention(id, 'addDirector', on);
    assert.equal(shown?.failure, 'FinHubUnauthorized');
    await on.finhub.clearFaults();
    const mayHave = new RegExp(`^director "${first!.ref}" cannot be corrected: FinHub may already have them`);
    await refused(id, { directors: [second] }, mayHave, on);
    await refused(id, { directors: [{ ...first, position: 'CFO' }, second] }, mayHave, on);
    await on.client.resolveAttention(id, { attentionId: shown.attentionId, action: 'retry', by: 'op-1' });
    await inVerification(id, on);
    assert.deepEqual(await namesAtFinHub(id, 'director', on), ['Ona Kazlauskienė', 'Lukas Brandt']);
  });
});

describe('while FinHub is being told', { concurrency: 2 }, () => {
  test('of a director, that one stays, and the next one may still change', async () => {
    const { on, underWay } = await slow(ADD_DIRECTOR);
    const application = await uncheckedOrganization();
    const [first, second] = application.directors;
    const id = await on.startUnchecked(application);
    await underWay();
    const justNow = new RegExp(`^we are sending it to FinHub now; .*director "${first!.ref}"`);
    await refused(id, { directors: [{ ...first, position: 'CFO' }, second] }, justNow, on);
    await refused(id, { directors: [second] }, justNow, on);
    await corrected(id, { directors: [first, { ...second, lastName: 'Brandtner' }] }, on);
    await inVerification(id, on);
    assert.deepEqual(await namesAtFinHub(id, 'director', on), ['Ona Kazlauskienė', 'Lukas Brandtner']);
  });

  test('of a person, nothing of the registration changes', async () => {
    const { on, underWay } = await slow(REGISTRATION);
    const id = await on.startUnchecked(await uncheckedIndividual());
    await underWay();
    await refused(id, { person: { firstName: 'Rasa' } }, /^we are sending it to FinHub now; .*"person"/, on);
    const parameters = { riskLevel: 'HIGH' };
    await refused(id, { categorization: { parameters } }, /^we are sending it to FinHub now; .*"categorization"/, on);
    await corrected(id, { payments: { consent: { title: 'Rent' } } }, on);
    await inVerification(id, on);
  });

  test('of a document, another one that comes is handed over with the round', async () => {
    const { on, underWay } = await slow({ method: 'POST', path: '/api/v2.1/verifications/{verificationId}/documents' });
    const id = await on.startUnchecked(await uncheckedIndividual());
    await on.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const hand = (type: string, file: string) =>
      on.client.submitDocuments(id, { submittedBy: 'backend', documents: [{ type, file }] }, { folder: EXAMPLES });
    await on.client.submitDocuments(
      id,
      { submittedBy: 'backend', documents: await papersOf('individual') },
      { folder: EXAMPLES },
    );
    await underWay();
    assert.ok((await hand('BANK_STATEMENT', 'documents/bank-statement.pdf')).accepted);
    await on.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    const { evidence } = await on.client.caseView(id);
    assert.equal(evidence.length, 4);
    assert.equal((await on.finhub.table('documents')).length, 4);
    await replayed(id, on);
  });
});

describe('a risk that is corrected between two tries of the registration', { concurrency: 2 }, () => {
  /** Corrects the risk together with what FinHub has refused. */
  async function correctedTo(riskLevel: string): Promise<{ id: string; email: string }> {
    const application = await uncheckedIndividual();
    const { person } = application;
    const id = await lane.startUnchecked({ ...application, person: { ...person, dateOfBirth: 'unknown' } });
    await attention(id, 'registerIndividual');
    await corrected(id, { person: { dateOfBirth: person.dateOfBirth }, categorization: { parameters: { riskLevel } } });
    return { id, email: person.email };
  }

  test('holds for the review', async () => {
    const { id } = await correctedTo('HIGH');
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const documents = [...(await papersOf('individual')), ...HIGH_RISK_PAPERS];
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents }, { folder: EXAMPLES });
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    const { risk, decision } = await lane.client.caseView(id);
    assert.deepEqual([risk, decision?.level], ['HIGH', 'POWER_TENANT']);
    await replayed(id);
  });

  test('ends the case where customers of it are not taken on, before FinHub has them', async () => {
    const { id, email } = await correctedTo('PROHIBITED');
    assert.equal((await lane.closed(id)).result, 'rejected');
    const customers = await lane.finhub.table<{ email: string }>('customers');
    assert.ok(!customers.some((customer) => customer.email === email));
    await replayed(id);
  });
});

describe('who is behind a company, in review', () => {
  test('is corrected, and the next round is decided on it; the former decision counts no more', async () => {
    const application = await anOrganization();
    const id = await lane.toReview(application);
    const shareholders = application.shareholders.map((holder) => ({ ...holder, owners: holder.owners?.toReversed() }));
    await corrected(id, { shareholders });
    const { review } = await lane.until(
      id,
      'in the next round',
      (told) => told.review.stage === 'inReview' && told.review.round === 2,
    );
    assert.equal(review.round, 2);
    const approve = (round: number) =>
      lane.client.decide(id, { decisionId: `d${round}`, round, verdict: 'approve', operator: { id: 'op-1' } });
    const old = await approve(1);
    assert.equal('refusal' in old && old.refusal, 'StaleRound');
    assert.ok((await approve(2)).accepted);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    const { ownership, beneficialOwners } = await lane.client.caseView(id);
    assert.deepEqual(
      ownership?.[2]?.owners.map(({ ref }) => ref),
      ['owner-kiel', 'owner-lukas'],
    );
    assert.deepEqual(
      beneficialOwners?.map(({ share }) => share),
      ['40', '50'],
    );
    await replayed(id);
  });
});

describe('payments', { concurrency: 2 }, () => {
  /** Brings a case to its payments, where it needs attention. */
  async function toPayments(id: string, on = lane): Promise<void> {
    const kind = id.startsWith('individual') ? 'individual' : 'organization';
    await on.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const documents = await papersOf(kind);
    await on.client.submitDocuments(id, { submittedBy: 'backend', documents }, { folder: EXAMPLES });
    await on.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    await on.client.decide(id, { decisionId: 'd', round: 1, verdict: 'approve', operator: { id: 'op-1' } });
    if (kind === 'individual') {
      await on.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
      await on.client.submitActivationCode(id, await on.activationCode(id));
    }
  }

  test('what FinHub was not told of may change while the phase runs, the rest may not', async () => {
    const application = await uncheckedIndividual();
    const [landlord] = application.payments!.beneficiaries;
    const cleaner = { ...landlord!, ref: 'cleaner', name: 'Rasa Nauja', iban: 'LT437044060012345678' };
    const payments = { ...application.payments!, beneficiaries: [landlord!, { ...cleaner, iban: 'LT00' }] };
    const id = await lane.startUnchecked({ ...application, payments });
    await toPayments(id);
    const { ids } = await attention(id, 'addBeneficiary');

    const has = /^beneficiary "landlord" cannot be corrected: FinHub already has them/;
    await refused(id, { payments: { beneficiaries: [{ ...landlord, name: 'Somebody' }, cleaner] } }, has);
    await refused(id, { payments: { beneficiaries: [cleaner] } }, has);
    const stranger = { payments: { transfer: { beneficiary: 'nobody' } } };
    await refused(id, stranger, /goes to "nobody", which is not one of the beneficiaries/);
    await refused(id, { payments: { topUp: {} } }, /^"payments.topUp" cannot be corrected$/);

    const consent = { perTransaction: { value: '321.00', currency: 'EUR' } };
    const transfer = { ...application.payments!.transfer!, beneficiary: 'cleaner', amount: money('12.00') };
    await corrected(id, { payments: { beneficiaries: [landlord, cleaner], consent, transfer } });
    const status = await lane.finish(id);
    assert.equal(status.transfer?.state, 'completed');
    const consents = await lane.finhub.table<Record<string, unknown>>('paymentConsents');
    const { perTransaction, allowedAccounts } = consents.find(({ accountId }) => accountId === ids.accountId)!;
    assert.deepEqual([perTransaction, allowedAccounts], [321_00, [landlord!.iban, cleaner.iban]]);
    const orders = await lane.finhub.table<{ accountId: string; status: string; amount: number }>('orders');
    const paid = orders.filter(({ accountId, status: at }) => accountId === ids.accountId && at === 'COMPLETED');
    assert.deepEqual(
      paid.map(({ amount }) => amount),
      [12_00],
    );
    await replayed(id);
  });

  test('a first funding that FinHub refuses is corrected, the consent and what it stands on are not', async () => {
    const application = await uncheckedOrganization();
    const topUp = { ...application.payments!.topUp!, amount: { value: '5000.00', currency: 'USD' } };
    const id = await lane.startUnchecked({ ...application, payments: { ...application.payments!, topUp } });
    await toPayments(id);
    const { ids } = await attention(id, 'prepareOrder');

    await refused(
      id,
      { payments: { consent: { validDays: 1 } } },
      /^"payments.consent" cannot be corrected: FinHub already has it/,
    );
    await refused(
      id,
      { payments: { beneficiaries: [] } },
      /^beneficiary "glassworks" cannot be corrected: FinHub already has them/,
    );
    const more = { ...application.payments!.beneficiaries[0]!, ref: 'more', iban: 'LT717300010123456789' };
    const beneficiaries = [...application.payments!.beneficiaries, more];
    await refused(id, { payments: { beneficiaries } }, /^"payments.beneficiaries" .*already used/);

    const mended = { reference: `${topUp.reference}-again`, amount: money('4000.00') };
    await corrected(id, { payments: { topUp: mended, transfer: { amount: money('1000.00') } } });
    const status = await lane.finish(id);
    assert.equal(status.transfer?.state, 'completed');
    const wallets = await lane.finhub.table<{ id: string; available: number }>('wallets');
    assert.equal(wallets.find((wallet) => wallet.id === ids.accountId)!.available, 3000_00);
    await replayed(id);
  });

  test('a beneficiary whom FinHub may have is not dropped, a transfer that was handed over not changed', async () => {
    const on = await time.lane({ env: { FINHUB_TIMEOUT_MS: '3000' } });
    await on.finhub.inject({ ...ADD_BENEFICIARY, kind: 'drop' });
    const application = await uncheckedIndividual();
    const consent = { ...application.payments!.consent!, perTransaction: money('2000.00'), perDay: money('2000.00') };
    const transfer = { ...application.payments!.transfer!, amount: money('1500.00') };
    const id = await on.startUnchecked({ ...application, payments: { ...application.payments!, consent, transfer } });
    await toPayments(id, on);
    await eventually('the answer is lost', () => on.finhub.faultsAreSpent());
    await on.finhub.inject({ ...ADD_BENEFICIARY, kind: 'refuse-401', times: 20 });
    const { attention: shown } = await attention(id, 'addBeneficiary', on);
    await on.finhub.clearFaults();
    const mayHave = /^beneficiary "landlord" cannot be corrected: FinHub may already have them/;
    await refused(id, { payments: { beneficiaries: [] } }, mayHave, on);
    await on.client.resolveAttention(id, { attentionId: shown!.attentionId, action: 'retry', by: 'op-1' });

    await on.until(id, 'pays', (status) => status.transfer !== null);
    const gone = /^"payments.transfer" cannot be corrected: the case has already used it$/;
    await refused(id, { payments: { transfer: { amount: money('1.00') } } }, gone, on);
    await on.client.cancel(id, { by: 'backend', reason: 'done' });
  });
});

const money = (value: string) => ({ value, currency: 'EUR' });

describe('the rules', () => {
  async function stateOf(more: Partial<LifecycleState>): Promise<LifecycleState> {
    const state = newCase('organization', await uncheckedOrganization(), new Date());
    return { ...state, ...more };
  }
  const given = { at: new Date(), operators: new Map() };
  const answerTo = (state: LifecycleState, patch: Record<string, unknown>) =>
    decide(state, { name: 'correctApplication', body: { correctedBy: 'backoffice', patch } }, given).answer;
  const done = (...keys: string[]): LifecycleState['done'] =>
    Object.fromEntries(keys.map((key) => [key, { result: {}, provenance: { how: 'made' as const } }]));

  test('an amount that cannot be read is refused', async () => {
    const state = await stateOf({});
    const told = (value: string) => answerTo(state, { payments: { transfer: { amount: { value } } } });
    for (const value of ['10,50', '25.005', '-5', '']) {
      assert.match(told(value).detail, /^"payments.transfer" needs amounts like/);
    }
    assert.ok(told('10.50').accepted);
  });

  test('a person or an organization that FinHub may have stays, until somebody has looked', async () => {
    const state = await stateOf({ unclear: ['registerOrganization'] });
    const patch = { organization: { email: 'other@mail.example' } };
    const answer = answerTo(state, patch);
    assert.match(answer.detail, /^"organization" cannot be corrected: FinHub may already have it/);
    assert.ok(answerTo({ ...state, unclear: [] }, patch).accepted);
    const { application } = state as { application: Application & OrganizationApplication };
    assert.ok(answerTo(state, { organization: application.organization }).accepted, 'what is as before may be sent');
  });

  test('a shareholder who was dropped comes back only once FinHub no longer has them', async () => {
    const state = await stateOf({});
    const { shareholders } = state.application as OrganizationApplication;
    const application = { ...state.application, shareholders: shareholders.slice(1) } as Application;
    const [first] = shareholders;
    const back = { shareholders: [{ ...first!, lastName: 'Nauja' }, ...shareholders.slice(1)] };
    assert.ok(!answerTo({ ...state, application, done: done(`addShareholder/${first!.ref}`) }, back).accepted);
    assert.ok(answerTo({ ...state, application }, back).accepted);
  });

  test("somebody's word and a correction do not both settle what needs attention", async () => {
    const { directors } = (await stateOf({})).application as OrganizationApplication;
    const attention = {
      ...{
        attentionId: 'a',
        key: `addDirector/${directors[0]!.ref}`,
        operation: 'addDirector',
        failure: 'f',
        message: 'm',
      },
      ...{ fieldErrors: [], options: ['adopt' as const], adopts: ['recordId'], since: '' },
    };
    const resolution = { attentionId: 'a', action: 'adopt', by: 'op-1', adopt: { recordId: 'r' } } as const;
    const state = await stateOf({ attention });
    const resolve = { name: 'resolveAttention', body: resolution } as const;
    assert.ok(!answerTo({ ...state, resolution }, { directors: directors.slice(1) }).accepted);
    assert.ok(!decide({ ...state, corrected: true }, resolve, given).answer.accepted);
    assert.ok(answerTo(state, { directors: directors.slice(1) }).accepted);
  });

  test('a signatory stays once the first consent is given', async () => {
    const state = await stateOf({ done: done('acceptOrganizationConsent/terms') });
    assert.ok(!answerTo(state, { signatory: 'Somebody Else' }).accepted);
    assert.ok(answerTo({ ...state, done: {} }, { signatory: 'Somebody Else' }).accepted);
  });

  test('an approver may change until the account is handed over', async () => {
    const state = await stateOf({});
    const [, , third] = (state.application as OrganizationApplication).employees;
    const patch = { payments: { approvers: [third!.ref] } };
    assert.ok(answerTo(state, patch).accepted);
    const finhub = { ...state.finhub, facts: ['paymentConsentActive' as const] };
    assert.ok(!answerTo({ ...state, finhub }, patch).accepted);
  });

  test('an approver holds the role for it, whatever is corrected', async () => {
    const state = await stateOf({});
    const { employees } = state.application as OrganizationApplication;
    const [first, , third] = employees;
    const wrong = [
      { payments: { approvers: [first!.ref] } },
      { payments: { approvers: ['nobody'] } },
      { payments: { approvers: third!.ref } },
      { payments: { approvers: [third!.ref] }, employees: employees.slice(0, 2) },
      { payments: { approvers: [third!.ref] }, employees: [first, { ...third!, roles: ['EMPLOYEE'] }] },
    ];
    for (const patch of wrong) {
      assert.match(answerTo(state, patch).detail, /needs refs of employees with the role TRANSACTION_APPROVER$/);
    }
    const named = {
      ...state,
      application: { ...state.application, payments: { beneficiaries: [], approvers: [third!.ref] } },
    };
    assert.ok(!answerTo(named, { employees: employees.slice(0, 2) }).accepted);
  });
});
