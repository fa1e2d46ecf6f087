import { setTimeout as sleep } from 'node:timers/promises';
import { WaitTimedOut } from './errors.js';
import type { CurrentStatus } from './current-status.js';

/** Wait targets: an operator's turn in the review, a decision on the open review, an active account, the end; `settled` is the end, or a call that needs attention. */
export const WAIT_TARGETS = ['review', 'decision', 'active', 'settled', 'done'] as const;
export type WaitTarget = (typeof WAIT_TARGETS)[number];

export interface WaitOptions {
  /** Without it the wait has no end. */
  timeoutMs?: number | undefined;
  /** Keeps waiting while the case needs attention; by default the wait ends there, since nothing moves before a person acts. */
  throughAttention?: boolean | undefined;
  /** Called with the first status, and each time a person would see a difference. */
  onChange?: ((status: CurrentStatus) => void) | undefined;
}

export interface Waited {
  /** False if the lifecycle ended differently, so that it will never be reached, or needs attention first. */
  reached: boolean;
  /** Not reached, and it will not be before a person acts. */
  needsAttention: boolean;
  status: CurrentStatus;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Polls a case, less often while nothing happens.
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
      const why = status.stale ? '; no worker responds' : '';
      throw new WaitTimedOut(
        `"${target}" was not reached within ${timeoutMs / 1000} s: the case is ${status.status}${phase}${why}`,
      );
    }
    await sleep(Math.min(pause, left));
  }
}

/** Judges one status after the other; undefined while the wait continues. */
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
  // Each retry of a call would otherwise count as a new wait.
  const waiting = waitingOn && [waitingOn.who, waitingOn.what, waitingOn.dueAt];
  const states = phases.map((phase) => phase.status);
  return JSON.stringify([status.status, states, waiting, attention?.reason, review, requirements, outcome]);
}
