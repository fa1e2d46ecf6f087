import { ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { CallFor } from '../activities/finhub-calls.js';
import type { AuditWriter } from '../lifecycle/audit-events.js';
import { isLifecycle } from '../lifecycle/case-state.js';
import { localCallsTo } from './activities.js';
import { callsOf, loginOf, purposeOf, type CallContext } from './call-context.js';
import { causeOf, failureOf } from './call-failure.js';

/**
 * Logs the customer out, if they were logged in; with the password as it is now, since the end of a case drops it. A session that cannot
 * be closed ends by itself within the hour.
 */
export function logOut(theCase: CallContext & AuditWriter): () => Promise<void> {
  const { state } = theCase;
  if (!isLifecycle(state) || !state.finhub.facts.includes('session')) return async () => {};
  const call = { session: loginOf(state), for: purposeOf(theCase, 'closeSession', {}) };
  return async () => {
    try {
      await closeSession(theCase, call);
    } catch (error) {
      theCase.record('sessionLeftOpen', { failure: failureOf(error).type });
    }
  };
}

/**
 * Within the workflow task if it works there at the first try: a session that ends by itself is not worth six events. Such a call passes no
 * task queue, so where queues limit the calls it is a durable one.
 */
async function closeSession(
  theCase: CallContext,
  call: { session: ReturnType<typeof loginOf>; for: CallFor },
): Promise<void> {
  const { callsAreRated, callSeconds } = theCase.policy;
  const durably = () => callsOf(theCase, 'The end', 3).closeSession(call);
  if (callsAreRated) return durably();
  try {
    return await localCallsTo(callSeconds).closeSession(call);
  } catch (error) {
    const cause = causeOf(error);
    if (isCancellation(error) || (cause instanceof ApplicationFailure && cause.nonRetryable)) throw error;
    const { retryAfterMs } = failureOf(error);
    if (retryAfterMs !== undefined) await sleep(retryAfterMs, { summary: 'next try of closeSession' });
  }
  return durably();
}
