import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { before, describe, test } from 'node:test';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { FAILURES } from '../../src/lifecycle/failures.js';
import { SLOTS } from '../../src/lifecycle/slots.js';
import { makeBundle } from '../../src/worker/make-bundle.js';
import { encrypted } from '../helpers/lane.js';
import { ACTIVITY_NAMES, LOOK_UPS } from './activities.js';
import { plain, plainFailure, type Taken } from './attacker.js';
import type { CameTo } from './every-activity.js';
import { forged } from './forged.js';
import type { Stronghold } from './stronghold.js';

type End = Parameters<Stronghold['attacker']['end']>[1];

/** What somebody answers who took the activity in a worker's place, and has no key. Temporal itself takes no cancellation that nobody asked for. */
const ANSWERS: Record<string, (taken: Taken, workflowId: string) => End> = {
  'a plain result': () => ({ result: [plain('APPROVED')] }),
  'a plain result in our own form': ({ type }) => ({ result: [plain({ slot: SLOTS.result(type), body: 'APPROVED' })] }),
  'its own arguments': ({ input }) => ({ result: input }),
  "the same activity's result in another case": ({ type, activityId }) => ({
    result: [forged(SLOTS.result(type), 'copied', { workflowId: 'individual/t/other', activityId })],
  }),
  'its result in an earlier run of the same id': ({ type, activityId }, workflowId) => ({
    result: [forged(SLOTS.result(type), 'copied', { workflowId, activityId: ofAnotherRun(activityId) })],
  }),
  "another activity's result": ({ activityId }, workflowId) => ({
    result: [forged(SLOTS.result('another'), 'copied', { workflowId, activityId })],
  }),
  'a failure': () => ({ failure: plainFailure(FAILURES.notFound) }),
  'a failure in our own form': ({ type }) => ({
    failure: {
      message: 'forged',
      applicationFailureInfo: {
        ...{ type: FAILURES.notFound, nonRetryable: true },
        details: { payloads: [plain({ slot: SLOTS.failure(type), body: { type: FAILURES.notFound } })] },
      },
    },
  }),
};

/** Activities are named by type, run and number. */
const ofAnotherRun = (activityId: string): string => activityId.replace(/:[^:]+:/, `:${randomUUID().slice(0, 18)}:`);

/** Every activity that there is, answered by somebody else. */
export function describeAnswers(hold: () => Stronghold): void {
  describe('of every activity, what somebody without a key says it came to', { timeout: 1_200_000 }, () => {
    let code: string;
    before(async () => {
      code = await makeBundle(fileURLToPath(new URL('every-activity.ts', import.meta.url)));
    });

    for (const [what, answer] of Object.entries(ANSWERS))
      test(`${what}: a call counts as an unclear try, a look-up is made again`, async () => {
        const { attacker } = hold();
        const taskQueue = `answers-${randomUUID()}`;
        await withWorkflows(hold(), taskQueue, code, async (temporal) => {
          const asked = Object.fromEntries(ACTIVITY_NAMES.map((name) => [name, LOOK_UPS.has(name) ? {} : { for: {} }]));
          const workflowId = `answers/${randomUUID()}`;
          const handle = await temporal.workflow.start('askForAll', { workflowId, taskQueue, args: [asked] });
          const taken = await attacker.takeActivities(taskQueue, ACTIVITY_NAMES.length);
          assert.deepEqual(taken.map(({ type }) => type).sort(), [...ACTIVITY_NAMES].sort());
          for (const one of taken) await attacker.end(one, answer(one, workflowId));
          // Asked again, they get what only a worker can make.
          for (const one of await attacker.takeActivities(taskQueue, LOOK_UPS.size)) {
            assert.ok(LOOK_UPS.has(one.type), one.type);
            const at = { workflowId, activityId: one.activityId };
            await attacker.end(one, { result: [forged(SLOTS.result(one.type), 'true', at)] });
          }
          const came = (await handle.result()) as Record<string, CameTo>;
          const expected = (name: string): CameTo =>
            LOOK_UPS.has(name) ? { result: 'true' } : { failure: { type: FAILURES.unreachable, unclear: true } };
          assert.deepEqual(came, Object.fromEntries(ACTIVITY_NAMES.map((name) => [name, expected(name)])));
        });
      });
  });
}

/** Workflows with our interceptors, on a queue of their own whose activities nobody of ours takes. */
async function withWorkflows(
  { lane, connection }: Stronghold,
  taskQueue: string,
  code: string,
  work: (temporal: Client) => Promise<void>,
): Promise<void> {
  const { namespace } = lane.temporal.options;
  const dataConverter = encrypted(namespace, { encryptedOnly: true });
  const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle: { code }, dataConverter });
  await worker.runUntil(work(lane.temporal));
}
