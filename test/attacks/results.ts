import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { approveAs } from '../../dev/demo/carry.js';
import { anIndividual } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import { plain, plainFailure } from './attacker.js';
import type { Stronghold } from './stronghold.js';
import { DECIDE, goesOn, paidUnder, reviewed, verdictOf } from './victims.js';

/** What somebody answers in a worker's place, to an activity that is pending. */
type Forgery = (hold: Stronghold, at: { id: string; type: string; activityId: string; donor: string }) => Promise<void>;

const completeWith =
  (body: unknown): Forgery =>
  ({ attacker }, { id, activityId }) =>
    attacker.complete(id, activityId, [plain(body)]);

/** For any activity. */
const FORGERIES: Record<string, Forgery> = {
  'its own arguments': async ({ attacker }, { id, type, activityId }) =>
    attacker.complete(id, activityId, (await attacker.activity(id, type))!.input),
  "another activity's result": async ({ attacker }, { id, activityId }) =>
    attacker.complete(id, activityId, (await attacker.activity(id, 'notify'))?.result ?? [plain(null)]),
  "the same activity's result in another case": async ({ attacker }, { id, type, activityId, donor }) => {
    const result = (await attacker.activity(donor, type))?.result;
    assert.ok(result, `${donor} has no result of ${type}`);
    await attacker.complete(id, activityId, result);
  },
  'a failure': ({ attacker }, { id, activityId }) => attacker.fail(id, activityId, plainFailure('FinHubNotFound')),
  'a failure with details': ({ attacker }, { id, activityId }) =>
    attacker.fail(id, activityId, {
      message: 'forged',
      applicationFailureInfo: {
        type: 'NotProved',
        nonRetryable: true,
        details: { payloads: [plain({ slot: 'failure:awaitVerdict', body: { type: 'FinHubNotFound' } })] },
      },
    }),
  'a cancellation': ({ attacker }, { id, activityId }) =>
    attacker.fail(id, activityId, { message: 'forged', canceledFailureInfo: {} }),
  'a time-out': ({ attacker }, { id, activityId }) =>
    attacker.fail(id, activityId, { message: 'forged', timeoutFailureInfo: { timeoutType: 1 } }),
  'a termination': ({ attacker }, { id, activityId }) =>
    attacker.fail(id, activityId, { message: 'forged', terminatedFailureInfo: {} }),
};

const VERDICTS: Record<string, Forgery> = {
  'a plain verdict': completeWith('APPROVED'),
  'a plain verdict in our own form': completeWith({ slot: 'result:awaitVerdict', body: 'APPROVED' }),
  'a plain verdict that says who encrypted it': completeWith({ slot: 'byHand', body: 'APPROVED' }),
  ...FORGERIES,
};

const REGISTER = { method: 'POST', path: '/api/v2.1/customer/individual/registration' };
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{type}/execute' };

