import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type proto from '@temporalio/proto';
import type { EarlierLife } from '../lifecycle/case-state.js';
import type { Outcome } from '../lifecycle/outcome.js';
import { MESSAGES, parseMessage, type Message, type MessageName } from '../lifecycle/messages.js';
import { Malformed } from '../contract/schema.js';
import { proofOf } from '../lifecycle/proof-rules.js';
import { SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { isEncrypted } from '../temporal/payload-codec.js';
import { readPayloads } from '../temporal/payloads.js';
import { endBy, isFinal, timeOf } from './stopped.js';

type Event = proto.temporal.api.history.v1.IHistoryEvent;
type Payloads = proto.temporal.api.common.v1.IPayloads;

/** A message in a run's history. */
export interface EarlierMessage {
  message: Message;
  proof: string | undefined;
  /** The case's first run, which the message's envelope names. */
  instance: string;
}

/** What a run was started with, if it can be read. Its signature is not checked here. */
export interface EarlierStart {
  at: string;
  application: object;
  proof: string | undefined;
  /** The life before it, if it was itself a resumed case. */
  earlier: EarlierLife | undefined;
  /** Distinguishes equal content from other content. */
  mark: string | undefined;
}

/** Everything that Temporal still has of a case's runs. */
export interface History {
  /** The latest first. */
  starts: EarlierStart[];
  messages: EarlierMessage[];
  /** The outcome, if one of the runs ended normally. */
  outcome: Outcome | undefined;
  life: EarlierLife;
}

/**
 * Reads all closed runs of a case, up to the latest one.
 * @param encryptedOnly ignores unencrypted payloads
 */
export async function readHistory(
  temporal: Client,
  workflowType: string,
  latest: WorkflowExecutionDescription,
  encryptedOnly: boolean,
): Promise<History> {
  const reader = new Reader(temporal, latest.workflowId, workflowType, encryptedOnly);
  for (const runId of await runsOf(temporal, latest)) await reader.add(runId);
  return reader.history();
}

/** The listed runs, and the chain of the latest one, because the list lags behind. */
async function runsOf(temporal: Client, latest: WorkflowExecutionDescription): Promise<Set<string>> {
  const { workflowId, runId, raw } = latest;
  const runs = new Set([runId]);
  const first = raw.workflowExecutionInfo?.firstRunId;
  if (first) runs.add(first);
  try {
    for await (const run of temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runs.add(run.runId);
  } catch (error) {
    // A test server lists nothing.
    if (grpcStatus((error as Error).cause) !== GRPC.unimplemented) throw error;
  }
  return runs;
}

class Reader {
  readonly #temporal: Client;
  readonly #workflowId: string;
  readonly #type: string;
  readonly #encryptedOnly: boolean;
  readonly #read = new Set<string>();
  readonly #begun = new Set<string>();
  readonly #starts: EarlierStart[] = [];
  readonly #messages: EarlierMessage[] = [];
  readonly #began: string[] = [];
  #isWhole = true;
  #outcome: Outcome | undefined;

  constructor(temporal: Client, workflowId: string, type: string, encryptedOnly: boolean) {
    this.#temporal = temporal;
    this.#workflowId = workflowId;
    this.#type = type;
    this.#encryptedOnly = encryptedOnly;
  }

  /** Reads a run, and the runs that it continues or is a reset of. */
  async add(runId: string): Promise<void> {
    if (this.#read.has(runId)) return;
    this.#read.add(runId);
    const events = await this.#eventsOf(runId);
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    if (!events || !started) {
      this.#isWhole = false;
      return;
    }
    if (started.workflowType?.name === this.#type) await this.#take(events, runId);
    for (const before of [started.continuedExecutionRunId, started.originalExecutionRunId])
      if (before) await this.add(before);
  }

  history(): History {
    const starts = this.#starts.sort((one, other) => other.at.localeCompare(one.at));
    const earlier = starts.flatMap((start) => start.earlier ?? []);
    const knowsAll = this.#isWhole && earlier.every(({ begun }) => begun !== undefined);
    const begun = new Set([...this.#begun, ...earlier.flatMap((life) => life.begun ?? [])]);
    return {
      starts,
      messages: this.#messages,
      outcome: this.#outcome,
      life: {
        since: [...this.#began, ...earlier.map(({ since }) => since)].sort()[0] ?? new Date().toISOString(),
        runs: [...new Set([...this.#read, ...earlier.flatMap(({ runs }) => runs)])],
        begun: knowsAll ? [...begun].sort() : undefined,
      },
    };
  }

  /** Undefined if the run is past its retention, or was deleted manually. */
  async #eventsOf(runId: string): Promise<Event[] | undefined> {
    try {
      const { events } = await this.#temporal.workflow.getHandle(this.#workflowId, runId).fetchHistory();
      return events ?? [];
    } catch (error) {
      if (grpcStatus(error) === GRPC.notFound) return undefined;
      throw error;
    }
  }

  async #take(events: Event[], runId: string): Promise<void> {
    const [first] = events;
    const started = first!.workflowExecutionStartedEventAttributes!;
    this.#began.push(timeOf(first!.eventTime));
    const end = await endBy(this.#temporal, this.#workflowId, events.at(-1));
    if (end?.outcome && isFinal(end.outcome)) this.#outcome = end.outcome;
    if (!started.continuedExecutionRunId) await this.#takeStart(first!);
    for (const event of events) {
      const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (type) this.#begun.add(type);
      await this.#takeMessage(event, started.firstExecutionRunId || runId);
    }
  }

  async #takeStart({ eventTime, workflowExecutionStartedEventAttributes: started }: Event): Promise<void> {
    const came = await this.#open(started!.input, SLOTS.start(this.#type), SLOTS.child(this.#type));
    const { application, proof, earlier } = (came ?? {}) as Partial<EarlierStart>;
    if (typeof application !== 'object' || application === null) return;
    const mark = await this.#value([started!.memo?.fields?.['fingerprint']]);
    this.#starts.push({
      at: timeOf(eventTime),
      application,
      proof: typeof proof === 'string' ? proof : undefined,
      earlier,
      mark: typeof mark === 'string' ? mark : undefined,
    });
  }

  /** Ignores what does not open or does not parse: it was not a message to the case. */
  async #takeMessage(event: Event, instance: string): Promise<void> {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const name = signal?.signalName ?? update?.name;
    if (!isMessage(name)) return;
    const slot = signal ? SLOTS.signal(name) : SLOTS.update(name);
    const value = await this.#open(signal ? signal.input : update?.args, slot);
    if (value === undefined) return;
    try {
      const message = { name, body: parseMessage(name, value) } as Message;
      this.#messages.push({ message, proof: proofOf(value), instance });
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }

  async #open(input: Payloads | null | undefined, ...slots: string[]): Promise<unknown> {
    const value = unplace(await this.#value(input?.payloads ?? []), ...slots);
    return value instanceof Unreadable ? undefined : value;
  }

  async #value(payloads: readonly (proto.temporal.api.common.v1.IPayload | null | undefined)[]): Promise<unknown> {
    const { namespace, loadedDataConverter } = this.#temporal.options;
    const context = { type: 'workflow', namespace, workflowId: this.#workflowId } as const;
    const there = payloads.filter((payload) => payload !== null && payload !== undefined);
    if (this.#encryptedOnly && !there.every((payload) => isEncrypted(payload))) return undefined;
    const [value] = await readPayloads(loadedDataConverter, there, context);
    return value;
  }
}

function isMessage(name: string | null | undefined): name is MessageName {
  return (MESSAGES as readonly (string | null | undefined)[]).includes(name);
}
