import { setTimeout as sleep } from 'node:timers/promises';
import { WaitTimedOut } from './errors.js';
import type { CurrentStatus } from './current-status.js';

/** What one can wait for: an operator's turn in the review, a decision on the open review, the account being active, the end; `settled` is the end, or a call that needs attention. */
export const WAIT_TARGETS = ['review', 'decision', 'active', 'settled', 'done'] as const;
export type WaitTarget = (typeof WAIT_TARGETS)[number];

export interface WaitOptions {
  /** Without it the wait is endless. */
  timeoutMs?: number | undefined;
  /** Goes on waiting while the case needs attention; by default the wait ends there, since nothing moves before a person acts. */
  throughAttention?: boolean | undefined;
  /** Hears the first status and every one that differs in what a person would see. */
  onChange?: ((status: CurrentStatus) => void) | undefined;
}

export interface Waited {
  /** False where the lifecycle ended in another way, so that it will never be reached, or where it needs attention first. */
  reached: boolean;
  /** Not reached, and will not be before a person acts. */
  needsAttention: boolean;
  status: CurrentStatus;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Looks again and again, ever more seldom while nothing happens.
 * @throws WaitTimedOut
 */
export async function waitUntil(
  target: WaitTarget,
  look: () => Promise<CurrentStatus>,
  { timeoutMs = Infinity, throughAttention = false, onChange }: WaitOptions,
): Promise<Waited> {
  const end = Date.now() + timeoutMs;
  const judge = progress(target, { throughAttention });
  let seen: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const status = await look();
    if (seen !== (seen = sight(status))) {
      pause = FIRST_PAUSE_MS;
      onChange?.(status);
    }
    const waited = judge(status);
    if (waited) return waited;
    const left = end - Date.now();
    if (left <= 0) {
      const phase = status.phase === null ? '' : `, phase ${status.phase}`;
      const why = status.stale ? '; no worker answers' : '';
      throw new WaitTimedOut(
        `"${target}" was not reached within ${timeoutMs / 1000} s: the case is ${status.status}${phase}${why}`,
      );
    }
    await sleep(Math.min(pause, left));
  }
}

/** Judges one status after the other, from the first look on: undefined while there is something to wait for. */
export function progress(
  target: WaitTarget,
  { throughAttention = false }: Pick<WaitOptions, 'throughAttention'>,
): (status: CurrentStatus) => Waited | undefined {
  let first: CurrentStatus | undefined;
  return (status) => {
    first ??= status;
    if (isReached(target, status, first)) return { reached: true, needsAttention: false, status };
    if (status.outcome) return { reached: false, needsAttention: false, status };
    const stops = status.status === 'needsAttention' && !throughAttention;
    return stops ? { reached: false, needsAttention: true, status } : undefined;
  };
}

function isReached(target: WaitTarget, status: CurrentStatus, first: CurrentStatus): boolean {
  switch (target) {
    case 'done':
      return status.outcome !== null;
    case 'settled':
      return status.outcome !== null || status.status === 'needsAttention';
    case 'active':
      return status.stale ? status.outcome?.result === 'active' : status.accountActive;
    case 'review':
      return !status.stale && status.review.stage !== 'collecting';
    case 'decision':
      return decided(status, first);
  }
}

/** Decided for good, or sent back to the customer since the first look. */
function decided(status: CurrentStatus, first: CurrentStatus): boolean {
  if (status.stale) return false;
  const { stage, round } = status.review;
  const earlier = first.stale ? 1 : first.review.round;
  return stage === 'approved' || stage === 'rejected' || round > earlier;
}

function sight(status: CurrentStatus): string {
  if (status.stale) return JSON.stringify([status.status, status.phase]);
  const { phases, waitingOn, attention, review, requirements, outcome } = status;
  // A call that is tried again is waited for anew each time.
  const waiting = waitingOn && [waitingOn.who, waitingOn.what, waitingOn.dueAt];
  const states = phases.map((phase) => phase.status);
  return JSON.stringify([status.status, states, waiting, attention?.reason, review, requirements, outcome]);
}
