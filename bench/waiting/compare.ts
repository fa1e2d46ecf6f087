import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { request } from 'undici';
import { freePort } from '../../dev/embedded/ports.js';
import { startStack, type Stack } from '../../dev/embedded/stack.js';
import { ours, type Contestant } from '../lifecycle/contestants.js';
import { historyOf } from '../lifecycle/history.js';
import { inTime, Patience } from '../patience.js';
import { residentMib } from '../processes.js';
import { spreadOf, type Spread } from '../spread.js';

export interface WaitingOptions {
  /** Cases in review at the end; at the beginning there are ten. */
  cases: number;
  /** Cases that the worker may keep in memory. */
  cached: number;
  /** Decisions that are timed at each number of open cases. */
  decisions: number;
  onProgress?: (line: string) => void;
}

/** With so many cases in review. */
export interface Standing {
  open: number;
  /** Of them in the worker's memory, by its own metrics. */
  inMemory: number;
  workerMib: number;
  serverMib: number | undefined;
  /** Milliseconds from an approval to the end, with the account active: by the histories. */
  decisionMs: Spread;
}

export interface WaitingBench {
  cached: number;
  few: Standing;
  all: Standing;
  /** All through few. */
  ratios: { workerMemory: number; decision: number };
  /** A new worker, which knows none of the open cases. */
  restart: { readyMs: number; firstDecisionMs: number; decisionMs: Spread };
}

const FEW = 10;
const STARTED_AT_A_TIME = 10;

/**
 * Opens cases up to their review and leaves them there: first a few, then all; times decisions on some of each, then restarts the worker.
 * @throws Error where the worker keeps more of them in memory than it may
 */
export async function measureWaiting(options: WaitingOptions): Promise<WaitingBench> {
  const { cases, cached, decisions, onProgress = () => {} } = options;
  const metricsPort = await freePort();
  const stack = await startStack({
    sandboxArgs: ['--activation-delay', '0', '--log-level', 'silent'],
    workerEnv: {
      FINHUB_INDIVIDUAL_ACTIVATION: 'admin',
      WORKER_CACHED_WORKFLOWS: String(cached),
      METRICS_ADDRESS: String(metricsPort),
    },
  });
  try {
    const contestant = ours(stack);
    const open: WorkflowHandle[] = [];
    const openUpTo = async (count: number): Promise<void> => {
      await openCases(contestant, count - open.length, open);
      onProgress(`${open.length} cases are in review`);
    };
    const decide = (count: number) => decideOldest(contestant, open, count);
    const standing = async (): Promise<Standing> => {
      const inMemory = await casesInMemory(metricsPort);
      if (inMemory > cached) throw new Error(`the worker keeps ${inMemory} cases in memory, not ${cached}`);
      return { open: open.length, inMemory, ...(await memoryOf(stack)), decisionMs: spreadOf(await decide(decisions)) };
    };

    // Whatever the worker's first work leaves in memory is there before both measurements.
    await openUpTo(cached);
    await decide(cached - FEW);
    const few = await standing();
    await openUpTo(cases);
    const all = await standing();
    onProgress('restarting the worker');
    const restart = await restarted(stack, () => decide(decisions));
    return {
      ...{ cached, few, all, restart },
      ratios: {
        workerMemory: all.workerMib / few.workerMib,
        decision: all.decisionMs.median / few.decisionMs.median,
      },
    };
  } finally {
    await stack.stop();
  }
}

let started = 0;

async function openCases(contestant: Contestant, count: number, open: WorkflowHandle[]): Promise<void> {
  const patience = new Patience();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const lifecycle = await contestant.start(String((started += 1)));
      await patience.until(() => contestant.isInReview(lifecycle), lifecycle);
      open.push(lifecycle);
    }
  };
  await Promise.all(Array.from({ length: STARTED_AT_A_TIME }, lane));
}

/** One after the other; the oldest are those that a worker has forgotten first. */
async function decideOldest(contestant: Contestant, open: WorkflowHandle[], count: number): Promise<number[]> {
  const times: number[] = [];
  for (const lifecycle of open.splice(0, count)) {
    await contestant.approve(lifecycle);
    await inTime(lifecycle.result(), lifecycle);
    times.push((await historyOf(lifecycle)).fromDecisionMs);
  }
  return times;
}

async function casesInMemory(metricsPort: number): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${metricsPort}/metrics`);
  const [, count] = /^temporal_sticky_cache_size(?:{[^}]*})? (\d+)/m.exec(await body.text())!;
  return Number(count);
}

async function memoryOf({ pids, worker }: Stack): Promise<Pick<Standing, 'workerMib' | 'serverMib'>> {
  const serverMib = pids.temporal && (await settledMib(pids.temporal));
  return { serverMib, workerMib: await settledMib(worker.pid) };
}

const LOOKS = 10;
const PAUSE_MS = 300;

/** The least that a process holds within some idle seconds: what else it holds is garbage not yet collected. */
async function settledMib(pid: number): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < LOOKS; look += 1) {
    least = Math.min(least, residentMib(pid));
    await sleep(PAUSE_MS);
  }
  return least;
}

async function restarted(stack: Stack, decide: () => Promise<number[]>): Promise<WaitingBench['restart']> {
  await stack.worker.stop();
  const startedAt = performance.now();
  await stack.startWorker();
  const readyMs = performance.now() - startedAt;
  const times = await decide();
  return { readyMs, firstDecisionMs: times[0]!, decisionMs: spreadOf(times) };
}
