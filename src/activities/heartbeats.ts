import { activityInfo, heartbeat } from '@temporalio/activity';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import { isExclusive } from '../finhub/perform.js';

/**
 * What an attempt tells the next one by its heartbeats. `sent`: a write may have gone out; `cutOff`: the same, and the attempt was ended while
 * FinHub was at it; `refused`: whatever went out came to nothing.
 */
export type Told = 'sent' | 'cutOff' | 'refused';

const BEATS_PER_TIMEOUT = 3;

/**
 * Lets activities tell Temporal that their worker is alive for as long as they run, where their workflow asks for it. What is over sooner than
 * a third of the heartbeat timeout costs the server nothing.
 */
export function withHeartbeats<T extends object>(activities: T): T {
  const all = Object.entries(activities) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    all.map(([name, activity]) => [name, (...args: unknown[]) => beating(toldBy(name), () => activity(...args))]),
  ) as T;
}

/**
 * What the beats of an activity tell. Those of one that has to be alone say from the first on that a write may have gone out: a beat that says
 * less could overtake the lease.
 */
function toldBy(name: string): Told | undefined {
  const endpoint = (CATALOGUE as Record<string, (typeof CATALOGUE)[keyof typeof CATALOGUE] | undefined>)[name];
  return endpoint && isExclusive(endpoint) ? 'sent' : undefined;
}

async function beating<T>(told: Told | undefined, work: () => Promise<T>): Promise<T> {
  const { heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) return work();
  const beats = setInterval(() => heartbeat(told), heartbeatTimeoutMs / BEATS_PER_TIMEOUT);
  try {
    return await work();
  } finally {
    clearInterval(beats);
  }
}
