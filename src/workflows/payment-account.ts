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
import { Malformed } from '../lifecycle/schema.js';
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
  const kase = openCase(input, (at) => newAccount(input.application, at));
  onSignal(HAND_OVER, (value) => takeOver(kase, value));
  receive(kase);
  answer(kase);
  setHandler(queries.account, () => kase.state.application);
  return runCourse(kase, { phases: { upkeep }, prepare: loadPolicy, success: 'completed' });
}

/** Goes on with what the lifecycle hands over that opened the account, was reset, and has come here again; nothing else changes anything. */
function takeOver(kase: Case<AccountState>, value: unknown): void {
  const { application, outcome, attention } = kase.state;
  if (outcome || !application.consent) return;
  let handed: HandOver;
  try {
    handed = parseHandOver(value instanceof Unreadable ? undefined : value);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    kase.record('handOverMalformed', { why: error.message });
    return;
  }
  const { consent } = handed;
  const refused = !areOfOneApplication(consent, application.consent)
    ? 'otherApplication'
    : wasAsked(kase, renewalOf(consent)) && 'renewalBegun';
  if (refused) {
    kase.record('handOverRefused', { consentId: consent.consentId, why: refused });
    return;
  }
  // A renewal that waits for a person is of a consent that no longer counts.
  if (attention && consent.consentId !== application.consent.consentId) kase.apply(attentionOvertaken);
  kase.apply(consentTaken(handed));
  kase.record('handedOver', { consentId: consent.consentId, until: consent.validUntil });
  kase.show();
}

async function upkeep(kase: Case<AccountState>): Promise<never> {
  for (;;) {
    const consent = await untilRenewal(kase);
    try {
      await renew(kase, consent);
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
      kase.record('renewalNeedless', { consentId: consent.consentId });
    }
  }
}

/** The end of a consent names its renewal, so that each takes place once. */
const renewalOf = ({ validUntil }: Pick<PaymentConsent, 'validUntil'>): string => validUntil.slice(0, 10);

/** @throws CallNeedless where another consent was handed over meanwhile */
async function renew(kase: Case<AccountState>, { consentId, terms, validUntil }: PaymentConsent): Promise<void> {
  const current = (): AccountState['application'] => {
    const { application } = kase.state;
    if (application.consent?.consentId !== consentId) throw new CallNeedless();
    return application;
  };
  const { accountId } = current();
  const of = renewalOf({ validUntil });
  const consent = await makeConsent(kase, { accountId, terms: () => terms, of, stillAsked: () => void current() });
  current();
  kase.apply(consentTaken({ consent }));
  kase.record('paymentConsentRenewed', { until: consent.validUntil });
  kase.show();
}

/** The consent that is to be renewed now. Without one there is nothing to renew; the wait ends with the case's cancellation only. */
async function untilRenewal(kase: Case<AccountState>): Promise<PaymentConsent> {
  for (;;) {
    const { consent } = kase.state.application;
    if (!consent) {
      await condition(() => false);
      continue;
    }
    const isAnother = (): boolean => kase.state.application.consent?.consentId !== consent.consentId;
    const left = renewalTime(consent).getTime() - Date.now();
    if (left <= 0) return consent;
    await condition(() => kase.mayMove || isAnother(), left, { summary: 'renewal of the payment consent' });
    if (kase.mayMove) await kase.moveOn(isAnother);
  }
}
