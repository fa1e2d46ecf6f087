import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { applicationOf } from '../../bench/lifecycle/contestants.js';
import { send as sendMessage } from '../../src/client/send.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import { startStack, type Stack } from '../../dev/embedded/stack.js';
import type { AuditEntry } from '../../src/lifecycle/audit-events.js';
import type { Answer, MessageBodies, MessageName } from '../../src/lifecycle/messages.js';
import { eventually } from './eventually.js';
import { bundled, quiet } from './time-skipping.js';
import { failedTasks } from './workflow-tasks.js';

const SECOND_MS = 1000;
const PATIENCE_SECONDS = 60;

/** Longer than all cases of a group take to their review. */
const ABSENT_SECONDS = 8;

/** Answered once a worker is there. */
type Send = (temporal: Client, lifecycle: WorkflowHandle) => Promise<Answer | void>;

const message =
  <Name extends MessageName>(name: Name, body: MessageBodies[Name]): Send =>
  (temporal, { workflowId }) =>
    sendMessage(temporal, workflowId, name, body, PATIENCE_SECONDS);
const decision = (decisionId: string, id: string, verdict: 'approve' | 'reject' = 'approve'): Send =>
  message('decideVerification', {
    ...{ decisionId, round: 1, verdict, operator: { id } },
    ...{ reason: 'seen', customerReason: 'sorry' },
  });
const approval = decision('d1', 'op-1');
const claim = message('claim', { by: 'op-1' });
const cancel = message('cancel', { by: 'op-1', reason: 'withdrawn' });
const cancelAtTemporal: Send = async (_, lifecycle) => void (await lifecycle.cancel());

interface Together {
  sent: Send[];
  result: string;
  /** Whichever operator is looked up first. */
  or?: string;
  /** Of operators. */
  lookUps: number;
  /** Comes to the same whichever comes first. */
  inAnyOrder?: true;
}

/** What comes to a case in review together, while no worker is there, and what becomes of it. */
const TOGETHER: Record<string, Together> = {
  'one decision': { sent: [approval], result: 'active', lookUps: 1, inAnyOrder: true },
  'one of a stranger, then one of ours': {
    ...{ sent: [decision('d0', 'nobody'), approval], result: 'active', lookUps: 2 },
    inAnyOrder: true,
  },
  'two decisions against each other': {
    ...{ sent: [decision('d0', 'op-2', 'reject'), approval], result: 'rejected', or: 'active', lookUps: 2 },
  },
  'somebody takes the case on, and decides': {
    ...{ sent: [claim, approval], result: 'active', lookUps: 2 },
    inAnyOrder: true,
  },
  'a decision, and a cancellation': { sent: [approval, cancel], result: 'cancelled', lookUps: 1 },
  'a cancellation, and a decision': { sent: [cancel, approval], result: 'cancelled', lookUps: 1 },
  "a decision, and Temporal's own cancellation": {
    ...{ sent: [approval, cancelAtTemporal], result: 'cancelled', lookUps: 1 },
  },
};

/** The order is not kept where a message has to be sent again. */
const IN_ANY_ORDER = Object.keys(TOGETHER).filter((name) => TOGETHER[name]!.inAnyOrder);
/** Each of them this often, since not every case is met by a question before its next workflow task. */
const ASKED = [1, 2, 3].flatMap((turn) => IN_ANY_ORDER.map((name) => ({ name, turn })));

interface Told {
  lifecycle: WorkflowHandle;
  answers: Promise<Answer | void>[];
}

