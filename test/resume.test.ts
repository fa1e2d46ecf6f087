import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ApplicationConflict,
  NotResumable,
  type IndividualInput,
  type OrganizationInput,
} from '../src/client/index.js';
import { EndedCases } from '../src/client/ended-cases.js';
import { approveAs } from '../dev/demo/carry.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { SLOTS } from '../src/lifecycle/slots.js';
import { plain } from './attacks/attacker.js';
import { aTransfer } from './attacks/results.js';
import { forged } from './attacks/forged.js';
import { startStronghold, type Stronghold } from './attacks/stronghold.js';
import { paidUnder, verdictOf } from './attacks/victims.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';

const RUNNING = 1;
const APPROVE = '/api/v2.1/verifications/{verificationId}/approve';
const CONSENT = '/api/v2.1/customer/individual/{customerId}/consents/{consentType}';
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{type}/execute' };
const PDF = Buffer.from('%PDF-1.4 one more\n%%EOF\n');

describe('a case that was ended from outside', { timeout: 1_200_000 }, () => {
  let hold: Stronghold;
  before(async () => {
    hold = await startStronghold({ FINHUB_TIMEOUT_MS: '2000' });
  });
  after(() => hold?.stop());

  const resume = (id: string, input?: IndividualInput | OrganizationInput) =>
    hold.as('backend').resume(id, input && { input, folder: EXAMPLES });
  const inReview = (id: string) => hold.lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
  const deep = () => new EndedCases(hold.lane.temporal, { readResults: true });
  const isListed = async (id: string) => (await hold.lane.client.ended()).some(({ workflowId }) => workflowId === id);
  const listed = (id: string, look = () => hold.lane.client.ended()) =>
    eventually(`${id} is listed`, async () => (await look()).find(({ workflowId }) => workflowId === id));
  const refused = (why: RegExp) => (error: unknown) => {
    assert.ok(error instanceof NotResumable, String(error));
    assert.match(error.message, why);
    return true;
  };

  test('is found at FinHub, decided anew by people, and comes to its end with everything once', async () => {
    const { lane, attacker } = hold;
    const id = await lane.toReview(await anOrganization({ organization: { industry: 'GAMBLING' } }));
    await approveAs(hold.as('op-2'), id, 'op-2');
    const before = (await lane.client.caseView(id)).ids;
    await attacker.terminate(id);
    assert.equal((await lane.client.status(id)).status, 'aborted');
    const { stopped } = await listed(id);
    assert.equal(stopped.how, 'terminated');
    const resumed = await resume(id);
    assert.deepEqual([resumed.takenFrom, resumed.earlierRuns], ['history', 1]);
    await inReview(id);
    const { ids } = await lane.client.caseView(id);
    assert.deepEqual([ids.customerId, ids.verificationId], [before.customerId, before.verificationId]);
    await approveAs(hold.as('op-3'), id, 'op-3');
    assert.notEqual(await verdictOf(hold, id), 'APPROVED');
    assert.equal((await lane.client.caseView(id)).review.stage, 'inReview');
    await approveAs(hold.as('op-2'), id, 'op-2');
    assert.equal((await lane.closed(id)).result, 'active');
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
    await eventually('listed no more', async () => !(await isListed(id)));
  });

  test('keeps the documents that were handed in, and who did so does not decide', async () => {
    const { lane, attacker } = hold;
    const id = await lane.toReview(await anIndividual());
    const { review, evidenceHash } = await lane.client.caseView(id);
    const { ids } = await lane.client.caseView(id);
    const asked = await hold.as('op-3').decide(id, {
      ...{ decisionId: 'more', round: review.round, verdict: 'request-documents', operator: { id: 'op-3' } },
      ...{ evidenceHash, customerReason: 'the bill', documents: [{ type: 'PROOF_OF_ADDRESS' }] },
      subject: { customerId: ids.customerId!, verificationId: ids.verificationId! },
    } as never);
    assert.ok(asked.accepted, JSON.stringify(asked));
    const handed = await hold.as('op-1').submitDocuments(id, {
      submittedBy: 'op-1',
      documents: [{ type: 'PROOF_OF_ADDRESS', content: PDF, fileName: 'bill.pdf', mimeType: 'application/pdf' }],
    });
    assert.ok(handed.accepted, JSON.stringify(handed));
    await lane.until(id, 'round 2', (status) => status.review.stage === 'inReview' && status.review.round === 2);
    const before = (await lane.client.caseView(id)).evidence;
    await attacker.terminate(id);
    assert.equal((await resume(id)).documents, 1);
    await inReview(id);
    const after = await lane.client.caseView(id);
    assert.deepEqual(after.evidence, before);
    assert.ok(after.submitters.includes('op-1'));
    await assert.rejects(approveAs(hold.as('op-1'), id, 'op-1'));
    await approveAs(hold.as('op-2'), id, 'op-2');
    assert.equal((await lane.closed(id)).result, 'active');
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
  });

  test('goes on with what FinHub has approved', async () => {
    const { lane, attacker } = hold;
    const id = await lane.toReview(await anIndividual());
    await lane.finhub.inject({ method: 'POST', path: CONSENT, kind: 'refuse-503', times: 1000 });
    await approveAs(hold.as('op-1'), id, 'op-1');
    await eventually('approved', async () => (await verdictOf(hold, id)) === 'APPROVED');
    await attacker.terminate(id);
    await lane.finhub.clearFaults();
    await resume(id);
    assert.equal((await lane.closed(id)).result, 'active');
    const approvals = (await lane.finhub.requests(`POST ${APPROVE}`)).filter(({ url }) => url.includes(id));
    assert.ok(approvals.length <= 1);
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
  });

  test('of a transfer is paid once, whatever the earlier run has done', async () => {
    const { lane, attacker } = hold;
    const donor = await lane.toReview(await anIndividual());
    await approveAs(hold.as('op-1'), donor, 'op-1');
    await lane.closed(donor);
    const { ids } = await lane.client.caseView(donor);
    for (const [name, fault] of [
      ['executed', { kind: 'drop', times: 1 }],
      ['not executed', { kind: 'refuse-503', times: 1000 }],
    ] as const) {
      await lane.finhub.inject({ ...EXECUTE, ...fault });
      const order = aTransfer(ids, `ended-${fault.kind}`);
      const { workflowId } = await lane.client.startTransfer(order);
      await eventually(`tried: ${name}`, async () =>
        (await lane.finhub.injected()).some(({ kind }) => kind === fault.kind),
      );
      await attacker.terminate(workflowId);
      await lane.finhub.clearFaults();
      await resume(workflowId);
      assert.equal((await lane.closed(workflowId)).result, 'completed', name);
      assert.equal(await paidUnder(hold, order.reference), 1, name);
      await assert.rejects(resume(workflowId), refused(/it ended normally \(completed\)/));
    }
    assert.ok(await lane.finhub.isBalanced());
  });

  test('by a foreign worker, with a result that nobody of ours made, is told as ended, and goes on', async () => {
    const { lane, attacker } = hold;
    for (const made of [[plain({ result: 'active', at: '2026-01-01T00:00:00.000Z' })], 'copied'] as const) {
      const id = await lane.toReview(await anIndividual());
      const payloads = made === 'copied' ? await attacker.input(id) : [...made];
      await hold.withoutWorker();
      await lane.temporal.workflow.getHandle(id).signal('note', {});
      const watch = deep();
      await watch.look();
      assert.equal(await attacker.completeNext(payloads), id);
      assert.equal((await listed(id, () => watch.look())).stopped.how, 'completed by somebody else');
      await hold.restart();
      assert.equal((await lane.client.status(id)).status, 'aborted');
      await assert.rejects(lane.client.caseView(id), /was completed by somebody else at .* resume/);
      await resume(id);
      await inReview(id);
      await approveAs(hold.as('op-1'), id, 'op-1');
      assert.equal((await lane.closed(id)).result, 'active');
      await eventually('listed no more', async () => !(await watch.look()).some(({ workflowId }) => workflowId === id));
      assert.ok(!(await deep().look()).some(({ workflowId }) => workflowId === id));
    }
  });

  test('by another workflow in its place is told as ended, and started again once that is gone', async () => {
    const { lane, attacker } = hold;
    for (const [type, queue] of [
      ['anything', 'elsewhere'],
      ['individualLifecycle', 'elsewhere'],
    ] as const) {
      const id = await lane.toReview(await anIndividual());
      await attacker.start(type, id, await attacker.input(id), queue);
      const isReplaced = async () => (await listed(id)).stopped.how === 'replaced by another workflow';
      await eventually('told as replaced', isReplaced);
      await assert.rejects(resume(id), refused(/running|terminate it first/));
      await attacker.terminate(id);
      await resume(id);
      await inReview(id);
      await eventually('listed no more', async () => !(await isListed(id)));
    }
  });

  test('of a customer is taken back to its beginning, finds at FinHub what its messages have made, and pays on', async () => {
    const { lane, attacker } = hold;
    const id = await lane.toReview(await anIndividual());
    await approveAs(hold.as('op-1'), id, 'op-1');
    await lane.closed(id);
    const { ids } = await lane.client.caseView(id);
    const customer = `customer/${id.split('/')[1]}/${ids.customerId}`;
    await assert.rejects(resume(customer), refused(/it is running/));
    const works = {
      ref: 'works',
      name: 'Paul Schmidt',
      iban: 'DE44500105175407324931',
      bic: 'INGDDEFF',
      country: 'DE',
    };
    const beneficiary = { ...works, partyType: 'INDIVIDUAL_CUSTOMER', currency: 'EUR' } as const;
    await hold.as('backend').ask(customer, 'addBeneficiary', { by: 'backend', beneficiary });
    await lane.until(customer, 'has added it', ({ customer }) =>
      customer!.requests.some(({ state }) => state === 'done'),
    );
    await attacker.start('anything', customer, await attacker.input(customer), 'elsewhere');
    await assert.rejects(resume(customer), refused(/terminate it first/));
    await attacker.terminate(customer);
    await assert.rejects(resume(customer, await anIndividual()), refused(/leave out the file/));
    await resume(customer);
    await lane.until(customer, 'has added it', ({ customer }) =>
      customer!.requests.some(({ state }) => state === 'done'),
    );
    const order = { ...aTransfer(ids, 'resumed'), beneficiaryIban: works.iban };
    const { workflowId } = await lane.client.startTransfer(order);
    assert.equal((await lane.closed(workflowId)).result, 'completed');
    // The consent before the last lives on until no order can be executed by it.
    const twice = madeTwice(await lane.finhub.ledger()).filter(
      ({ kind, live }) => kind !== 'payment-consent' || live > 2,
    );
    assert.deepEqual(twice, []);
    await eventually('listed no more', async () => !(await isListed(customer)));
  });

  test('is started with what was proved, and not with what somebody with the key ring put in its place', async () => {
    const { lane, attacker } = hold;
    const application = await anIndividual();
    const id = await lane.toReview(application);
    const other = { ...application, tenantId: id.split('/')[1], submittedBy: 'nobody', documents: [] };
    const run = await attacker.start('individualLifecycle', id, [
      forged(SLOTS.start('individualLifecycle'), { application: other }, { workflowId: id }),
    ]);
    await eventually('ended', async () => (await attacker.status(id, run)) !== RUNNING);
    await attacker.start('individualLifecycle', id, [plain({ application: other })]);
    await eventually('ended', async () => (await attacker.status(id)) !== RUNNING);
    const { takenFrom, earlierRuns } = await resume(id);
    assert.deepEqual([takenFrom, earlierRuns], ['history', 3]);
    await inReview(id);
    assert.deepEqual((await lane.client.caseView(id)).submitters, [application.submittedBy]);
    await approveAs(hold.as('op-1'), id, 'op-1');
    assert.equal((await lane.closed(id)).result, 'active');
  });

  test('that was corrected takes the application as it should be, from a file', async () => {
    const { lane, attacker } = hold;
    const application = await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } });
    const id = await lane.start(application);
    await lane.until(id, 'attention', ({ status }) => status === 'needsAttention');
    const { categorization } = await anIndividual();
    await attacker.terminate(id);
    await assert.rejects(resume(id, { ...application, categorization }), ApplicationConflict);
    await resume(id, application);
    await lane.until(id, 'attention', ({ status }) => status === 'needsAttention');
    const answer = await hold.as('op-1').correctApplication(id, { correctedBy: 'op-1', patch: { categorization } });
    assert.ok(answer.accepted, JSON.stringify(answer));
    await inReview(id);
    await attacker.terminate(id);
    await assert.rejects(resume(id), refused(/was corrected/));
    await assert.rejects(resume(id, await anIndividual()), /is for individual/);
    await resume(id, { ...application, categorization });
    await inReview(id);
    assert.ok((await lane.client.caseView(id)).submitters.includes('op-1'));
    await approveAs(hold.as('op-2'), id, 'op-2');
    assert.equal((await lane.closed(id)).result, 'active');
  });

  test('is not started where it runs, has come to its own end, or nothing proves what it was', async () => {
    const { lane, attacker } = hold;
    const id = await lane.toReview(await anIndividual());
    await assert.rejects(resume(id), refused(/it is running/));
    await lane.client.cancel(id, { by: 'backend', reason: 'withdrawn' });
    await lane.closed(id);
    await assert.rejects(resume(id), refused(/it ended normally \(cancelled\)/));
    const run = await attacker.start('individualLifecycle', id, await attacker.input(id));
    await attacker.terminate(id);
    assert.notEqual(await attacker.status(id, run), RUNNING);
    await assert.rejects(resume(id), refused(/it ended normally \(cancelled\)/));

    const application = await anIndividual();
    const { workflowId } = await hold.unsigned.startIndividual(application, { folder: EXAMPLES });
    await lane.closed(workflowId);
    await assert.rejects(resume(workflowId), refused(/no readable and proved start of it/));
    assert.equal((await resume(workflowId, application)).takenFrom, 'file');
    await inReview(workflowId);
    await lane.client.cancel(workflowId, { by: 'backend', reason: 'done' });
    await assert.rejects(resume('call/x/y'), refused(/ask for a call by hand again/));
  });
});
