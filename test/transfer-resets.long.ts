import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Client } from '@temporalio/client';
import type { CurrentStatus, LifecycleStatus } from '../src/client/index.js';
import type { Child } from '../dev/embedded/child-process.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { customerCaseId, transferId } from '../src/lifecycle/ids.js';
import type { Customer } from '../src/lifecycle/customer.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { eventually } from './helpers/eventually.js';
import { FinHub } from './helpers/finhub.js';
import { EXTERNAL, openAccount, type Payer } from './money/accounts.js';

const namespace = 'default';
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/execute' };

let stack: Stack;
let finhub: FinHub;
let temporal: Client;
let payer: Payer;
/** The one that is up now. */
let worker: Child;
before(async () => {
  stack = await startStack({
    sandboxArgs: ['--activation-delay', '1', '--settlement-delay', '50', '--log-level', 'fatal'],
    workerEnv: { FINHUB_TIMEOUT_MS: '1000', FINHUB_VERDICT_POLL_SECONDS: '1' },
  });
  ({ worker } = stack);
  finhub = new FinHub(stack.sandboxUrl);
  ({ temporal } = stack.client);
  payer = await openAccount(stack, finhub, EXTERNAL);
});
after(async () => {
  await stack?.stop();
});

test('a transfer that is reset after it has paid finds what it paid', async () => {
  const id = await pay('reset-paid', '600.00');
  const { outcome } = await ended(id);
  for (const before of ['readPaymentFacts', 'prepareOrder'] as const) {
    // Of the 1000.00 too little is left for a second time, which must not pass for an obstacle.
    await reset(id, before);
    const again = await ended(id);
    assert.deepEqual([again.status, again.outcome?.orderId], ['completed', outcome?.orderId], `reset to ${before}`);
    assert.deepEqual(await books('reset-paid'), { prepared: 1, paid: 1 });
  }
  const audit = await stack.client.audit(id);
  assert.ok(
    audit.some(({ event, data }) => event === 'adopted' && /an earlier run started to execute it/.test(data.proof)),
  );
});

test('a transfer that is reset while it is being paid follows that order', async () => {
  await finhub.inject({ ...EXECUTE, kind: 'late-effect', delayMs: 700 });
  const id = await pay('reset-early', '10.00');
  await eventually('it executes', async () => (await scheduled(id, 'executeOrder')) !== undefined);
  await reset(id, 'prepareOrder');
  assert.equal((await ended(id)).status, 'completed');
  assert.deepEqual(await books('reset-early'), { prepared: 1, paid: 1 });
});

test('a lifecycle goes on without a transfer that somebody ended in Temporal', async () => {
  const reference = 'ended-in-temporal';
  const transfer = transferId(SANDBOX_TENANT.id, reference);
  const ending = eventually(
    'the transfer lacks money',
    async () => (await stack.client.caseView(transfer).catch(() => undefined))?.attention?.failure,
    60,
  ).then((failure) => {
    assert.equal(failure, 'InsufficientFunds');
    return temporal.workflow.getHandle(transfer).terminate();
  });
  const amount = { value: '1000.01', currency: 'EUR' };
  const [{ lifecycle }] = await Promise.all([openAccount(stack, finhub, EXTERNAL, { reference, amount }), ending]);
  const { outcome, transfer: shown } = await stack.client
    .wait(lifecycle, 'done')
    .then(({ status }) => status as LifecycleStatus);
  assert.deepEqual([outcome?.result, shown?.state], ['active', 'aborted']);
});

test('where the run before a reset is gone, the note of its execution says whether it has paid', async () => {
  const id = await payThenForget('reset-noted');
  worker = await stack.startWorker();
  assert.deepEqual([(await ended(id)).status, await books('reset-noted')], ['completed', { prepared: 1, paid: 1 }]);
  const audit = await stack.client.audit(id);
  assert.ok(!audit.some(({ event }) => event === 'needsAttention'), 'a person was asked');
});

