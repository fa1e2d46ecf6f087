import { activityInfo, heartbeat } from '@temporalio/activity';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import { isExclusive } from '../finhub/perform.js';
import { place, SLOTS, unplace } from '../lifecycle/slots.js';

/**
 * What an attempt tells the next one by its heartbeats. `sent`: a write may have gone out; `cutOff`: the same, and the attempt was ended while
 * FinHub was at it; `refused`: whatever went out came to nothing.
 */
export type Told = 'sent' | 'cutOff' | 'refused';

const TOLD: readonly unknown[] = ['sent', 'cutOff', 'refused'] satisfies Told[];

/** What an attempt tells, as a heartbeat's detail: bound to the activity and the attempt, since a heartbeat is anybody's to send. */
export function wordOf(told: Told): unknown {
  const { activityType, attempt } = activityInfo();
  return place(SLOTS.heartbeat(activityType), { attempt, told });
}

/**
 * What the attempt before this one has told; undefined where none has. A word that is not its own, or of an attempt further back, tells no more
 * than that a write may have gone out.
 */
export function lastWord(): Told | undefined {
  const { activityType, attempt, ...info } = activityInfo();
  const heartbeatDetails: unknown = info.heartbeatDetails;
  if (heartbeatDetails === undefined || heartbeatDetails === null) return undefined;
  const word = unplace(heartbeatDetails, SLOTS.heartbeat(activityType));
  const { attempt: of, told } = (typeof word === 'object' && word !== null ? word : {}) as {
    attempt?: number;
    told?: Told;
  };
  return of === attempt - 1 && TOLD.includes(told) ? told : 'sent';
}

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
  const beats = setInterval(() => heartbeat(told && wordOf(told)), heartbeatTimeoutMs / BEATS_PER_TIMEOUT);
  try {
    return await work();
  } finally {
    clearInterval(beats);
  }
}
