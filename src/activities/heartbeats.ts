import { activityInfo, heartbeat } from '@temporalio/activity';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import { isExclusive } from '../finhub/perform.js';
import { place, SLOTS, unplace } from '../lifecycle/slots.js';

/**
 * What an attempt reports to the next one. `sent`: a write may have gone out. `cutOff`: the same, and the attempt ended while FinHub was
 * still working on it. `refused`: nothing that went out took effect.
 */
export type AttemptReport = 'sent' | 'cutOff' | 'refused';

const REPORTS: readonly unknown[] = ['sent', 'cutOff', 'refused'] satisfies AttemptReport[];

/** A report as a heartbeat's detail, bound to the activity and the attempt, because anyone with access to Temporal can send a heartbeat. */
export function reportDetail(report: AttemptReport): unknown {
  const { activityType, attempt } = activityInfo();
  return place(SLOTS.heartbeat(activityType), { attempt, report });
}

/**
 * The report of the previous attempt; undefined if there is none. A report that is not its own, or that is of an older attempt, only shows
 * that a write may have gone out.
 */
export function lastReport(): AttemptReport | undefined {
  const { activityType, attempt, ...info } = activityInfo();
  const heartbeatDetails: unknown = info.heartbeatDetails;
  if (heartbeatDetails === undefined || heartbeatDetails === null) return undefined;
  const detail = unplace(heartbeatDetails, SLOTS.heartbeat(activityType));
  const { attempt: of, report } = (typeof detail === 'object' && detail !== null ? detail : {}) as {
    attempt?: number;
    report?: AttemptReport;
  };
  return of === attempt - 1 && REPORTS.includes(report) ? report : 'sent';
}
const BEATS_PER_TIMEOUT = 3;

/**
 * Makes activities send heartbeats while they run, if their workflow asks for it. An activity that ends within a third of the heartbeat
 * timeout sends none.
 */
export function withHeartbeats<T extends object>(activities: T): T {
  const all = Object.entries(activities) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    all.map(([name, activity]) => [name, (...args: unknown[]) => beating(reportOf(name), () => activity(...args))]),
  ) as T;
}

/**
 * The report in the heartbeats of an activity. Where attempts must not overlap, it is `sent` from the start: a heartbeat with less could
 * overtake the lease.
 */
function reportOf(name: string): AttemptReport | undefined {
  const endpoint = (CATALOGUE as Record<string, (typeof CATALOGUE)[keyof typeof CATALOGUE] | undefined>)[name];
  return endpoint && isExclusive(endpoint) ? 'sent' : undefined;
}

async function beating<T>(report: AttemptReport | undefined, work: () => Promise<T>): Promise<T> {
  const { heartbeatTimeoutMs } = activityInfo();
  if (!heartbeatTimeoutMs) return work();
  const beats = setInterval(() => heartbeat(report && reportDetail(report)), heartbeatTimeoutMs / BEATS_PER_TIMEOUT);
  try {
    return await work();
  } finally {
    clearInterval(beats);
  }
}
