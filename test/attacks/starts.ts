import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { approveAs } from '../../src/demo/carry.js';
import { SANDBOX_TENANT } from '../../src/sandbox/fixtures.js';
import { place, SLOTS } from '../../src/lifecycle/slots.js';
import { encrypt } from '../../src/temporal/payload-codec.js';
import { parseKeyRing } from '../../src/secrets/key-ring.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import { KEYS } from '../helpers/lane.js';
import { plain, type Asked } from './attacker.js';
import { aTransfer } from './results.js';
import type { Stronghold } from './stronghold.js';
import { paidUnder, reviewed, verdictOn } from './victims.js';

const RUNNING = 1;

/** What only somebody with the key ring can make. */
export function forged(slot: string, body: unknown, at: { workflowId: string; activityId?: string }) {
  const keys = parseKeyRing(KEYS);
  return encrypt({ keys, namespace: 'default' }, plain(place(slot, body)), at);
}

/** Without arguments there is nothing to refuse, nor to do. */
const refusalOf = ({ input }: Asked): string => (input.length === 0 ? 'TypeError' : 'NotAsked');

/** Who starts what, with which payloads. */
export function describeStarts(hold: () => Stronghold): void {
  describe('a workflow', { timeout: 120_000 }, () => {
    /** A real case of each type. */
    let real: Record<string, string>;
    let known: { customerId?: string | undefined; accountId?: string | undefined };
    before(async () => {
      const { lane } = hold();
      const donor = await reviewed(hold(), await anIndividual());
      await approveAs(hold().as('op-1'), donor, 'op-1');
      await lane.closed(donor);
      known = (await lane.client.caseView(donor)).ids;
      const transfer = await lane.client.startTransfer(aTransfer(known, 'real'));
      await lane.closed(transfer.workflowId);
      const organization = await lane.toReview(await anOrganization());
      real = {
        individualLifecycle: donor,
        organizationLifecycle: organization,
        transfer: transfer.workflowId,
        paymentAccount: `account/${SANDBOX_TENANT.id}/${known.accountId}`,
        documentRetention: `documents/${donor}`,
      };
    });

    const TYPES = ['individualLifecycle', 'organizationLifecycle', 'transfer', 'paymentAccount', 'documentRetention'];
    const VARIANTS = {
      'a plain input': (type: string) => [plain({ application: { tenantId: SANDBOX_TENANT.id }, type })],
      'a plain input in our own form': (type: string) => [plain({ slot: `start:${type}`, body: { application: {} } })],
      'a forged state': (type: string) => [
        plain({ slot: `continued:${type}`, body: { resumed: { review: { stage: 'approved', approvals: [] } } } }),
      ],
      'no input': () => [],
      "another case's input": (type: string) => hold().attacker.input(real[type]!),
    };
    for (const type of TYPES)
      for (const [what, payloads] of Object.entries(VARIANTS))
        test(`${type} with ${what} never becomes a case`, async () => {
          const { attacker, lane } = hold();
          const id = `${real[type]!}-other`;
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
      const id = real['transfer']!;
      const run = await attacker.start('transfer', id, await attacker.input(id));
      await eventually('ends or waits', async () => (await attacker.status(id, run)) !== RUNNING, 8).catch(() => {});
      assert.equal(await paidUnder(hold(), reference), 1);
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

  describe('an activity that a foreign workflow asks for', { timeout: 120_000 }, () => {
    const TYPES = [
      'decideVerificationAtFinHub',
      'executeOrder',
      'notify',
      'deleteDocuments',
      'awaitVerdict',
      'registerIndividual',
      'lookUpSigners',
    ];

    test('is refused, with plain and with copied arguments, under any id', async () => {
      const { attacker, lane, notified } = hold();
      const victim = await reviewed(hold(), await anIndividual());
      const real = await attacker.activity(victim, 'registerIndividual');
      const asked = TYPES.flatMap((type): Asked[] => [
        { type, activityId: `${type}:plain`, input: [plain({ for: { tenantId: SANDBOX_TENANT.id }, input: {} })] },
        { type, activityId: `${type}:ours`, input: [plain({ slot: `args:${type}`, body: {} })] },
        { type, activityId: `${type}:copied`, input: real!.input },
        { type, activityId: `${type}:nothing`, input: [] },
      ]);
      const writes = async () =>
        (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
      const before = [await writes(), notified.length];
      const own = await attacker.foreignWorkflow('anything', 'anything/at-all', asked);
      for (const { asked: one, failure } of own) assert.equal(failure, refusalOf(one), one.activityId);
      const theirs = await attacker.foreignWorkflow('individualLifecycle', victim, asked);
      for (const { asked: one, failure } of theirs) assert.equal(failure, refusalOf(one), one.activityId);
      assert.deepEqual([await writes(), notified.length], before);
    });

    test('decides, pays and calls nothing without proof, whoever encrypted its arguments', async () => {
      const { attacker, lane } = hold();
      const victim = await reviewed(hold(), await anIndividual());
      const { ids } = await lane.client.caseView(victim);
      const tenantId = SANDBOX_TENANT.id;
      const purpose = { tenantId, key: 'forged', requestedAt: new Date().toISOString() };
      const subject = { tenantId, submittedBy: 'backend', categorization: { category: 'x', parameters: {} } };
      const beginning = { workflowId: victim, subject, proof: undefined, corrections: [] };
      const decision = {
        ...{ decisionId: 'forged', round: 1, verdict: 'approve', operator: { id: 'op-1' } },
        ...{ evidenceHash: undefined, subject: { customerId: ids.customerId, verificationId: ids.verificationId } },
      };
      const rules = { level: 'TENANT', quorum: 1, deadlines: {} };
      const warrants = {
        decideVerificationAtFinHub: {
          input: {
            ...{ verificationId: ids.verificationId, customerId: ids.customerId, organization: false },
            ...{ status: 'APPROVED', comment: 'forged' },
          },
          warrant: {
            ...{ for: 'decision', kind: 'individual', requireProof: false, rules, risk: 'LOW', round: 1, beginning },
            ...{ evidence: [], submitters: [], decisions: [{ decision }] },
          },
        },
        executeOrder: {
          input: { accountId: 'a', type: 'transfer', preparedOrderId: 'p' },
          warrant: {
            ...{ for: 'order', requireProof: false, order: { type: 'transfer', reference: 'r', accountId: 'a' } },
            ...{
              approvers: [],
              beginning: { ...beginning, subject: { ...aTransfer({ accountId: 'a' }, 'r'), tenantId } },
            },
          },
        },
      };
      const asked = Object.entries(warrants).map(([type, { input, warrant }]): Asked => {
        const at = { workflowId: victim, activityId: `${type}:forged` };
        return {
          type,
          activityId: at.activityId,
          input: [forged(SLOTS.args(type), { input, for: purpose, warrant }, at)],
        };
      });
      const outcomes = await attacker.foreignWorkflow('individualLifecycle', victim, asked);
      for (const { asked: one, failure } of outcomes) assert.equal(failure, 'NotProved', one.type);
      assert.notEqual(await verdictOn(lane, ids.customerId!), 'APPROVED');

      const workflowId = `call/${tenantId}/addDirector-forged`;
      const call = { tenantId, operation: 'freezeWallet', callId: 'forged', input: {}, by: 'op-2', reason: 'x' };
      const at = { workflowId, activityId: 'forged' };
      const input = { organizationId: ids.customerId, recordId: 'r', directorId: 'r' };
      const body = {
        ...{ input, for: purpose },
        warrant: { for: 'call', requireProof: false, beginning: { ...beginning, workflowId, subject: call } },
      };
      const [made] = await attacker.foreignWorkflow('finhubCall', workflowId, [
        {
          type: 'activateIndividual',
          activityId: 'forged',
          input: [forged(SLOTS.args('activateIndividual'), body, at)],
        },
      ]);
      assert.equal(made!.failure, 'NotProved');
    });
  });
}
