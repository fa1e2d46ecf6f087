import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { cpuMs } from '../processes.js';
import type { Contestant } from './contestants.js';

const { EventType } = proto.temporal.api.enums.v1;

/** What lifecycles of one sort took, run so many at a time. */
export interface Measured {
  /** Lifecycles in a second, from the first start to the last end. */
  perSecond: number;
  /** Milliseconds of a lifecycle, without what the operator took: the median. From the histories' own times. */
  latencyMs: { toReview: number; fromDecision: number; whole: number };
  /** CPU time of a lifecycle, in milliseconds; without a server of our own only the worker's. */
  cpuMs: { worker: number; server: number | undefined };
  /** Of one lifecycle, on average. */
  history: { events: number; bytes: number };
}

export interface RunOptions {
  contestant: Contestant;
  serverPid: number | undefined;
  /** Lifecycles to run in all. */
  lifecycles: number;
  /** Of them at a time. */
  concurrency: number;
  /** Makes the lifecycles' names unlike those of other runs. */
  label: string;
}

/** Runs lifecycles from start to end, with an operator who approves as soon as they are seen to wait. */
export async function run({ contestant, serverPid, lifecycles, concurrency, label }: RunOptions): Promise<Measured> {
  const patience = new Patience();
  const ended: WorkflowHandle[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let number = next++; number < lifecycles; number = next++) {
      const lifecycle = await contestant.start(`${label}-${number}`);
      await patience.until(() => contestant.isInReview(lifecycle), lifecycle);
      await contestant.approve(lifecycle);
      await inTime(lifecycle.result(), lifecycle);
      ended.push(lifecycle);
    }
  };

  const cpu = () => ({ worker: cpuMs(contestant.workerPid), server: serverPid && cpuMs(serverPid) });
  const [before, startedAt] = [cpu(), performance.now()];
  await Promise.all(Array.from({ length: concurrency }, lane));
  const [after, seconds] = [cpu(), (performance.now() - startedAt) / 1000];

  const histories: History[] = [];
  for (const lifecycle of ended) histories.push(await historyOf(lifecycle));
  const median = (part: (history: History) => number): number => {
    const sorted = histories.map(part).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  const mean = (part: (history: History) => number): number =>
    histories.reduce((sum, history) => sum + part(history), 0) / histories.length;
  return {
    perSecond: lifecycles / seconds,
    latencyMs: {
      toReview: median(({ toReviewMs }) => toReviewMs),
      fromDecision: median(({ fromDecisionMs }) => fromDecisionMs),
      whole: median(({ toReviewMs, fromDecisionMs }) => toReviewMs + fromDecisionMs),
    },
    cpuMs: {
      worker: (after.worker - before.worker) / lifecycles,
      server: after.server && before.server && (after.server - before.server) / lifecycles,
    },
    history: { events: mean(({ events }) => events), bytes: mean(({ bytes }) => bytes) },
  };
}

const FIRST_LOOK = 0.9;
const LOOKS = 20;
const SHORTEST_PAUSE_MS = 20;

/** Looks seldom: it sleeps nearly as long as it took the last times, since each look is work for server and worker. */
class Patience {
  #usualMs = 0;

  /** @throws Error after two minutes */
  async until(isThere: () => Promise<boolean>, lifecycle: WorkflowHandle): Promise<void> {
    const startedAt = performance.now();
    await sleep(this.#usualMs * FIRST_LOOK);
    while (!(await isThere())) {
      if (performance.now() - startedAt > LIMIT_MS) throw tooLong(lifecycle);
      await sleep(Math.max(SHORTEST_PAUSE_MS, this.#usualMs / LOOKS));
    }
    this.#usualMs += (performance.now() - startedAt - this.#usualMs) / 4;
  }
}

/** A lifecycle that needs this long will not end by itself, in milliseconds. */
const LIMIT_MS = 120_000;

async function inTime<T>(result: Promise<T>, lifecycle: WorkflowHandle): Promise<T> {
  const limit = new AbortController();
  const late = sleep(LIMIT_MS, undefined, { signal: limit.signal }).then(() => Promise.reject(tooLong(lifecycle)));
  try {
    return await Promise.race([result, late]);
  } finally {
    late.catch(() => {});
    limit.abort();
  }
}

const tooLong = ({ workflowId }: WorkflowHandle): Error =>
  new Error(`${workflowId} does not go on after ${LIMIT_MS / 1000} s`);

interface History {
  events: number;
  bytes: number;
  toReviewMs: number;
  fromDecisionMs: number;
}

/** The wait for the operator ends with the signal; it began with what was written last before it. */
async function historyOf(lifecycle: WorkflowHandle): Promise<History> {
  const { events } = await lifecycle.fetchHistory();
  const { raw } = await lifecycle.describe();
  const times = events!.map(({ eventTime }) => Number(eventTime!.seconds) * 1000 + eventTime!.nanos! / 1e6);
  const decided = events!.findIndex(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  return {
    events: times.length,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    toReviewMs: times[decided - 1]! - times[0]!,
    fromDecisionMs: times.at(-1)! - times[decided]!,
  };
}
