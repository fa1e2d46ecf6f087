import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askedBy } from '../../src/activities/asked-by.js';
import { DOCUMENT_RETENTION, transferId, WORKFLOW_TYPES } from '../../src/lifecycle/ids.js';
import { SLOTS } from '../../src/lifecycle/slots.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { anIndividual } from '../helpers/applications.js';
import { plain, type Asked, type Payload } from './attacker.js';
import { forged } from './forged.js';
import { aTransfer } from './results.js';
import type { Stronghold } from './stronghold.js';
import { reviewed, verdictOn } from './victims.js';

/** Activities with a right or of use to somebody: for the quick tests; the long ones take all. */
export const OF_USE = [
  ...['decideVerificationAtFinHub', 'executeOrder', 'registerIndividual', 'uploadDocument', 'addDirector'],
  ...['notify', 'deleteDocuments', 'awaitVerdict', 'lookUpSigners'],
];

/** Activities of these names, asked for by somebody else. */
export const describeForeignActivities =
  (names: readonly string[]) =>
  (hold: () => Stronghold): void => {
    describe('an activity that a foreign workflow asks for', { timeout: 1_200_000 }, () => {
      const writes = async () =>
        (await hold().lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
      const ARGUMENTS = ['plain', 'ours', 'copied', 'nothing'] as const;
      const argumentsOf = (type: string, copied: Payload[]): Record<(typeof ARGUMENTS)[number], Payload[]> => ({
        plain: [plain({ for: { tenantId: SANDBOX_TENANT.id }, input: {} })],
        ours: [plain({ slot: SLOTS.args(type), body: {} })],
        copied,
        nothing: [],
      });
      /** A case, and what FinHub was asked for and our receiver was told when it was in review. */
      const aVictim = async () => {
        const id = await reviewed(hold(), await anIndividual());
        const { input } = (await hold().attacker.activity(id, 'registerIndividual'))!;
        const [asked, told] = [await writes(), hold().notified.length];
        const isAlone = async () => assert.deepEqual([await writes(), hold().notified.length], [asked, told]);
        return { id, input, isAlone };
      };

      for (const type of ['anything', 'individualLifecycle'])
        test(`of type ${type} is refused, with plain and with copied arguments`, async () => {
          const { id, input, isAlone } = await aVictim();
          const asked = names.flatMap((name) =>
            ARGUMENTS.map((what): Asked => ({
              type: name,
              activityId: `${name}:${what}`,
              input: argumentsOf(name, input)[what],
            })),
          );
          const outcomes = await hold().attacker.foreignWorkflow(type, type === 'anything' ? 'any/thing' : id, asked);
          for (const { asked: one, failure } of outcomes) assert.equal(failure, 'NotAsked', one.activityId);
          await isAlone();
        });

      test('is refused without any workflow', async () => {
        const { input, isAlone } = await aVictim();
        const one = async (name: string, what: (typeof ARGUMENTS)[number]): Promise<void> =>
          assert.equal(await hold().attacker.standalone(name, argumentsOf(name, input)[what]), 'NotAsked', name);
        for (const name of names) await Promise.all(ARGUMENTS.map((what) => one(name, what)));
        await isAlone();
      });

      const KINDS = { ...WORKFLOW_TYPES, documents: DOCUMENT_RETENTION, foreign: 'anything' };
      for (const [kind, type] of Object.entries(KINDS))
        test(`of type ${type} is refused what it has no use for, and what is another's business, whoever encrypted it`, async () => {
          const { isAlone } = await aVictim();
          const tenantId = SANDBOX_TENANT.id;
          const [workflowId, another] = [`${kind}/${tenantId}/nobody`, `${kind}/${tenantId}/somebody`];
          const own = { key: `${workflowId}/x`, id: workflowId, tenantId };
          const others = {
            // One at a time: each has a check of its own.
            call: { ...own, key: `${another}/x` },
            event: { ...own, id: another },
            tenant: { ...own, tenantId: 'another' },
          };
          const asked = names.flatMap((name) => {
            const all = askedBy(name).includes(type) ? others : { own };
            return Object.entries(all).map(([what, of]): Asked => {
              const activityId = `${name}:${what}`;
              const body = {
                ...{ for: { tenantId: of.tenantId, key: of.key }, input: {}, tenantId: of.tenantId },
                ...{ caseId: of.id, documents: [], data: { workflowId: of.id, sequence: 1 } },
              };
              return { type: name, activityId, input: [forged(SLOTS.args(name), body, { workflowId, activityId })] };
            });
          });
          const outcomes = await hold().attacker.foreignWorkflow(type, workflowId, asked);
          for (const { asked: one, failure } of outcomes) assert.equal(failure, 'NotAsked', one.activityId);
          await isAlone();
        });

      test('decides, pays and calls nothing without proof, whoever encrypted its arguments', async () => {
        const { attacker, lane } = hold();
        const victim = await reviewed(hold(), await anIndividual());
        const { ids } = await lane.client.caseView(victim);
        const tenantId = SANDBOX_TENANT.id;
        const purposeOf = (id: string) => ({ tenantId, key: `${id}/forged`, requestedAt: new Date().toISOString() });
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
              beginning: {
                ...beginning,
                subject: { ...aTransfer({ customerId: 'c', accountId: 'a' }, 'r'), tenantId },
              },
            },
          },
          noteApprovers: {
            input: { accountId: 'a' },
            warrant: { for: 'approvers', requireProof: false, beginning },
          },
        };
        const askers = {
          decideVerificationAtFinHub: ['individualLifecycle', victim],
          executeOrder: ['transfer', transferId(tenantId, 'r')],
          noteApprovers: ['individualLifecycle', victim],
        } as const;
        for (const [type, { input, warrant }] of Object.entries(warrants)) {
          const [workflowType, workflowId] = askers[type as keyof typeof askers];
          const at = { workflowId, activityId: `${type}:forged` };
          const args = forged(SLOTS.args(type), { input, for: purposeOf(workflowId), warrant }, at);
          const asked: Asked = { type, activityId: at.activityId, input: [args] };
          const [outcome] = await attacker.foreignWorkflow(workflowType, workflowId, [asked]);
          assert.equal(outcome!.failure, 'NotProved', type);
        }
        assert.notEqual(await verdictOn(lane, ids.customerId!), 'APPROVED');

        const workflowId = `call/${tenantId}/addDirector-forged`;
        const call = { tenantId, operation: 'freezeWallet', callId: 'forged', input: {}, by: 'op-2', reason: 'x' };
        const at = { workflowId, activityId: 'forged' };
        const input = { organizationId: ids.customerId, recordId: 'r', directorId: 'r' };
        const body = {
          ...{ input, for: purposeOf(workflowId) },
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
  };
