import { randomSequence } from '../../sandbox/faults.js';

/** What somebody in FinHub's portal, and the customer, do with one application, and when. */
export interface Deed {
  kind: 'individual' | 'organization';
  verdict: 'APPROVED' | 'REJECTED';
  /** Milliseconds in review before the portal decides. */
  decideAfter: number;
  /** Where a person activates: on FinHub's own pages, or by the code that FinHub mails. */
  activates: 'on FinHub’s pages' | 'by the code';
  /** Milliseconds before the customer activates. */
  activateAfter: number;
}

export interface Crowd {
  individuals: number;
  organizations: number;
  seed: number;
}

/** Milliseconds, evenly spread: long enough for several polls, and for FinHub to send again what was refused. */
const WAITS = { decision: [20_000, 100_000], activation: [10_000, 50_000] } as const;
/** One of so many is rejected. */
const REJECTED = 6;

/** The same seed is the same plan, whatever becomes of it. */
export function planOf({ individuals, organizations, seed }: Crowd): Deed[] {
  const random = randomSequence(seed);
  const within = ([from, to]: readonly [number, number]): number => Math.floor(from + random() * (to - from));
  return Array.from({ length: individuals + organizations }, (_, index) => ({
    kind: index < individuals ? 'individual' : 'organization',
    verdict: index % REJECTED === REJECTED - 1 ? 'REJECTED' : 'APPROVED',
    decideAfter: within(WAITS.decision),
    activates: random() < 0.5 ? 'on FinHub’s pages' : 'by the code',
    activateAfter: within(WAITS.activation),
  }));
}