/** What pending activities come to is the workers' to say. */
export function describeResults(hold: () => Stronghold): void {
  describe('what somebody else says an activity came to', { timeout: 1_200_000 }, () => {
    /** Was approved in FinHub's portal, has paid: its activities have results. */
    let donor: string;
    const victims: Record<string, string> = {};
    before(async () => {
      const { lane } = hold();
      const names = Object.keys(VERDICTS);
      const ids = await Promise.all(['donor', ...names].map(async () => reviewed(hold(), await anIndividual())));
      donor = ids.shift()!;
      names.forEach((name, index) => (victims[name] = ids[index]!));
      const { ids: known } = await lane.client.caseView(donor);
      await lane.finhub.decideInPortal(known.verificationId!, 'APPROVED');
      await lane.closed(donor);
    });

    const pending = (id: string, type: string): Promise<string> =>
      eventually(`${type} of ${id}`, () => hold().attacker.pending(id, type));
    /** The activity has ended, or goes on as if nothing had been said, and the case has seen to it. */
    const answered = async (id: string, activityId: string): Promise<void> => {
      const look = () =>
        hold().attacker.temporal.describeWorkflowExecution({ namespace: 'default', execution: { workflowId: id } });
      await eventually(
        `${id} takes ${activityId} up`,
        async () => {
          const { pendingActivities, pendingWorkflowTask } = await look();
          const activity = pendingActivities?.find((one) => one.activityId === activityId);
          return !pendingWorkflowTask && (!activity || (activity.attempt ?? 1) > 1);
        },
        20,
      ).catch(async (error: unknown) => {
        const failed = (await hold().attacker.history(id)).findLast((one) => one.workflowTaskFailedEventAttributes);
        const why = failed?.workflowTaskFailedEventAttributes?.failure;
        throw new Error(JSON.stringify([why, (await look()).pendingActivities]), { cause: error });
      });
    };

    for (const [what, forge] of Object.entries(VERDICTS))
      test(`awaitVerdict: ${what} decides nothing, and the case goes on`, async () => {
        const id = victims[what]!;
        const type = 'awaitVerdict';
        const activityId = await pending(id, type);
        await forge(hold(), { id, type, activityId, donor });
        await answered(id, activityId);
        await goesOn(hold(), id);
      });

    // The SDK's core takes one payload and nothing else: the task fails and is tried again, before any code of ours has a say.
    test('awaitVerdict: nothing at all stalls the case, and a reset to before that has it go on', async () => {
      const { attacker, lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      await attacker.complete(id, await pending(id, 'awaitVerdict'), []);
      await eventually('stalls', async () =>
        (await attacker.history(id)).some((event) => event.workflowTaskFailedEventAttributes),
      );
      await attacker.reset(id, 'last');
      await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
      await goesOn(hold(), id);
    });

    test('registerIndividual: nobody becomes another customer', async () => {
      const { lane, attacker } = hold();
      const names = ['plain', ...Object.keys(FORGERIES)];
      await lane.finhub.inject({ ...REGISTER, kind: 'refuse-503', times: 1000 });
      try {
        const ids = await Promise.all(names.map(async () => lane.start(await anIndividual())));
        const one = async (name: string, index: number): Promise<void> => {
          const id = ids[index]!;
          const type = 'registerIndividual';
          const activityId = await pending(id, type);
          const body = { result: { customerId: 'forged', userId: 'forged' }, provenance: { how: 'made' }, tries: 1 };
          await (FORGERIES[name] ?? completeWith(body))(hold(), { id, type, activityId, donor });
          await answered(id, activityId);
          const { ids: known, attention } = await lane.client.caseView(id);
          assert.equal(known.customerId ?? undefined, undefined, name);
          assert.doesNotMatch(attention?.failure ?? '', /FinHubNotFound|NotProved/, name);
          assert.equal(await attacker.status(id), 1, name);
          await lane.client.cancel(id, { by: 'backend', reason: 'done' });
        };
        await Promise.all(names.map(one));
      } finally {
        await lane.finhub.clearFaults();
      }
    });

    test('decideVerificationAtFinHub: no case believes that FinHub was told', async () => {
      const { lane, attacker } = hold();
      const names = ['plain', ...Object.keys(FORGERIES).filter((name) => name !== SAME)];
      const ids = await Promise.all(names.map(async () => reviewed(hold(), await anIndividual())));
      await lane.finhub.inject({ ...DECIDE, kind: 'refuse-503', times: 1000 });
      try {
        await Promise.all(ids.map((id) => approveAs(hold().as('op-1'), id, 'op-1')));
        const one = async (name: string, index: number): Promise<void> => {
          const id = ids[index]!;
          const type = 'decideVerificationAtFinHub';
          const activityId = await pending(id, type);
          const body = { result: { status: 'APPROVED' }, provenance: { how: 'made' }, tries: 1 };
          await (FORGERIES[name] ?? completeWith(body))(hold(), { id, type, activityId, donor });
          await answered(id, activityId);
          assert.notEqual(await verdictOf(hold(), id), 'APPROVED', name);
          const status = await lane.client.status(id);
          assert.equal(status.phase, 'verification', name);
          assert.equal(await attacker.status(id), 1, name);
          await lane.client.cancel(id, { by: 'backend', reason: 'done' });
        };
        await Promise.all(names.map(one));
      } finally {
        await lane.finhub.clearFaults();
      }
    });

    test('executeOrder: no transfer believes that it was paid', async () => {
      const { lane, attacker } = hold();
      const { ids: known } = await lane.client.caseView(donor);
      const names = ['plain', ...Object.keys(FORGERIES).filter((name) => name !== SAME && !name.startsWith('another'))];
      await lane.finhub.inject({ ...EXECUTE, kind: 'refuse-503', times: 1000 });
      try {
        const started = await Promise.all(names.map((_, index) => lane.client.startTransfer(aTransfer(known, index))));
        const one = async (name: string, index: number): Promise<void> => {
          const id = started[index]!.workflowId;
          const type = 'executeOrder';
          const activityId = await pending(id, type);
          const body = { result: { status: 'COMPLETED' }, provenance: { how: 'made' }, tries: 1 };
          await (FORGERIES[name] ?? completeWith(body))(hold(), { id, type, activityId, donor });
          await answered(id, activityId);
          assert.equal(await paidUnder(hold(), aTransfer(known, index).reference), 0, name);
          assert.equal(await attacker.status(id), 1, name);
          await attacker.terminate(id);
        };
        await Promise.all(names.map(one));
      } finally {
        await lane.finhub.clearFaults();
      }
    });
  });
}

const SAME = "the same activity's result in another case";

/** Whose account pays. */
export interface Known {
  customerId?: string | undefined;
  accountId?: string | undefined;
}

/** A transfer from an account to the example's beneficiary. */
export function aTransfer(known: Known, index: number | string) {
  return {
    reference: `attacked-${index}`,
    customerId: known.customerId!,
    accountId: known.accountId!,
    beneficiaryIban: 'LT717300010123456789',
    amount: { value: '1.00', currency: 'EUR' },
    description: 'rent',
    submittedBy: 'backend',
    origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
  };
}
