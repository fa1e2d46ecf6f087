import { FAILURES, PAUSING, RETRYABLE, type CallFailure } from './failures.js';

/** Between slow tries. */
export const SLOW_RETRY_MINUTES = 15;
const SLOW_RETRIES_PER_DAY = (24 * 60) / SLOW_RETRY_MINUTES;

/** The progress of a call to FinHub. */
export interface Tried {
  /** Slow tries since it began, or since a person last decided how to continue. */
  slowTries: number;
  /** An earlier try may have taken effect at FinHub. */
  mayRepeat: boolean;
}

export interface NextStep extends Tried {
  /** Pause and try again, or ask a person. */
  next: 'pause' | 'ask';
}

/** The next step after a call's quick retries: failures that may pass are tried slowly for a day, failures that pause all cases without end. */
export function afterFailure({ type, unclear }: CallFailure, tried: Tried): NextStep {
  const mayRepeat = tried.mayRepeat || unclear === true;
  const mayHeal = tried.slowTries < SLOW_RETRIES_PER_DAY ? RETRYABLE : PAUSING;
  return mayHeal.has(type)
    ? { next: 'pause', mayRepeat, slowTries: tried.slowTries + 1 }
    : { next: 'ask', mayRepeat, slowTries: tried.slowTries };
}

/** Keys of calls that FinHub may have carried out without our knowledge. */
export interface UnclearCalls {
  /** Nobody has looked at them yet. */
  unclear?: readonly string[] | undefined;
  /** They were unclear at some time since they were last known not to have happened. */
  everUnclear?: readonly string[] | undefined;
}

/** The change after a failed try, by whether FinHub may have acted. What it refuses as faulty now, it refused at each earlier try. */
export function unclearAfter(calls: UnclearCalls, key: string, failure: CallFailure): UnclearCalls {
  const { type, unclear, earlierUnclear } = failure;
  if (unclear === true || earlierUnclear === true)
    return { unclear: including(calls.unclear, key), everUnclear: including(calls.everUnclear, key) };
  if (type === FAILURES.invalidRequest) return { unclear: without(calls.unclear, key) };
  return {};
}

/** The change after a call has its result: nothing about it is unclear any more. */
export function clearedOf({ unclear, everUnclear }: UnclearCalls, key: string): UnclearCalls {
  return { unclear: without(unclear, key), everUnclear: without(everUnclear, key) };
}

const without = (keys: readonly string[] = [], key: string): string[] => keys.filter((other) => other !== key);

const including = (keys: readonly string[] | undefined, key: string): string[] => [...without(keys, key), key];
