import { condition, defineQuery, setHandler } from '@temporalio/workflow';
import { newAccount } from '../lifecycle/case-rules.js';
import type { AccountState, Outcome } from '../lifecycle/case-state.js';
import { isConsent, NEW_CONSENT, renewalTime, replaces, type PaymentConsent } from '../lifecycle/payment-account.js';
import { Case, type CaseInput } from './case.js';
import { loadPolicy } from './load-policy.js';
import { answer, onSignal, receive } from './messages.js';
import { makeConsent } from './payment-consent.js';

/**
 * Keeps what transfers from an account need for as long as the account is there, and renews its payment consent before it ends. Transfers ask
 * for it by the query `account`.
 */
export async function paymentAccount(input: CaseInput<AccountState>): Promise<Outcome> {
  const kase = new Case(input.resumed ?? newAccount(input.application, new Date()));
  receive(kase);
  answer(kase);
  setHandler(defineQuery('account'), () => kase.state.application);
  onSignal(NEW_CONSENT, (consent) => takeOver(kase, consent));
  return kase.run({ phases: { upkeep }, prepare: loadPolicy, success: 'completed' });
}

function takeOver(kase: Case<AccountState>, consent: unknown): void {
  const { application, outcome } = kase.state;
  if (outcome || !isConsent(consent) || !replaces(consent, application.consent)) return;
  kase.state.application = { ...application, consent };
  kase.record('paymentConsentTakenOver', `valid until ${consent.validUntil}`);
  kase.show();
}

async function upkeep(kase: Case<AccountState>): Promise<never> {
  for (;;) {
    const consent = await untilRenewal(kase);
    const { accountId } = kase.state.application;
    // The end of the last one names the renewal, so that each takes place once.
    const consentAfter = await makeConsent(kase, {
      accountId,
      terms: () => consent.terms,
      of: consent.validUntil.slice(0, 10),
    });
    kase.state.application = { ...kase.state.application, consent: consentAfter };
    kase.record('paymentConsentRenewed', `valid until ${consentAfter.validUntil}`);
    kase.show();
  }
}

/** The consent that is to be renewed now. Without one there is nothing to renew; the wait ends with the case's cancellation only. */
async function untilRenewal(kase: Case<AccountState>): Promise<PaymentConsent> {
  for (;;) {
    const { consent } = kase.state.application;
    const isAnother = (): boolean => kase.state.application.consent?.consentId !== consent?.consentId;
    if (!consent) {
      await condition(isAnother);
      continue;
    }
    const left = renewalTime(consent).getTime() - Date.now();
    if (left <= 0) return consent;
    await condition(() => kase.mayMove || isAnother(), left, { summary: 'renewal of the payment consent' });
    if (kase.mayMove) await kase.moveOn(isAnother);
  }
}
