import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { applicationOf } from '../src/bench/lifecycle/contestants.js';
import { EXAMPLES } from '../src/demo/examples.js';
import type { AuditEntry } from '../src/lifecycle/case-state.js';
import type { Answer } from '../src/lifecycle/messages.js';
import { startStack, type Stack } from '../src/embedded/stack.js';
import { eventually } from './helpers/eventually.js';
import { bundled, quiet } from './helpers/time-skipping.js';

const SECOND_MS = 1000;

interface Seen {
  result: string;
  /** Of operators. */
  lookUps: number;
}

/** Answered once a worker is there. */
type Send = (lifecycle: WorkflowHandle) => Promise<Answer | void>;

const message =
  (name: string, body: object): Send =>
  (lifecycle) =>
    lifecycle.executeUpdate<Answer, [object]>(name, { args: [body] });
const decision = (decisionId: string, id: string, verdict = 'approve'): Send =>
  message('decideVerification', {
    ...{ decisionId, round: 1, verdict, operator: { id } },
    ...{ reason: 'seen', customerReason: 'sorry' },
  });
const approval = decision('d1', 'op-1');
const claim = message('claim', { by: 'op-1' });
const cancel = message('cancel', { by: 'op-1', reason: 'withdrawn' });
const cancelAtTemporal: Send = async (lifecycle) => void (await lifecycle.cancel());

/** What comes to a case in review together, while no worker is there, and what becomes of it. */
const TOGETHER: Record<string, { sent: Send[]; becomes: Seen }> = {
  'one decision': { sent: [approval], becomes: { result: 'active', lookUps: 1 } },
  'one of a stranger, then one of ours': {
    sent: [decision('d0', 'nobody'), approval],
    becomes: { result: 'active', lookUps: 2 },
  },
  'two decisions against each other': {
    sent: [decision('d0', 'op-2', 'reject'), approval],
    becomes: { result: 'rejected', lookUps: 2 },
  },
  'somebody takes the case on, and decides': {
    sent: [claim, approval],
    becomes: { result: 'active', lookUps: 2 },
  },
  'a decision, and a cancellation': {
    sent: [approval, cancel],
    becomes: { result: 'cancelled', lookUps: 1 },
  },
  'a cancellation, and a decision': {
    sent: [cancel, approval],
    becomes: { result: 'cancelled', lookUps: 1 },
  },
  "a decision, and Temporal's own cancellation": {
    sent: [approval, cancelAtTemporal],
    becomes: { result: 'cancelled', lookUps: 1 },
  },
};

for (const localFirst of ['false', 'true']) {
  describe(`what comes together to a case in review, FINHUB_LOCAL_FIRST=${localFirst}`, { timeout: 120_000 }, () => {
    let stack: Stack;
    const cases = new Map<string, WorkflowHandle>();
    const answers = new Map<string, Promise<Answer | void>[]>();

    before(async () => {
      quiet();
      const workerEnv = {
        FINHUB_INDIVIDUAL_ACTIVATION: 'admin',
        FINHUB_VERDICT_POLL_SECONDS: '1',
        FINHUB_LOCAL_FIRST: localFirst,
      };
      stack = await startStack({ sandboxArgs: ['--activation-delay', '0'], workerEnv });
      const { client, worker, startWorker } = stack;
      for (const name of Object.keys(TOGETHER)) {
        const application = await applicationOf(`together-${cases.size}`);
        const { workflowId } = await client.startIndividual(application, { folder: EXAMPLES });
        cases.set(name, client.temporal.workflow.getHandle(workflowId));
      }
      // By then a look into FinHub's portal is under way, which a decision gives up.
      for (const lifecycle of cases.values()) {
        await eventually(`${lifecycle.workflowId} looks at FinHub`, async () => {
          const { raw } = await lifecycle.describe();
          return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitVerdict');
        });
      }
      await worker.stop();
      for (let position = 0; position < 2; position += 1) {
        for (const [name, { sent }] of Object.entries(TOGETHER)) {
          const send = sent[position];
          if (send) answers.set(name, [...(answers.get(name) ?? []), send(cases.get(name)!)]);
        }
        await pause(SECOND_MS);
      }
      await startWorker();
    });
    after(() => stack.stop());

    for (const [name, { becomes }] of Object.entries(TOGETHER)) {
      test(`${name}: replayed to the same steps and answers`, async () => {
        const lifecycle = cases.get(name)!;
        const { result } = (await lifecycle.result()) as { result: string };
        const history = await lifecycle.fetchHistory();
        const { namespace, loadedDataConverter, dataConverter } = stack.client.temporal.options;
        assert.ok(loadedDataConverter.payloadCodecs.length > 0);
        const options = { workflowBundle: await bundled(), ...(dataConverter && { dataConverter }), namespace };
        await Worker.runReplayHistory(options, history, lifecycle.workflowId);
        const lookUps = history.events!.filter(
          ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === 'lookUpOperators',
        );
        const audit = await lifecycle.query<AuditEntry[]>('audit');
        for (const answer of await Promise.all(answers.get(name)!)) {
          if (answer)
            assert.ok(
              audit.some(({ detail }) => detail?.includes(answer.detail)),
              `${JSON.stringify(answer)}: ${JSON.stringify(audit)}`,
            );
        }
        assert.deepEqual({ result, lookUps: lookUps.length }, becomes);
      });
    }
  });
}
