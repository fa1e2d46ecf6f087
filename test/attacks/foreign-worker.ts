import proto from '@temporalio/proto';
import { TASK_QUEUE } from '../../src/lifecycle/ids.js';
import { plain, plainFailure, type Attacker } from './attacker.js';

type Payload = proto.temporal.api.common.v1.IPayload;
type Command = proto.temporal.api.command.v1.ICommand;

const { CommandType } = proto.temporal.api.enums.v1;

/** What it did, by kind. */
export type Deeds = Record<string, number>;

/**
 * Somebody's worker without any key that draws tasks from our task queue and answers them, with what anybody can write and with what was copied
 * out of histories, for as long as it is let.
 */
export class ForeignWorker {
  readonly deeds: Deeds = {};
  readonly #attacker: Attacker;
  readonly #namespace = 'default';
  readonly #copied: Payload[][] = [];
  readonly #running: Promise<void>[];
  #isAtWork = true;
  #turn = 0;

  constructor(attacker: Attacker, pollers: number) {
    this.#attacker = attacker;
    this.#running = Array.from({ length: pollers }, () => [
      this.#poll(() => this.#takeWorkflowTask()),
      this.#poll(() => this.#takeActivityTask()),
    ]).flat();
  }

  async stop(): Promise<void> {
    this.#isAtWork = false;
    await Promise.all(this.#running);
  }

  async #poll(take: () => Promise<void>): Promise<void> {
    // Refused answers come of tasks that have timed out, or of workflows that have ended.
    while (this.#isAtWork) await take().catch(() => this.#count('refused by Temporal'));
  }

  async #takeWorkflowTask(): Promise<void> {
    const { temporal } = this.#attacker;
    const task = await this.#attacker.within(POLL_MS, () =>
      temporal.pollWorkflowTaskQueue({
        namespace: this.#namespace,
        taskQueue: { name: TASK_QUEUE },
        identity: 'foreign',
      }),
    );
    if (!task?.taskToken?.length || task.query) return;
    for (const event of task.history?.events ?? []) {
      const { input } = event.activityTaskScheduledEventAttributes ?? {};
      const { result } = event.activityTaskCompletedEventAttributes ?? {};
      for (const payloads of [input?.payloads, result?.payloads]) if (payloads) this.#copied.push(payloads);
    }
    const deed = this.#next(WORKFLOW_DEEDS);
    this.#count(`workflow task: ${deed}`);
    if (deed === 'kept') return;
    const { taskToken } = task;
    const namespace = this.#namespace;
    if (deed === 'failed') return void (await temporal.respondWorkflowTaskFailed({ namespace, taskToken, cause: 0 }));
    const own = task.history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const commands = this.#commands(deed, own, task.workflowType?.name ?? '');
    await temporal.respondWorkflowTaskCompleted({ namespace, taskToken, commands });
  }

  #commands(
    deed: Exclude<(typeof WORKFLOW_DEEDS)[number], 'kept' | 'failed'>,
    own: Payload[],
    type: string,
  ): Command[] {
    switch (deed) {
      case 'nothing':
        return [];
      case 'completed, plain':
        return [completing([plain({ result: 'active', at: new Date().toISOString() })])];
      case 'completed, copied':
        return [completing(own)];
      case 'workflow failed':
        return [
          {
            commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
            failWorkflowExecutionCommandAttributes: { failure: plainFailure('Forged') },
          },
        ];
      case 'continued, copied':
        return [
          {
            commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
            continueAsNewWorkflowExecutionCommandAttributes: {
              workflowType: { name: type },
              taskQueue: { name: TASK_QUEUE },
              input: { payloads: own },
            },
          },
        ];
      case 'forged activities':
        return ['decideVerificationAtFinHub', 'executeOrder', 'deleteDocuments', 'notify'].map((name, index) => ({
          commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
          scheduleActivityTaskCommandAttributes: {
            activityId: `${name}:forged:${this.#turn}:${index}`,
            activityType: { name },
            taskQueue: { name: TASK_QUEUE },
            input: { payloads: this.#some() },
            startToCloseTimeout: { seconds: 10 as unknown as Long },
            retryPolicy: { maximumAttempts: 1 },
          },
        }));
    }
  }

  async #takeActivityTask(): Promise<void> {
    const { temporal } = this.#attacker;
    const task = await this.#attacker.within(POLL_MS, () =>
      temporal.pollActivityTaskQueue({
        namespace: this.#namespace,
        taskQueue: { name: TASK_QUEUE },
        identity: 'foreign',
      }),
    );
    if (!task?.taskToken?.length) return;
    const deed = this.#next(ACTIVITY_DEEDS);
    this.#count(`activity task: ${deed}`);
    const { taskToken } = task;
    const namespace = this.#namespace;
    const results = {
      'plain result': [plain({ result: { customerId: 'forged', status: 'APPROVED' }, provenance: { how: 'made' } })],
      'copied result': this.#some(),
      'own arguments': task.input?.payloads ?? [],
      'no payload': [],
    };
    if (deed === 'kept') return;
    if (deed === 'failure')
      return void (await temporal.respondActivityTaskFailed({
        namespace,
        taskToken,
        failure: plainFailure('FinHubNotFound'),
      }));
    await temporal.respondActivityTaskCompleted({ namespace, taskToken, result: { payloads: results[deed] } });
  }

  #some(): Payload[] {
    return this.#copied[(this.#turn * 31) % Math.max(1, this.#copied.length)] ?? [plain({})];
  }

  #next<const Deed extends string>(deeds: readonly Deed[]): Deed {
    this.#turn += 1;
    return deeds[this.#turn % deeds.length]!;
  }

  #count(deed: string): void {
    this.deeds[deed] = (this.deeds[deed] ?? 0) + 1;
  }
}

/** Temporal takes no polls that are much shorter. */
const POLL_MS = 10_000;

const WORKFLOW_DEEDS = [
  'kept',
  'failed',
  'nothing',
  'completed, plain',
  'completed, copied',
  'workflow failed',
  'continued, copied',
  'forged activities',
] as const;
const ACTIVITY_DEEDS = ['kept', 'plain result', 'copied result', 'own arguments', 'no payload', 'failure'] as const;

function completing(payloads: Payload[]): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
    completeWorkflowExecutionCommandAttributes: { result: { payloads } },
  };
}

type Long = proto.google.protobuf.IDuration['seconds'] & object;
