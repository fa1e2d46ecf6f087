import type { CaseState } from '../lifecycle/case-state.js';
import type { ConsentTerms, PaymentConsent } from '../lifecycle/customer.js';
import type { Case } from './case.js';

const DAY = 24 * 3600_000;

export interface ConsentRequest {
  accountId: string;
  terms: () => ConsentTerms;
  of?: string;
  stillAsked?: () => void;
}

const askedKey = (of = 'first'): string => `consentAsked/${of}`;

/** Whether the renewal of this name has begun. */
export const wasAsked = (theCase: Case<CaseState>, of: string): boolean => theCase.kept(askedKey(of)) !== undefined;

/**
 * Makes a payment consent and has it approved. FinHub tells its code only in the answer to its creation: what a try without an answer left
 * behind is known by its title and revoked before the next one.
 * @param terms taken anew for each try, since they may have been corrected
 * @param of tells a renewal from the first one
 * @param stillAsked throws where the consent is no longer asked for; called before each try
 */
export async function makeConsent(
  theCase: Case<CaseState>,
  { accountId, terms, of, stillAsked = () => {} }: ConsentRequest,
): Promise<PaymentConsent> {
  // Kept, so that a try on another day asks for the same days.
  const key = askedKey(of);
  const asked = theCase.kept<string>(key) ?? new Date().toISOString();
  theCase.keep(key, asked);
  const from = new Date(asked);
  const endDate = ({ validDays }: ConsentTerms) => day(new Date(from.getTime() + validDays * DAY));
  let told = terms();
  const { consentId, status, authenticationCode } = await theCase.calls.once(
    'createPaymentConsent',
    () => {
      stillAsked();
      told = terms();
      const { allowedIbans, validDays: _, title, ...limits } = told;
      return {
        accountId,
        title: of === undefined ? title : `${title}, after ${of}`,
        startDate: day(from),
        endDate: endDate(told),
        ...limits,
        allowedAccounts: allowedIbans,
      };
    },
    { ...(of === undefined ? {} : { of }), adopts: ['consentId'] },
  );
  if (status !== 'ACTIVE') {
    const approved = () => {
      stillAsked();
      return { consentId };
    };
    await theCase.calls.once('approvePaymentConsent', approved, of === undefined ? {} : { of });
  }
  return { consentId, authenticationCode, validUntil: `${endDate(told)}T23:59:59.999Z`, terms: told };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
