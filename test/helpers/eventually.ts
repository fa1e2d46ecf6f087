import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE } from './patience.js';
import { BrokenPromise } from './phase-watch.js';

/** Between looks, milliseconds: longer from one to the next, since each is work for the machine that is waited for. */
const PAUSES = { first: 25, growth: 1.3, longest: 150 };

/** What can tell how things stand when patience ends. */
const witnesses = new Set<() => Promise<string[]>>();

/** Has `tell` say how things stand whenever a wait is given up; returns how to stop that. */
export function testify(tell: () => Promise<string[]>): () => void {
  witnesses.add(tell);
  return () => void witnesses.delete(tell);
}

/** What all witnesses say, one thing a line. */
export async function howThingsStand(): Promise<string> {
  const told = await Promise.allSettled([...witnesses].map((tell) => tell()));
  return told
    .flatMap((said) => (said.status === 'fulfilled' ? said.value : [String(said.reason)]))
    .map((line) => `\n  ${line}`)
    .join('');
}

/**
 * Looks until there is something to see, and returns it; `undefined` and `false` are nothing.
 * @throws Error with `what`, how the cases stand that the test has to do with, and the last look's own error, after the deadline
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  seconds: number = PATIENCE.look,
): Promise<T> {
  // Not by the clock, which tests set.
  const end = performance.now() + seconds * 1000;
  for (let last: unknown, pause = PAUSES.first; ; pause = Math.min(pause * PAUSES.growth, PAUSES.longest)) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      if (error instanceof BrokenPromise) throw error;
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${seconds} s in vain: ${what}${await howThingsStand()}`, { cause: last });
    }
    await sleep(pause);
  }
}
