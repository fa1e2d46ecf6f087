import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { eventually } from '../helpers/eventually.js';
import { TASK_QUEUE } from '../../src/lifecycle/ids.js';
import { GRPC, grpcStatus } from '../../src/temporal/grpc-status.js';

export type Payload = proto.temporal.api.common.v1.IPayload;
type Event = proto.temporal.api.history.v1.IHistoryEvent;
type Command = proto.temporal.api.command.v1.ICommand;
type Failure = proto.temporal.api.failure.v1.IFailure;

const { CommandType, WorkflowIdConflictPolicy, WorkflowIdReusePolicy, EventType } = proto.temporal.api.enums.v1;

/** What a value looks like that nobody encrypted. */
export function plain(value: unknown): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) };
}

function keyword(value: string): Payload {
  const { metadata, data } = plain(value);
  return { metadata: { ...metadata, type: Buffer.from('Keyword') }, data: data! };
}

/** A failure as anybody can write one. */
export function plainFailure(type: string): Failure {
  return { message: 'forged', applicationFailureInfo: { type, nonRetryable: true } };
}

/** An activity that a foreign workflow asks for. */
export interface Asked {
  type: string;
  activityId: string;
  input: Payload[];
  /** Of the workers; a foreign worker's own by default. */
  seconds?: number;
}

/** An activity that was taken off a queue. */
export interface Taken {
  taskToken: Uint8Array;
  activityId: string;
  type: string;
  input: Payload[];
}

/** What became of it. */
export interface Outcome {
  asked: Asked;
  /** `completed`, `failed` or `timedOut`. */
  ended: string;
  /** Type of its failure. */
  failure: string | undefined;
}

/**
 * Somebody with all of Temporal's API in our namespace, and no key of any kind: speaks raw gRPC, reads payloads as they are, and copies them.
 */
