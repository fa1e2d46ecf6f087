import type { AuditWriter } from '../lifecycle/audit-events.js';
import { isLifecycle } from '../lifecycle/case-state.js';
import { callsOf, loginOf, purposeOf, type CallContext } from './call-context.js';
import { failureOf } from './call-failure.js';

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
      await callsOf(theCase, 'The end', 3).closeSession(call);
    } catch (error) {
      theCase.record('sessionLeftOpen', { failure: failureOf(error).type });
    }
  };
}
