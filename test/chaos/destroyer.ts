import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Part } from './rig.js';

/** How often what is done to the service. */
export interface Blows {
  workerKills: number;
  serverKills: number;
  sandboxKills: number;
  clientKills: number;
  pauses: number;
}

export interface Blow {
  what: 'kill' | 'pause';
  part: Part;
  /** A second one while the service still recovers from the first. */
  again: boolean;
  /** Milliseconds that a paused process stands still. */
  forMs: number;
}

/** The blows of a run, in an order that the seed gives. Every second kill of a worker comes twice, the second time during recovery. */
export function blowsOf({ workerKills, serverKills, sandboxKills, clientKills, pauses }: Blows, seed: number): Blow[] {
  const kills = (part: Part, count: number): Blow[] =>
    Array.from({ length: count }, (_, index) => ({
      what: 'kill',
      part,
      again: part === 'worker' && index % 2 === 1,
      forMs: 0,
    }));
  const paused = Array.from({ length: pauses }, (_, index): Blow => {
    const part = (['worker', 'temporal', 'sandbox'] as const)[index % 3]!;
    return { what: 'pause', part, again: false, forMs: 500 + 250 * (index % 9) };
  });
  const all = [
    ...kills('worker', workerKills),
    ...kills('temporal', serverKills),
    ...kills('sandbox', sandboxKills),
    ...kills('client', clientKills),
    ...paused,
  ];
  return fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), { numRuns: 1, seed })[0]!;
}

/** Progress by which the last blow falls; what comes after it has to be long enough for a worker to be killed twice. */
const LAST = 0.7;

/**
 * Deals out the blows evenly over the course of the work, so that none falls when all is over.
 * @param progress from 0 to 1
 */
export async function dealOut(
  blows: readonly Blow[],
  progress: () => number,
  strike: (blow: Blow) => Promise<void>,
): Promise<number> {
  let dealt = 0;
  for (const [index, blow] of blows.entries()) {
    const from = (LAST * (index + 0.5)) / blows.length;
    while (progress() < from) await sleep(20);
    if (progress() >= 1) break;
    await strike(blow);
    dealt += 1;
  }
  return dealt;
}
