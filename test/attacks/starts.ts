import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { planCall } from '../../src/client/hand-call.js';
import { startCall } from '../../src/client/start-call.js';
import { approveAs } from '../../dev/demo/carry.js';
import {
  webhookInboxId,
  type DOCUMENT_RETENTION,
  type WEBHOOK_INBOX,
  type WORKFLOW_TYPES,
} from '../../src/lifecycle/ids.js';
import { SLOTS } from '../../src/lifecycle/slots.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import * as workflows from '../../src/workflows/index.js';
import { isTurnedAway } from '../helpers/audit.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import { plain } from './attacker.js';
import { forged } from './forged.js';
import { send } from './messages.js';
import { aTransfer, type Known } from './results.js';
import type { SignerId, Stronghold } from './stronghold.js';
import { DECIDE, paidUnder, reviewed, startAgain, verdictOn } from './victims.js';

const RUNNING = 1;

type WorkflowType =
  (typeof WORKFLOW_TYPES)[keyof typeof WORKFLOW_TYPES] | typeof DOCUMENT_RETENTION | typeof WEBHOOK_INBOX;

/** Who starts what, with which payloads. */
export function describeStarts(hold: () => Stronghold): void {
  describe('a workflow', { timeout: 1_200_000 }, () => {
    /** A real case of each type. */
    let real: Record<WorkflowType, string>;
    let known: Known & { iban?: string | undefined };
    before(async () => {
      const { lane } = hold();
      const donor = await reviewed(hold(), await anIndividual());
      await approveAs(hold().as('op-1'), donor, 'op-1');
      await lane.closed(donor);
      ({ finhub: known } = await lane.client.caseView(donor));
      const transfer = await lane.client.startTransfer(aTransfer(known, 'real'));
      await lane.closed(transfer.workflowId);
      const organization = await lane.toReview(await anOrganization());
      real = {
        individualLifecycle: donor,
        organizationLifecycle: organization,
        transfer: transfer.workflowId,
        customer: `customer/${SANDBOX_TENANT.id}/${known.customerId}`,
        documentRetention: `documents/${await aCancelledCase()}`,
        finhubCall: await aCall(),
        webhookInbox: await anInbox(),
      };
    });

    /** A call by hand that was made, of a sort that nothing shows at FinHub afterwards. */
    async function aCall(): Promise<string> {
      const { lane, signing } = hold();
      const { temporal, keys, store } = lane;
      const source = { name: 'Own Money', iban: 'LT717300010123456789' };
      const order = { type: 'topup', reference: 'by-hand', description: 'by hand', amount: EURO, counterparty: source };
      const input = { accountId: known.accountId!, iban: known.iban, ...order };
      const request = { operation: 'prepareOrder', input, by: 'op-2', reason: 'to see' } as const;
      const planned = await planCall({ keys, tenantId: SANDBOX_TENANT.id }, request);
      const { workflowId } = await startCall({ temporal, store, signing: signing['op-2'] }, planned);
      assert.equal((await lane.closed(workflowId)).result, 'completed');
      return workflowId;
    }

    /** It has taken a webhook. */
    async function anInbox(): Promise<string> {
      const { client } = hold().lane;
      const hint = { eventId: 'evt-1', type: 'customer.updated', ids: ['nobody'], at: new Date().toISOString() };
      await client.takeWebhook(SANDBOX_TENANT.id, hint);
      return webhookInboxId(SANDBOX_TENANT.id);
    }

    /** Its documents are kept for a time. */
    async function aCancelledCase(): Promise<string> {
      const { lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      await lane.client.cancel(id, { by: 'backend', reason: 'withdrawn' });
      await lane.closed(id);
      return id;
    }

    test('of each type that workers have is attacked here', () => {
      assert.deepEqual(Object.keys(workflows).sort(), Object.keys(real).sort());
    });

    const TYPES = Object.keys(workflows) as WorkflowType[];
    const VARIANTS = {
      'a plain input': (type: WorkflowType) => [plain({ application: { tenantId: SANDBOX_TENANT.id }, type })],
      'a plain input in our own form': (type: WorkflowType) => [
        plain({ slot: `start:${type}`, body: { application: {} } }),
      ],
      'a forged state': (type: WorkflowType) => [
        plain({ slot: `continued:${type}`, body: { resumed: { review: { stage: 'approved', approvals: [] } } } }),
      ],
      'no input': () => [],
      "another case's input": (type: WorkflowType) => hold().attacker.input(real[type]),
    };
    for (const type of TYPES)
      for (const [what, payloads] of Object.entries(VARIANTS))
        test(`${type} with ${what} never becomes a case`, async () => {
          const { attacker, lane } = hold();
          const id = `${real[type]}-other`;
          const before = (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
          const run = await attacker.start(type, id, await payloads(type));
          const failure = await eventually('refused', () => attacker.failure(id, run));
          assert.equal(failure, 'StartUnreadable');
          const after = (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
          assert.equal(after, before);
        });

    test('of another type than its id says never becomes a case, whoever encrypted its input', async () => {
      const { attacker, lane } = hold();
      const { application } = JSON.parse(JSON.stringify({ application: await anIndividual() })) as {
        application: object;
      };
      const input = { application: { ...application, tenantId: SANDBOX_TENANT.id, documents: [] } };
      const places: [type: string, id: string, input: object][] = [
        ['individualLifecycle', `individual/${SANDBOX_TENANT.id}/somebody-else`, input],
        ['individualLifecycle', 'anything', input],
        [
          'individualLifecycle',
          `individual/${SANDBOX_TENANT.id}/${(application as { applicationId: string }).applicationId}`,
          { ...input, resumed: { kind: 'individual', application: input.application } },
        ],
        ['individualLifecycle', 'individual/null', null as never],
        ['transfer', 'transfer/of-text', { application: 'x' }],
        ['transfer', 'transfer/another', { application: { ...aTransfer(known, 'x'), tenantId: SANDBOX_TENANT.id } }],
      ];
      for (const [type, workflowId, body] of places) {
        const run = await attacker.start(type, workflowId, [forged(SLOTS.start(type), body, { workflowId })]);
        assert.equal(await eventually('refused', () => attacker.failure(workflowId, run)), 'NotItsPlace', workflowId);
      }
      assert.ok(lane);
    });

    test('of a transfer that has ended pays nothing when it is started again', async () => {
      const { attacker } = hold();
      const { reference } = aTransfer(known, 'real');
      assert.equal(await paidUnder(hold(), reference), 1);
      const id = real.transfer;
      const run = await attacker.start('transfer', id, await attacker.input(id));
      await eventually('ends or waits', async () => (await attacker.status(id, run)) !== RUNNING, 8).catch(() => {});
      assert.equal(await paidUnder(hold(), reference), 1);
    });

    const DECIDED: [type: WorkflowType, operator: SignerId][] = [
      ['individualLifecycle', 'op-1'],
      ['organizationLifecycle', 'op-2'],
    ];
    for (const [type, operator] of DECIDED)
      test(`${type} that is ended and started again takes no decision of its first life`, async () => {
        const { attacker, lane } = hold();
        const isPerson = type === 'individualLifecycle';
        const id = await reviewed(hold(), isPerson ? await anIndividual() : await anOrganization(RISKY));
        const { evidenceHash, ids } = await lane.client.caseView(id);
        // It counts, and FinHub is not told.
        await lane.finhub.inject({ ...DECIDE, kind: 'refuse-503', times: 1000 });
        try {
          const { customerId, verificationId } = ids;
          const body = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: operator }, evidenceHash };
          const subject = { customerId, verificationId };
          await send(hold(), id, 'decideVerification', { by: operator, body: { ...body, subject } });
          await eventually('it counts', async () => {
            const { review, decision } = await lane.client.caseView(id);
            return review.stage === 'approved' || decision?.approvals.length === 1;
          });
          const copy = await attacker.sent(id, 'decideVerification');
          await startAgain(hold(), id);
          await attacker.signal(id, 'decideVerification', copy);
          await eventually('recorded', async () =>
            (await lane.client.audit(id)).some(isTurnedAway('decideVerification', 'ProofInvalid')),
          );
        } finally {
          await lane.finhub.clearFaults();
        }
        const { review } = await lane.client.caseView(id);
        assert.notEqual(review.stage, 'approved');
        assert.notEqual(await verdictOn(lane, ids.customerId!), 'APPROVED');
        await attacker.terminate(id);
      });

    test('of a call by hand that has ended calls nothing when it is started again', async () => {
      const { attacker, lane } = hold();
      const id = real.finhubCall;
      const writes = async () =>
        (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
      const before = await writes();
      await attacker.start('finhubCall', id, await attacker.input(id));
      const { result, reason = '' } = await lane.closed(id);
      assert.equal(result, 'failed');
      assert.match(reason, /NotProved/);
      assert.equal(await writes(), before);
    });

    for (const type of ['customer', 'documentRetention'] as const)
      test(`of type ${type} is not started with what its parent gave it`, async () => {
        const { attacker } = hold();
        const id = real[type];
        const run = await attacker.start(type, id, await attacker.input(id));
        assert.equal(await eventually('refused', () => attacker.failure(id, run)), 'StartUnreadable');
      });

    test('that is continued by somebody else from an earlier life goes nowhere', async () => {
      const { attacker, lane } = hold();
      await lane.restart({ env: { ...hold().env, MAX_HISTORY_EVENTS: '50' } });
      const id = await reviewed(hold(), await anIndividual());
      const continued = await eventually('moves to a new run', async () => {
        const [first] = await attacker.history(id);
        const started = first!.workflowExecutionStartedEventAttributes!;
        return started.continuedExecutionRunId ? started.input!.payloads! : undefined;
      });
      await attacker.terminate(id);
      await attacker.continueAs('individualLifecycle', id, continued);
      const failure = await eventually('refused', async () => {
        const last = (await attacker.history(id)).at(-1)!;
        return last.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type ?? undefined;
      });
      assert.equal(failure, 'NotItsPlace');
      await hold().restart();
    });
  });
}

const EURO = { value: '1.00', currency: 'EUR' };

/** Two people decide on it. */
const RISKY = { categorization: { parameters: { riskLevel: 'HIGH' } } };
