import { request } from 'undici';
import { startStack } from '../../dev/embedded/stack.js';
import { slowDown } from '../slow-finhub.js';
import { spreadOf, type Spread } from '../spread.js';
import { bare, ours, type Contestant } from './contestants.js';
import { measureIds, type IdsBench } from './ids.js';
import { run, type Measured } from './run.js';

export interface LifecycleOptions {
  rounds: number;
  /** Lifecycles of each sort in a round, one at a time. */
  single: number;
  /** Lifecycles of each sort in a round, `concurrency` at a time. */
  many: number;
  concurrency: number;
  /** Milliseconds that FinHub takes for each answer; a sandbox of its own takes next to none. */
  latency?: number;
  onProgress?: (line: string) => void;
}

type Pair = Record<Contestant['name'], Measured>;

/** Ours through bare, over the rounds. */
export interface Ratios {
  throughput: Spread;
  latency: Spread;
  cpu: Spread;
  cpuWorker: Spread;
  cpuServer: Spread;
  events: Spread;
  bytes: Spread;
}

export interface LifecycleBench {
  /** HTTP calls of one lifecycle, as the sandbox saw them. */
  calls: Record<Contestant['name'], Record<string, number>>;
  atOne: { rounds: Pair[]; ratios: Ratios };
  atMany: { concurrency: number; rounds: Pair[]; ratios: Ratios };
  ids: IdsBench;
}

/**
 * Our individual lifecycle beside a bare workflow of the same calls, in turn, on one Temporal server and one sandbox; which of them begins
 * changes from round to round.
 */
export async function compareLifecycles(options: LifecycleOptions): Promise<LifecycleBench> {
  const { rounds, single, many, concurrency, latency = 0, onProgress = () => {} } = options;
  const stack = await startStack({
    sandboxArgs: ['--activation-delay', '0', '--log-level', 'silent'],
    workerEnv: { FINHUB_INDIVIDUAL_ACTIVATION: 'admin' },
  });
  try {
    if (latency > 0) await slowDown(stack.sandboxUrl, latency);
    const bareOne = await bare(stack);
    try {
      const both: Contestant[] = [ours(stack), bareOne];
      const serverPid = stack.pids.temporal;
      const once = { serverPid, lifecycles: 1, concurrency: 1 };
      let runs = 0;
      const calls: Partial<LifecycleBench['calls']> = {};
      for (const contestant of both) {
        // The first of each logs the admin in, and compiles much of both processes.
        await run({ ...once, contestant, label: 'first' });
        calls[contestant.name] = await callsDuring(stack.sandboxUrl, () =>
          run({ ...once, contestant, label: 'counted' }),
        );
      }
      const measure = async (lifecycles: number, atATime: number): Promise<{ rounds: Pair[]; ratios: Ratios }> => {
        const measured: Pair[] = [];
        const usualMs: Partial<Record<Contestant['name'], number>> = {};
        for (const contestant of both) {
          const warm = { serverPid, contestant, lifecycles: atATime, concurrency: atATime };
          for (let warmings = 0; warmings < 2; warmings += 1) {
            const label = String((runs += 1));
            const { latencyMs } = await run({ ...warm, label, usualMs: usualMs[contestant.name] });
            usualMs[contestant.name] = latencyMs.toReview;
          }
        }
        for (let round = 0; round < rounds; round += 1) {
          const pair: Partial<Pair> = {};
          for (const contestant of round % 2 === 0 ? both : both.toReversed()) {
            const label = String((runs += 1));
            const { name } = contestant;
            const size = { lifecycles, concurrency: atATime };
            const result = await run({ serverPid, contestant, ...size, label, usualMs: usualMs[name] });
            usualMs[name] = result.latencyMs.toReview;
            pair[name] = result;
            onProgress(`${name.padEnd(4)} ${atATime} at a time: ${result.perSecond.toFixed(2)}/s`);
          }
          measured.push(pair as Pair);
        }
        return { rounds: measured, ratios: ratiosOf(measured) };
      };
      const atOne = await measure(single, 1);
      const atMany = { concurrency, ...(await measure(many, concurrency)) };
      const ids = await measureIds(stack, both[0]!, rounds * single);
      return { calls: calls as LifecycleBench['calls'], atOne, atMany, ids };
    } finally {
      await bareOne.stop();
    }
  } finally {
    await stack.stop();
  }
}

function ratiosOf(rounds: readonly Pair[]): Ratios {
  const ratio = (part: (measured: Measured) => number): Spread =>
    spreadOf(rounds.map(({ ours, bare }) => part(ours) / part(bare)));
  return {
    throughput: ratio(({ perSecond }) => perSecond),
    latency: ratio(({ latencyMs }) => latencyMs.whole),
    cpu: ratio(({ cpuMs: { worker, server } }) => worker + (server ?? 0)),
    cpuWorker: ratio(({ cpuMs }) => cpuMs.worker),
    cpuServer: ratio(({ cpuMs }) => cpuMs.server ?? NaN),
    events: ratio(({ history }) => history.events),
    bytes: ratio(({ history }) => history.bytes),
  };
}

async function callsDuring(sandboxUrl: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const seen = async (): Promise<string[]> => {
    const { body } = await request(`${sandboxUrl}/__sandbox/requests`);
    return ((await body.json()) as { operation: string }[]).map(({ operation }) => operation);
  };
  const before = (await seen()).length;
  await work();
  const counts: Record<string, number> = {};
  for (const operation of (await seen()).slice(before)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
