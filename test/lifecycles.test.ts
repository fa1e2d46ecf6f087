import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import type { IndividualInput, LifecycleStatus, OrganizationInput } from '../src/client/index.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { INDIVIDUAL_PHASES, ORGANIZATION_PHASES } from '../src/lifecycle/phases.js';
import { searchAttributeKeys } from '../src/temporal/search-attributes.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { auditOf } from './helpers/audit.js';
import { eventually } from './helpers/eventually.js';
import { inventory, madeTwice } from './helpers/finhub.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const DAY = 24 * 3600_000;
const FIFTEEN_MINUTES = { FINHUB_VERDICT_POLL_SECONDS: '900' };

describe('an application to the end, over days', () => {
  let time: TimeSkipping;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
  });
  beforeEach(async () => {
    lane = await time.lane({ env: FIFTEEN_MINUTES });
  });
  after(() => time.stop());

  test('a person whose review takes three days', async (t) => {
    const { status, events } = await decidedAfter(3, await anIndividual(), t);
    assertCompleted(status, INDIVIDUAL_PHASES);
    assert.deepEqual(inventory(await lane.finhub.ledger()), {
      customer: 1,
      verification: 1,
      document: 3,
      consent: 3,
      beneficiary: 1,
      'payment-consent': 1,
      'prepared-order': 1,
      'executed-order': 1,
      payment: 1,
    });
    await assertOnce();
    assert.ok(events < 240, `${events} events`);
  });

  test('an organization whose review takes five days', async (t) => {
    const application = await anOrganization();
    const { id, status } = await decidedAfter(5, application, t);
    assertCompleted(status, ORGANIZATION_PHASES);
    assert.deepEqual(inventory(await lane.finhub.ledger()), {
      organization: 1,
      director: 2,
      shareholder: 3,
      employee: 3,
      verification: 1,
      document: 8,
      consent: 3,
      beneficiary: 1,
      'payment-consent': 1,
      'prepared-order': 2,
      'executed-order': 2,
      payment: 2,
    });
    await assertOnce();
    await assertBothRecordsKept(id);
  });

  test('a person who applies twice at once is one customer of one application; the other asks an operator', async () => {
    const application = await anIndividual();
    const again = { ...application, applicationId: `${application.applicationId}-again` };
    const ids = await Promise.all([lane.start(application), lane.start(again)]);
    const refused = await eventually('one is refused', async () => {
      const all = await Promise.all(ids.map(async (id) => ({ id, ...(await lane.client.caseView(id)) })));
      return all.find(({ attention }) => attention?.failure === 'FinHubConflict');
    });
    const { attentionId } = refused.attention!;
    await lane.client.resolveAttention(refused.id, { attentionId, action: 'abort', by: 'op-1' });
    assert.equal((await lane.closed(refused.id)).result, 'aborted');
    assert.equal((await lane.finish(ids.find((id) => id !== refused.id)!)).outcome?.result, 'active');
    await assertOnce();
    assert.equal(inventory(await lane.finhub.ledger())['customer'], 1);
  });

  test("a person's word to try again does not make a case forget the registration whose answer it lost", async () => {
    const on = await time.lane({ env: { FINHUB_TIMEOUT_MS: '1000' } });
    const registration = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
    await on.finhub.inject({ ...registration, kind: 'drop' });
    const id = await on.start(await anIndividual());
    await eventually('the answer is lost', () => on.finhub.faultsAreSpent());
    await on.finhub.inject({ ...registration, kind: 'refuse-401', times: 20 });
    await on.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    await on.finhub.clearFaults();
    const { attentionId, failure } = (await on.client.caseView(id)).attention!;
    assert.equal(failure, 'FinHubUnauthorized');
    await on.client.resolveAttention(id, { attentionId, action: 'retry', by: 'op-1' });
    assert.equal((await on.finish(id)).outcome?.result, 'active');
    const adopted = await auditOf(on.client, id, 'adopted');
    assert.ok(adopted.some(({ operation }) => operation === 'registerIndividual'));
    assert.equal(inventory(await on.finhub.ledger())['customer'], 1);
  });

  test('a phase that takes longer than expected says so while it lasts', async () => {
    const id = await lane.toReview(await anIndividual());
    await time.skip(9 * DAY);
    const { phases } = await lane.until(id, 'waits', ({ status }) => status === 'waiting');
    assert.equal(phases.find(({ name }) => name === 'verification')?.longerThanExpected, true);
  });

  /**
   * Carries an application through a review that is decided after so many days. Looks at search attributes, and sends each message once:
   * on this server a query leaves events in the history, which are not the case's own.
   */
  async function decidedAfter(days: number, application: IndividualInput | OrganizationInput, t: TestContext) {
    const id = await lane.start(application);
    await reached(id, { ReviewLevel: 'TENANT', LifecycleStatus: 'waiting' });
    const eventsBefore = await eventsOf(id);
    await time.skip(days * DAY);

    const eventsOfWaiting = (await eventsOf(id)) - eventsBefore;
    t.diagnostic(`${eventsOfWaiting} events in ${days} days of waiting`);
    assert.ok(eventsOfWaiting < 20, `${eventsOfWaiting} events in the waiting part`);
    const polls = await lane.finhub.requests('GET /api/v2.1/verifications/{verificationId}');
    assert.ok(polls.length >= days * 90, `FinHub was looked at only ${polls.length} times in ${days} days`);
    await reached(id, { LifecyclePhase: 'verification', LifecycleStatus: 'waiting' });

    await lane.client.decide(id, { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } });
    if ('person' in application) {
      await reached(id, { LifecyclePhase: 'activation', LifecycleStatus: 'waiting' });
      const code = await mailedActivationCode(lane.finhub.url, application.person.email);
      await lane.client.submitActivationCode(id, code);
    }
    await lane.closed(id);
    const events = await eventsOf(id);
    t.diagnostic(`${events} events in all`);

    const status = await lane.until(id, 'has ended', ({ outcome }) => outcome !== null);
    const phase = status.phases.find(({ name }) => name === 'verification')!;
    assert.ok(Date.parse(phase.completedAt!) - Date.parse(phase.startedAt!) >= days * DAY);
    assert.equal(phase.longerThanExpected, true);
    await assertSearchAttributes(id);
    return { id, status, events };
  }

  async function reached(id: string, wanted: Partial<Record<keyof typeof searchAttributeKeys, string>>): Promise<void> {
    await eventually(`${id}: ${JSON.stringify(wanted)}`, async () => {
      const { typedSearchAttributes } = await lane.temporal.workflow.getHandle(id).describe();
      const names = Object.keys(wanted) as (keyof typeof wanted)[];
      return names.every((name) => typedSearchAttributes.get(searchAttributeKeys[name]) === wanted[name]);
    });
  }

  function assertCompleted(status: LifecycleStatus, phases: readonly { name: string }[]): void {
    assert.deepEqual(
      status.phases.map(({ name, status }) => `${name} ${status}`),
      phases.map(({ name }) => `${name} completed`),
    );
    assert.equal(status.status, 'completed');
    assert.equal(status.outcome?.result, 'active');
    assert.equal(status.accountActive, true);
    assert.match(status.iban ?? '', /^LT\d{18}$/);
    assert.equal(status.transfer?.state, 'completed');
    assert.equal(status.waitingOn, null);
    assert.deepEqual(status.requirements, []);
  }

  async function assertOnce(): Promise<void> {
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
    assert.ok(await lane.finhub.isBalanced());
  }

  /** FinHub keeps two linked records of each person; a company that holds shares has one. */
  async function assertBothRecordsKept(id: string): Promise<void> {
    const { people } = await lane.client.caseView(id);
    const atFinHub = await lane.finhub.table<{ id: string; role: string; customerId?: string }>('personnel');
    assert.deepEqual(
      people.map(({ role, recordId, individualId }) => [role, recordId, individualId]).sort(),
      atFinHub.map(({ role, id, customerId }) => [role, id, customerId]).sort(),
    );
    assert.equal(people.filter(({ individualId }) => individualId !== undefined).length, people.length - 1);
  }

  async function assertSearchAttributes(id: string): Promise<void> {
    const { typedSearchAttributes } = await lane.temporal.workflow.getHandle(id).describe();
    const at = <Name extends keyof typeof searchAttributeKeys>(name: Name) =>
      typedSearchAttributes.get(searchAttributeKeys[name]);
    assert.equal(at('LifecycleKind'), id.split('/')[0]);
    assert.equal(at('FinHubTenant'), id.split('/')[1]);
    assert.equal(at('LifecycleStatus'), 'completed');
    assert.equal(at('RiskLevel'), 'MEDIUM');
    assert.equal(at('NeedsAttention'), false);
    for (const name of ['LifecyclePhase', 'ReviewLevel', 'ReviewDueAt'] as const) assert.equal(at(name), undefined);
  }

  async function eventsOf(id: string): Promise<number> {
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    return events!.length;
  }
});
