import type { WorkflowHandle } from '@temporalio/client';
import { inTime, Patience } from '../patience.js';
import { cpuMs } from '../processes.js';
import type { Contestant } from './contestants.js';
import { historyOf, type History } from './history.js';

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
  /** Milliseconds that a lifecycle took to its review in the run before, for the operator who looks whether it is there. */
  usualMs?: number | undefined;
}

/** Runs lifecycles from start to end, with an operator who approves as soon as they are seen to wait. */
export async function run(options: RunOptions): Promise<Measured> {
  const { contestant, serverPid, lifecycles, concurrency, label, usualMs } = options;
  const patience = new Patience(usualMs);
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