export class Attacker {
  readonly #connection: Connection;
  readonly #namespace: string;

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#namespace = namespace;
  }

  static async connect(address: string, namespace: string): Promise<Attacker> {
    return new Attacker(await Connection.connect({ address }), namespace);
  }

  get temporal(): Connection['workflowService'] {
    return this.#connection.workflowService;
  }

  /** A call that may take so long; undefined where it takes longer. */
  within<T>(ms: number, call: () => Promise<T>): Promise<T | undefined> {
    return this.#connection.withDeadline(Date.now() + ms, call).catch((error: unknown) => {
      if (grpcStatus(error) === GRPC.deadlineExceeded) return undefined;
      throw error;
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async history(workflowId: string, runId?: string): Promise<Event[]> {
    const events: Event[] = [];
    for (let nextPageToken: Uint8Array | undefined; ;) {
      const page = await this.temporal.getWorkflowExecutionHistory({
        ...this.#at(workflowId, runId),
        // A page of large messages would be larger than gRPC takes.
        maximumPageSize: 200,
        ...(nextPageToken && { nextPageToken }),
      });
      events.push(...(page.history?.events ?? []));
      if (!page.nextPageToken?.length) return events;
      nextPageToken = page.nextPageToken;
    }
  }

  /** What a run was started with. */
  async input(workflowId: string, runId?: string): Promise<Payload[]> {
    const [first] = await this.history(workflowId, runId);
    return first!.workflowExecutionStartedEventAttributes!.input!.payloads!;
  }

  /** What a Signal came with, once Temporal has it in the history. */
  async sent(workflowId: string, name: string): Promise<Payload[]> {
    return eventually(`${workflowId} was sent "${name}"`, async () => {
      const events = await this.history(workflowId);
      const signal = events.find((event) => event.workflowExecutionSignaledEventAttributes?.signalName === name);
      return signal?.workflowExecutionSignaledEventAttributes?.input?.payloads ?? undefined;
    });
  }

  /** What an activity was scheduled with, and what it came to, where it has ended. */
  async activity(
    workflowId: string,
    type: string,
    runId?: string,
  ): Promise<{ activityId: string; input: Payload[]; result: Payload[] | undefined } | undefined> {
    const events = await this.history(workflowId, runId);
    const scheduled = events.findLast(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type,
    );
    if (!scheduled) return undefined;
    const { activityId, input } = scheduled.activityTaskScheduledEventAttributes!;
    const completed = events.find((event) =>
      event.activityTaskCompletedEventAttributes?.scheduledEventId?.equals(scheduled.eventId!),
    );
    const result = completed?.activityTaskCompletedEventAttributes?.result?.payloads;
    return { activityId: activityId!, input: input?.payloads ?? [], result: result ?? undefined };
  }

  /** The pending activity of a type. */
  async pending(workflowId: string, type: string): Promise<string | undefined> {
    const { pendingActivities } = await this.temporal.describeWorkflowExecution(this.#execution(workflowId));
    return pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId ?? undefined;
  }

  /** Starts a workflow, in place of one that runs or ran under its id. @returns its run */
  async start(type: string, workflowId: string, payloads: Payload[], taskQueue = TASK_QUEUE): Promise<string> {
    const { runId } = await this.temporal.startWorkflowExecution({
      namespace: this.#namespace,
      workflowId,
      workflowType: { name: type },
      taskQueue: { name: taskQueue },
      input: { payloads },
      requestId: randomUUID(),
      workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
    });
    return runId;
  }

  async signal(workflowId: string, signalName: string, payloads: Payload[]): Promise<void> {
    await this.temporal.signalWorkflowExecution({
      ...this.#execution(workflowId, 'workflowExecution'),
      signalName,
      input: { payloads },
      requestId: randomUUID(),
    });
  }

  async terminate(workflowId: string): Promise<void> {
    await this.temporal.terminateWorkflowExecution(this.#execution(workflowId, 'workflowExecution'));
  }

  /** Resets a run to the end of its first or last workflow task. @returns the new run */
  async reset(workflowId: string, to: 'first' | 'last' = 'first'): Promise<string> {
    const events = await this.history(workflowId);
    const tasks = events.filter(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
    const first = to === 'first' ? tasks[0]! : tasks.at(-1)!;
    const { runId } = await this.temporal.resetWorkflowExecution({
      ...this.#execution(workflowId, 'workflowExecution'),
      workflowTaskFinishEventId: first.eventId!,
      requestId: randomUUID(),
      reason: 'an attack',
    });
    return runId;
  }

  async complete(workflowId: string, activityId: string, payloads: Payload[]): Promise<void> {
    await this.temporal.respondActivityTaskCompletedById({
      namespace: this.#namespace,
      workflowId,
      activityId,
      result: { payloads },
    });
  }

  /** Temporal takes a failure for the moments only in which a worker has the activity: it is said again until then. */
  async fail(workflowId: string, activityId: string, failure: Failure): Promise<void> {
    const said = { namespace: this.#namespace, workflowId, activityId, failure };
    for (const end = Date.now() + 60_000; ;) {
      try {
        await this.temporal.respondActivityTaskFailedById(said);
        return;
      } catch (error) {
        if (grpcStatus(error) !== GRPC.notFound || Date.now() > end) throw error;
      }
    }
  }

  /** Starts an activity of our workers' without any workflow. @returns the type of its failure; undefined where it did not fail */
  async standalone(type: string, payloads: Payload[], seconds = 60): Promise<string | undefined> {
    const activityId = `standalone-${randomUUID()}`;
    await this.temporal.startActivityExecution({
      ...{ namespace: this.#namespace, activityId, activityType: { name: type }, taskQueue: { name: TASK_QUEUE } },
      ...{ input: { payloads }, requestId: randomUUID(), retryPolicy: { maximumAttempts: 1 } },
      ...{ scheduleToCloseTimeout: duration(seconds), startToCloseTimeout: duration(seconds) },
    });
    const asked = { namespace: this.#namespace, activityId, includeOutcome: true };
    const { failure } = await eventually(`${type} ends`, async () => {
      const { outcome } = await this.temporal.describeActivityExecution(asked);
      return outcome ?? undefined;
    });
    return failure?.applicationFailureInfo?.type ?? undefined;
  }

  /** Takes so many activities off a queue, as a worker does. */
  async takeActivities(queue: string, count: number): Promise<Taken[]> {
    const asked = { namespace: this.#namespace, taskQueue: { name: queue }, identity: 'attacker' };
    const taken: Taken[] = [];
    while (taken.length < count) {
      const task = await this.#connection.withDeadline(Date.now() + 60_000, () =>
        this.temporal.pollActivityTaskQueue(asked),
      );
      // A poll lasts a minute.
      if (!task.taskToken?.length) throw new Error(`nobody asks for more than ${taken.length} of ${count} activities`);
      const { taskToken, activityId, activityType, input } = task;
      taken.push({ taskToken, activityId, type: activityType!.name!, input: input?.payloads ?? [] });
    }
    return taken;
  }

  /** Ends an activity that was taken. */
  async end({ taskToken }: Taken, end: { result: Payload[] } | { failure: Failure }): Promise<void> {
    const namespace = this.#namespace;
    if ('failure' in end) await this.temporal.respondActivityTaskFailed({ namespace, taskToken, failure: end.failure });
    else await this.temporal.respondActivityTaskCompleted({ namespace, taskToken, result: { payloads: end.result } });
  }

  /** Runs a workflow of any type and id by hand, which asks our workers for activities, and says what became of each. */
  async foreignWorkflow(type: string, workflowId: string, asked: Asked[]): Promise<Outcome[]> {
    const queue = `foreign-${randomUUID()}`;
    const runId = await this.start(type, workflowId, [], queue);
    await this.#answerTask(
      queue,
      asked.map(({ type: name, activityId, input, seconds = 60 }) => ({
        commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
        scheduleActivityTaskCommandAttributes: {
          activityId,
          activityType: { name },
          taskQueue: { name: TASK_QUEUE },
          input: { payloads: input },
          scheduleToCloseTimeout: duration(seconds),
          startToCloseTimeout: duration(seconds),
          heartbeatTimeout: duration(seconds),
          retryPolicy: { maximumAttempts: 1 },
        },
      })),
    );
    const outcomes = await eventually(`the activities of ${workflowId}`, async () => {
      const events = await this.history(workflowId, runId);
      const ended = asked.map((one) => outcomeOf(one, events));
      return ended.every((one) => one !== undefined) && ended;
    });
    await this.terminate(workflowId);
    return outcomes;
  }

  /** Starts a workflow by hand and continues it as one that our workers run. @returns the run that was started */
  async continueAs(type: string, workflowId: string, payloads: Payload[]): Promise<string> {
    const queue = `foreign-${randomUUID()}`;
    const runId = await this.start(type, workflowId, [], queue);
    const attributes = { workflowType: { name: type }, taskQueue: { name: TASK_QUEUE }, input: { payloads } };
    await this.#answerTask(queue, [
      {
        commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
        continueAsNewWorkflowExecutionCommandAttributes: attributes,
      },
    ]);
    return runId;
  }

  /** Takes the next workflow task of ours in a worker's place, and completes its workflow as one that has come to its end. @returns the workflow's id */
  completeNext(payloads: Payload[], status = 'completed'): Promise<string> {
    return this.#answerTask(TASK_QUEUE, [
      {
        commandType: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        upsertWorkflowSearchAttributesCommandAttributes: {
          searchAttributes: { indexedFields: { LifecycleStatus: keyword(status) } },
        },
      },
      {
        commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        completeWorkflowExecutionCommandAttributes: { result: { payloads } },
      },
    ]);
  }

  /** Takes a workflow task off a queue and answers it. @returns the workflow's id */
  async #answerTask(queue: string, commands: Command[]): Promise<string> {
    const asked = { namespace: this.#namespace, taskQueue: { name: queue }, identity: 'attacker' };
    const { taskToken, workflowExecution } = await this.#connection.withDeadline(Date.now() + 60_000, () =>
      this.temporal.pollWorkflowTaskQueue(asked),
    );
    await this.temporal.respondWorkflowTaskCompleted({ namespace: this.#namespace, taskToken, commands });
    return workflowExecution!.workflowId!;
  }

  /** Why a run failed; undefined where it did not. */
  async failure(workflowId: string, runId: string): Promise<string | undefined> {
    const last = (await this.history(workflowId, runId)).at(-1);
    return last?.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type ?? undefined;
  }

  /** What state a run is in. */
  async status(workflowId: string, runId?: string): Promise<number> {
    const described = await this.temporal.describeWorkflowExecution(this.#at(workflowId, runId));
    return described.workflowExecutionInfo!.status!;
  }

  #at(workflowId: string, runId = '') {
    return { namespace: this.#namespace, execution: { workflowId, runId } };
  }

  #execution<Key extends string = 'execution'>(workflowId: string, key = 'execution' as Key) {
    return { namespace: this.#namespace, [key]: { workflowId } } as { namespace: string } & Record<
      Key,
      { workflowId: string }
    >;
  }
}

function outcomeOf(asked: Asked, events: Event[]): Outcome | undefined {
  const scheduled = events.find(
    ({ activityTaskScheduledEventAttributes: one }) => one?.activityId === asked.activityId,
  );
  if (!scheduled) return undefined;
  const isOf = (one: { scheduledEventId?: { equals(other: never): boolean } | null } | null | undefined): boolean =>
    one?.scheduledEventId?.equals(scheduled.eventId as never) === true;
  for (const event of events) {
    if (isOf(event.activityTaskCompletedEventAttributes)) return { asked, ended: 'completed', failure: undefined };
    if (isOf(event.activityTaskTimedOutEventAttributes)) return { asked, ended: 'timedOut', failure: undefined };
    const failed = event.activityTaskFailedEventAttributes;
    if (isOf(failed))
      return { asked, ended: 'failed', failure: failed!.failure?.applicationFailureInfo?.type ?? undefined };
  }
  return undefined;
}

const duration = (seconds: number) => ({ seconds: seconds as unknown as Long });
type Long = proto.google.protobuf.IDuration['seconds'] & object;
