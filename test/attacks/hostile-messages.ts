import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AuditEntry } from '../../src/client/index.js';
import { proofOfMessage } from '../../src/client/signing.js';
import { MESSAGES } from '../../src/lifecycle/messages.js';
import { anIndividual } from '../helpers/applications.js';
import { isTurnedAway } from '../helpers/audit.js';
import { eventually } from '../helpers/eventually.js';
import { plain } from './attacker.js';
import { send } from './messages.js';
import type { Stronghold } from './stronghold.js';
import { goesOn, reviewed } from './victims.js';

/** Messages that would stop a case by their number or by what they hold. */
export function describeHostileMessages(hold: () => Stronghold): void {
  describe('a message', { timeout: 1_200_000 }, () => {
    test('is taken by the case that it was sent to, and in its order, when many come at once', async () => {
      const { attacker, lane } = hold();
      const ids = await Promise.all([1, 2].map(async () => reviewed(hold(), await anIndividual())));
      await hold().withoutWorker();
      // Of one that has not begun, they come before it takes any.
      ids.push(await lane.start(await anIndividual()));
      for (const id of ids) {
        const note = async (text: string) => ({
          ...{ by: 'op-1', text },
          proof: await proofOfMessage(hold().signing['op-1'], lane.temporal, id, 'note', { by: 'op-1', text }),
        });
        const handle = lane.temporal.workflow.getHandle(id);
        await handle.signal('note', await note(`first of ${id}`));
        for (const name of MESSAGES) await attacker.signal(id, name, [plain({ by: 'op-1' })]);
        for (const name of ['approve', '__proto__']) await attacker.signal(id, name, [plain({})]);
        await handle.signal('note', await note(`second of ${id}`));
      }
      await hold().restart();
      for (const id of ids) {
        const { notes } = await eventually('both notes are taken', async () => {
          const view = await lane.client.caseView(id);
          return view.notes.length === 2 && view;
        });
        assert.deepEqual(
          notes.map(({ text }) => text),
          [`first of ${id}`, `second of ${id}`],
        );
        const audit = await lane.client.audit(id);
        for (const name of MESSAGES) assert.equal(audit.filter(isTurnedAway(name, 'Unreadable')).length, 1, name);
        assert.equal(audit.filter(({ event }) => event === 'unknownMessage').length, 2);
        await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
        await goesOn(hold(), id);
      }
    });

    const isCorrection = (entry: AuditEntry): boolean =>
      entry.event === 'correctApplication' || isTurnedAway('correctApplication', 'Malformed')(entry);

    const PATCHES: object[] = [
      ...['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'].flatMap((name) => [
        own(name, { polluted: true }),
        own(name, 'polluted'),
        { payments: own(name, { polluted: true }) },
        { person: own(name, 'polluted') },
        { payments: { transfer: own(name, 1) } },
      ]),
      { payments: { beneficiaries: [null] } },
      { payments: { beneficiaries: [null, null] } },
      { payments: { beneficiaries: [[]] } },
      { payments: { beneficiaries: [{}] } },
      { payments: { beneficiaries: ['one'] } },
      { payments: { beneficiaries: {} } },
      { payments: { transfer: [] } },
      { payments: { transfer: { amount: null } } },
      { payments: { consent: null } },
      { payments: null },
      { documents: null },
      { payments: { consent: 'one', transfer: 'one' } },
      { payments: { consent: { perTransaction: null } } },
      { payments: { transfer: { beneficiary: null } } },
      { payments: nested(1500) },
      { directors: [null] },
      { tenantId: 'another' },
    ];

    const APPLICANTS = { 'asks for payments': {}, 'asks for few': { payments: { consent: null, transfer: null } } };
    for (const [what, application] of Object.entries(APPLICANTS))
      test(`with a hostile correction never stops a case that ${what}`, async () => {
        const { lane } = hold();
        const id = await reviewed(hold(), await anIndividual(application));
        for (const patch of PATCHES)
          await send(hold(), id, 'correctApplication', { body: { correctedBy: 'backend', patch } });
        await eventually('all are answered', async () => {
          const audit = await lane.client.audit(id);
          return audit.filter(isCorrection).length >= PATCHES.length;
        }).catch(async (error: unknown) => {
          const audit = await lane.client.audit(id);
          throw new Error(JSON.stringify(audit.map(({ event, text }) => `${event} ${text}`)), { cause: error });
        });
        assert.equal(({} as { polluted?: unknown }).polluted, undefined);
        const { status } = await lane.temporal.workflow.getHandle(id).describe();
        assert.equal(status.name, 'RUNNING');
        await hold()
          .as('op-2')
          .decide(id, await approvalOf(hold(), id));
        await eventually('decided', async () => {
          const { review } = await lane.client.caseView(id);
          return review.stage !== 'inReview';
        });
        await lane.client.cancel(id, { by: 'backend', reason: 'done' });
        await lane.closed(id);
      });
  });
}

/** A property of its own under any name. */
function own(name: string, value: unknown): object {
  return JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`) as object;
}

/** Objects within each other. */
function nested(levels: number): object {
  let inner: object = {};
  for (let level = 0; level < levels; level += 1) inner = { a: inner };
  return inner;
}

async function approvalOf({ lane }: Stronghold, id: string) {
  const { evidenceHash, ids, review } = await lane.client.caseView(id);
  return {
    ...{ decisionId: randomUUID(), round: review.round, verdict: 'approve' as const, operator: { id: 'op-2' } },
    ...{ evidenceHash, subject: { customerId: ids.customerId!, verificationId: ids.verificationId! } },
  };
}
