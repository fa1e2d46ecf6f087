import { condition, setHandler } from '@temporalio/workflow';
import { newAccount } from '../lifecycle/new-case.js';
import type { AccountState } from '../lifecycle/case-state.js';
import type { Outcome } from '../lifecycle/outcome.js';
import {
  areOfOneApplication,
  HAND_OVER,
  renewalTime,
  type HandOver,
  type PaymentConsent,
} from '../lifecycle/payment-account.js';
import { Malformed } from '../contract/schema.js';
import { parseHandOver } from '../lifecycle/payment-account.js';
import { Unreadable } from '../lifecycle/slots.js';
import { type Case, type CaseInput } from './case.js';
import { runCourse } from './course.js';
import { CallNeedless } from './control-flow.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { queries } from './definitions.js';
import { answer, receive } from './messages.js';
import { onSignal } from './signals.js';
import { makeConsent, wasAsked } from './payment-consent.js';
import { attentionOvertaken, consentTaken } from '../lifecycle/transitions.js';

/**
 * Keeps what transfers from an account need for as long as the account is there, and renews its payment consent before it ends. Transfers ask
 * for it by the query `account`.
 */
export async function paymentAccount(input: CaseInput<AccountState>): Promise<Outcome> {
  const theCase = openCase(input, (at) => newAccount(input.application, at));
  onSignal(HAND_OVER, (value) => takeOver(theCase, value));
  receive(theCase);
  answer(theCase);
  setHandler(queries.account, () => theCase.state.application);
  return runCourse(theCase, { phases: { upkeep }, prepare: loadPolicy, success: 'completed' });
}

/** Goes on with what the lifecycle hands over that opened the account, was reset, and has come here again; nothing else changes anything. */
function takeOver(theCase: Case<AccountState>, value: unknown): void {
  const { application, outcome, attention } = theCase.state;
  if (outcome || !application.consent) return;
  let handed: HandOver;
  try {
    handed = parseHandOver(value instanceof Unreadable ? undefined : value);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    theCase.record('handOverMalformed', { why: error.message });
    return;
  }
  const { consent } = handed;
  const refused = !areOfOneApplication(consent, application.consent)
    ? 'otherApplication'
    : wasAsked(theCase, renewalOf(consent)) && 'renewalBegun';
  if (refused) {
    theCase.record('handOverRefused', { consentId: consent.consentId, why: refused });
    return;
  }
  // A renewal that waits for a person is of a consent that no longer counts.
  if (attention && consent.consentId !== application.consent.consentId) theCase.apply(attentionOvertaken);
  theCase.apply(consentTaken(handed));
  theCase.record('handedOver', { consentId: consent.consentId, until: consent.validUntil });
  theCase.show();
}

async function upkeep(theCase: Case<AccountState>): Promise<never> {
  for (;;) {
    const consent = await untilRenewal(theCase);
    try {
      await renew(theCase, consent);
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
      theCase.record('renewalNeedless', { consentId: consent.consentId });
    }
  }
}

/** The end of a consent names its renewal, so that each takes place once. */
const renewalOf = ({ validUntil }: Pick<PaymentConsent, 'validUntil'>): string => validUntil.slice(0, 10);

/** @throws CallNeedless where another consent was handed over meanwhile */
async function renew(theCase: Case<AccountState>, { consentId, terms, validUntil }: PaymentConsent): Promise<void> {
  const current = (): AccountState['application'] => {
    const { application } = theCase.state;
    if (application.consent?.consentId !== consentId) throw new CallNeedless();
    return application;
  };
  const { accountId } = current();
  const of = renewalOf({ validUntil });
  const consent = await makeConsent(theCase, { accountId, terms: () => terms, of, stillAsked: () => void current() });
  current();
  theCase.apply(consentTaken({ consent }));
  theCase.record('paymentConsentRenewed', { until: consent.validUntil });
  theCase.show();
}

/** The consent that is to be renewed now. Without one there is nothing to renew; the wait ends with the case's cancellation only. */
async function untilRenewal(theCase: Case<AccountState>): Promise<PaymentConsent> {
  for (;;) {
    const { consent } = theCase.state.application;
    if (!consent) {
      await condition(() => false);
      continue;
    }
    const isAnother = (): boolean => theCase.state.application.consent?.consentId !== consent.consentId;
    const left = renewalTime(consent).getTime() - Date.now();
    if (left <= 0) return consent;
    await condition(() => theCase.mayMove || isAnother(), left, { summary: 'renewal of the payment consent' });
    if (theCase.mayMove) await theCase.moveOn(isAnother);
  }
}