/** Messages that come to cases together while no worker is there: they are answered, and the case can be replayed. */
export function describeTogether(): void {
  describe('what comes together to a case in review', { timeout: 1_200_000 }, () => {
    let stack: Stack;
    /** A look into FinHub's portal is under way, which a decision gives up. */
    let looking: Told[];
    /** The timer before the first look fires in the absence, and somebody's question is what a worker sees first of the case. */
    let asked: Told[];

    before(async () => {
      quiet();
      const workerEnv = {
        ...{ FINHUB_INDIVIDUAL_ACTIVATION: 'admin' },
        ...firstLook(1),
      };
      stack = await startStack({ sandboxArgs: ['--activation-delay', '0'], workerEnv });
      looking = await startCases('looking', Object.keys(TOGETHER).length);
      await each(looking, 'looks at FinHub', ({ pendingActivities }) =>
        pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitVerdict'),
      );
      await stack.worker.stop();

      const absent = await stack.startWorker(firstLook(ABSENT_SECONDS));
      asked = await startCases('asked', ASKED.length);
      await each(asked, 'is in review', ({ workflowExecutionInfo: info }) =>
        Boolean(info?.searchAttributes?.indexedFields?.['ReviewLevel']),
      );
      process.kill(absent.pid, 'SIGKILL');
      const questions: Promise<unknown>[] = [];
      for (let second = 0; second < ABSENT_SECONDS; second += 1) {
        for (const { lifecycle } of asked) questions.push(lifecycle.query('status').catch(() => {}));
        await pause(SECOND_MS);
      }
      for (let position = 0; position < 2; position += 1) {
        Object.keys(TOGETHER).forEach((name, index) => tell(looking[index]!, name, position));
        ASKED.forEach(({ name }, index) => tell(asked[index]!, name, position));
        await pause(SECOND_MS);
      }
      await stack.startWorker();
      await Promise.all(questions);
    });
    after(() => stack.stop());

    const startCases = (group: string, count: number): Promise<Told[]> =>
      Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const application = await applicationOf(`${group}-${index}`);
          const { workflowId } = await stack.client.startIndividual(application, { folder: EXAMPLES });
          return { lifecycle: stack.client.temporal.workflow.getHandle(workflowId), answers: [] };
        }),
      );

    function tell({ lifecycle, answers }: Told, name: string, position: number): void {
      const send = TOGETHER[name]!.sent[position];
      if (!send) return;
      const answer = send(stack.client.temporal, lifecycle);
      // Looked at later.
      answer.catch(() => {});
      answers.push(answer);
    }

    /** Returns the history of a case that ended as expected, and in which every answer is on record. */
    async function replayed({ lifecycle, answers }: Told, { result: expected, or = expected }: Together) {
      const { result } = (await lifecycle.result()) as { result: string };
      assert.ok([expected, or].includes(result), result);
      const history = await lifecycle.fetchHistory();
      const { loadedDataConverter, dataConverter } = stack.client.temporal.options;
      assert.ok(loadedDataConverter.payloadCodecs.length > 0);
      const options = { workflowBundle: await bundled(), ...(dataConverter && { dataConverter }) };
      await Worker.runReplayHistory(options, history, lifecycle.workflowId);
      const audit = await lifecycle.query<AuditEntry[]>('audit');
      for (const answer of await Promise.all(answers)) {
        if (answer)
          assert.ok(
            audit.some(({ data }) => 'said' in data && data.said === answer.detail),
            `${JSON.stringify(answer)}: ${JSON.stringify(audit)}`,
          );
      }
      return history;
    }

    Object.entries(TOGETHER).forEach(([name, together], index) => {
      test(`${name}: replayed to the same steps and answers`, async () => {
        const { events } = await replayed(looking[index]!, together);
        const made = events!.filter(
          ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'lookUpSigners',
        );
        // What comes together is looked up together.
        assert.ok(made.length >= 1 && made.length <= together.lookUps, `${made.length} look-ups`);
        assert.deepEqual(failedTasks(events), { why: [], builtAnew: [] });
      });
    });

    ASKED.forEach(({ name, turn }, index) => {
      test(`${name}, after a question (${turn}): replayed to the same steps and answers`, async () => {
        await replayed(asked[index]!, TOGETHER[name]!);
      });
    });

    test('a workflow that a question took ahead of its tasks is built anew', async () => {
      const histories = await Promise.all(asked.map(({ lifecycle }) => lifecycle.fetchHistory()));
      const builtAnew = histories.flatMap(({ events }) => failedTasks(events).builtAnew);
      assert.ok(builtAnew.length > 0, 'no question came between');
    });
  });
}

const firstLook = (seconds: number) => ({ FINHUB_VERDICT_POLL_SECONDS: String(seconds) });

type Description = Awaited<ReturnType<WorkflowHandle['describe']>>['raw'];

async function each(cases: Told[], what: string, isSo: (described: Description) => boolean | undefined): Promise<void> {
  const looks = cases.map(({ lifecycle }) =>
    eventually(`${lifecycle.workflowId} ${what}`, async () => isSo((await lifecycle.describe()).raw)),
  );
  await Promise.all(looks);
}