test('where the run before a reset is gone, a person says whether it has paid', async () => {
  const id = await payThenForget('reset-blind');
  await removeNotes();
  worker = await stack.startWorker();
  const attention = await eventually(
    'it needs attention',
    async () => (await stack.client.caseView(id).catch(() => undefined))?.attention ?? undefined,
    60,
  );
  assert.deepEqual([attention.failure, attention.operation], ['FinHubUnclear', 'prepareOrder']);
  assert.deepEqual(
    attention.fieldErrors.map(({ field }) => field),
    ['balance', 'balanceBefore'],
  );
  const { attentionId } = attention;
  const adopt = { outcome: 'completed' };
  await stack.client.resolveAttention(id, { attentionId, by: 'op-1', action: 'adopt', adopt });
  assert.deepEqual([(await ended(id)).status, await books('reset-blind')], ['completed', { prepared: 1, paid: 1 }]);
});

test('a customer goes on with the payment consent that its lifecycle made anew after a reset', async () => {
  const { lifecycle, customerId } = payer;
  const customer = temporal.workflow.getHandle(customerCaseId(SANDBOX_TENANT.id, customerId));
  const consentId = async () => (await customer.query<Customer>('customer')).consent?.consentId;
  const before = await consentId();
  await reset(lifecycle, 'createPaymentConsent');
  assert.equal((await ended(lifecycle)).status, 'completed');
  await eventually('the customer has another consent', async () => (await consentId()) !== before);
  assert.equal((await ended(await pay('after-reset', '5.00'))).status, 'completed');
});

/** Pays, and has Temporal forget the run that did: the case is reset to before its order, and no worker is there yet. */
async function payThenForget(reference: string): Promise<string> {
  const id = await pay(reference, '20.00');
  await ended(id);
  const { runId } = await temporal.workflow.getHandle(id).describe();
  await worker.kill();
  await reset(id, 'prepareOrder');
  const workflowExecution = { workflowId: id, runId };
  await temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  await eventually('it is gone', () =>
    temporal.workflow
      .getHandle(id, runId)
      .describe()
      .then(
        () => false,
        () => true,
      ),
  );
  return id;
}

/** As where another store took the place of the one that had them. */
async function removeNotes(): Promise<void> {
  const folder = stack.environment['DOCUMENT_STORE']!;
  const notes = (await readdir(folder, { recursive: true })).filter((name) => name.includes('-order-'));
  assert.ok(notes.length > 0);
  for (const name of notes) await rm(join(folder, name));
}

async function pay(reference: string, value: string): Promise<string> {
  const { workflowId } = await stack.client.startTransfer({
    reference,
    customerId: payer.customerId,
    accountId: payer.accountId,
    beneficiaryIban: payer.beneficiaries[0]!,
    amount: { value, currency: 'EUR' },
    description: 'Rent',
    submittedBy: 'backoffice',
    origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
  });
  return workflowId;
}

function ended(id: string): Promise<CurrentStatus> {
  return eventually(`${id} to end`, async () => {
    const status = await stack.client.status(id);
    return status.outcome !== null && status;
  });
}

/** The last event by which the current run asked for an activity. */
async function scheduled(id: string, activity: string) {
  const { events } = await temporal.workflow.getHandle(id).fetchHistory();
  return events!.findLast((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity)
    ?.activityTaskScheduledEventAttributes;
}

/** Resets the current run to before it asked for the activity, as an operator of Temporal would. */
async function reset(workflowId: string, activity: string): Promise<void> {
  const { runId } = await temporal.workflow.getHandle(workflowId).describe();
  const { workflowTaskCompletedEventId } = (await scheduled(workflowId, activity))!;
  await temporal.workflowService.resetWorkflowExecution({
    ...{ namespace, workflowExecution: { workflowId, runId }, reason: 'test', requestId: `${runId}-${activity}` },
    workflowTaskFinishEventId: workflowTaskCompletedEventId!,
  });
}

/** How often FinHub prepared and paid a reference. */
async function books(reference: string): Promise<{ prepared: number; paid: number }> {
  const ledger = await finhub.ledger();
  const count = (kind: string, key: string) =>
    ledger.find((entry) => entry.kind === kind && entry.key === key)?.count ?? 0;
  return { prepared: count('prepared-order', `${payer.accountId}/${reference}`), paid: count('payment', reference) };
}
