import { whyNotAdopted } from '../lifecycle/adoption.js';
import type { AuditWriter } from '../lifecycle/audit-events.js';
import type { CallFailure } from '../lifecycle/failures.js';
import type { ResolveAttention } from '../lifecycle/messages.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { isLifecycle, payingAccountOf } from '../lifecycle/case-state.js';
import { callsOf, loginOf, purposeOf, type CallContext } from './call-context.js';
import { idsDoubted, type Transition } from '../lifecycle/transitions.js';

/** What looking at FinHub needs of its case. */
export interface AdoptingCase extends CallContext, AuditWriter {
  apply(transition: Transition): void;
}

/**
 * Looks at FinHub before ids that a person gives count, and says why they do not. What FinHub does not show counts when it is given again, since
 * its look-ups may be late or blind; a customer into whom the application's password does not log in never does.
 */
export async function lookAtAdopted(
  theCase: AdoptingCase,
  { key, operation }: { key: string; operation: string },
  { adopt = {}, by }: ResolveAttention,
): Promise<string | undefined> {
  const { state } = theCase;
  const { finhub } = state;
  const accountId = finhub.accountId ?? payingAccountOf(state);
  const input = {
    operation,
    ids: adopt,
    customerId: finhub.customerId,
    accountId,
    login: loginBy(state, operation, adopt),
  };
  const sight = await callsOf(theCase, 'looks for what a person gave').lookUpAdopted({
    input,
    for: purposeOf(theCase, `${key}/adopted`, {}),
  });
  if (sight === 'shown' || sight === 'unknown') return undefined;
  const given = canonicalJson({ key, adopt });
  if (sight === 'notShown' && state.doubted === given) {
    theCase.record('adoptedUnseen', { operation, ids: adopt }, by);
    return undefined;
  }
  theCase.apply(idsDoubted(given));
  theCase.record('adoptionRefused', { operation, ids: adopt, sight }, by);
  return whyNotAdopted(sight, adopt);
}

/** The login that the given ids make, where they are a person's. */
function loginBy(state: CallContext['state'], operation: string, { customerId, userId }: Record<string, string>) {
  if (!isLifecycle(state) || operation !== 'registerIndividual' || !customerId || !userId) return undefined;
  return { ...loginOf(state), customerId, userId };
}

/** The question again, with why the answer did not do. */
export const askedAgain = (failure: CallFailure, why: string): CallFailure => ({ ...failure, message: why });
