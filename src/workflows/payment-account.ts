import { condition, defineQuery, setHandler } from '@temporalio/workflow';
import { newAccount } from '../lifecycle/case-rules.js';
import type { AccountState, Outcome } from '../lifecycle/case-state.js';
import { renewalTime } from '../lifecycle/payment-account.js';
import { Case, type CaseInput } from './case.js';
import { loadPolicy } from './load-policy.js';
import { answer, receive } from './messages.js';
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
  return kase.run({ phases: { upkeep }, prepare: loadPolicy, success: 'completed' });
}

async function upkeep(kase: Case<AccountState>): Promise<never> {
  for (;;) {
    await untilRenewal(kase);
    const { consent, accountId } = kase.state.application;
    // The end of the last one names the renewal, so that each takes place once.
    const consentAfter = await makeConsent(kase, {
      accountId,
      terms: () => consent!.terms,
      of: consent!.validUntil.slice(0, 10),
    });
    kase.state.application = { ...kase.state.application, consent: consentAfter };
    kase.record('paymentConsentRenewed', `valid until ${consentAfter.validUntil}`);
    kase.show();
  }
}

/** Without a consent there is nothing to renew; the wait ends with the case's cancellation only. */
async function untilRenewal(kase: Case<AccountState>): Promise<void> {
  const { consent } = kase.state.application;
  if (!consent) return condition(() => false);
  const left = (): number => renewalTime(consent).getTime() - Date.now();
  while (left() > 0) {
    await condition(() => kase.mayMove, left(), { summary: 'renewal of the payment consent' });
    if (kase.mayMove) await kase.moveOn(() => false);
  }
}
