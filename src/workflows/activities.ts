import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { FAILURES } from '../lifecycle/failures.js';

export type ActivityName = keyof Activities;
export type CallInput<Name extends ActivityName> = Parameters<Activities[Name]>[0] extends { input: infer I }
  ? I
  : never;
export type CallResult<Name extends ActivityName> = Awaited<ReturnType<Activities[Name]>>;

/** Where an activity is carried out. */
export type Route = Pick<ActivityOptions, 'taskQueue' | 'allowEagerDispatch' | 'priority'>;

/** To the task queue of FinHub's calls, each tenant with an equal share of it; without one, to the workflow's own. */
export function routeTo(callsQueue: string | undefined, tenantId: string): Route {
  if (callsQueue === undefined) return {};
  return { taskQueue: callsQueue, allowEagerDispatch: false, priority: { fairnessKey: tenantId } };
}

/** Activities that call FinHub once; by default ten quick tries over some five minutes, then the case decides how to go on. */
export function callsTo(
  seconds: number,
  summary: string,
  {
    maximumAttempts = 10,
    route = {},
    heartbeatSeconds,
  }: { maximumAttempts?: number; route?: Route; heartbeatSeconds?: number | undefined } = {},
): Activities {
  return proxyActivities<Activities>({
    ...route,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    startToCloseTimeout: seconds * 1000,
    ...heartbeatAfter(heartbeatSeconds),
    summary,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts },
  });
}

/** After a hint, FinHub is asked at once, then after so many seconds. */
const SOON_SECONDS = 3;

/** Activities whose retries are the polling; `attempts` bounds it where an answer is expected soon. */
export function pollsEvery(
  seconds: number,
  options: {
    callSeconds: number;
    heartbeatSeconds: number | undefined;
    summary: string;
    slowest: number;
    attempts?: number;
    route: Route;
    /** FinHub has just hinted at news, which its reads may show a moment later. */
    hinted: boolean;
  },
): Activities {
  const { hinted, slowest } = options;
  const isSlow = seconds > SOON_SECONDS;
  const pauses =
    hinted && isSlow ? { first: SOON_SECONDS, growth: 20 } : { first: seconds, growth: slowest > seconds ? 1.5 : 1 };
  return proxyActivities<Activities>({
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    ...options.route,
    startToCloseTimeout: options.callSeconds * 1000,
    ...heartbeatAfter(options.heartbeatSeconds),
    summary: options.summary,
    retry: {
      initialInterval: pauses.first * 1000,
      backoffCoefficient: pauses.growth,
      maximumInterval: slowest * 1000,
      nonRetryableErrorTypes: [FAILURES.unauthorized, FAILURES.forbidden],
      ...(options.attempts === undefined ? {} : { maximumAttempts: options.attempts }),
    },
  });
}

function heartbeatAfter(seconds: number | undefined): Pick<ActivityOptions, 'heartbeatTimeout'> {
  return seconds === undefined ? {} : { heartbeatTimeout: seconds * 1000 };
}
