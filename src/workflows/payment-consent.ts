import type { AnyCaseState } from '../lifecycle/case-state.js';
import type { ConsentTerms, PaymentConsent } from '../lifecycle/payment-account.js';
import type { Case } from './case.js';

const DAY = 24 * 3600_000;

/**
 * Makes a payment consent and has it approved. FinHub tells its code only in the answer to its creation: what a try without an answer left
 * behind is known by its title and revoked before the next one.
 * @param of tells a renewal from the first one
 */
export async function makeConsent(
  kase: Case<AnyCaseState>,
  { accountId, terms, of }: { accountId: string; terms: ConsentTerms; of?: string },
): Promise<PaymentConsent> {
  const { allowedIbans, validDays, title, ...limits } = terms;
  // Kept, so that a try on another day asks for the same days.
  const key = `consentAsked/${of ?? 'first'}`;
  const asked = kase.kept<string>(key) ?? new Date().toISOString();
  kase.keep(key, asked);
  const from = new Date(asked);
  const startDate = day(from);
  const endDate = day(new Date(from.getTime() + validDays * DAY));
  const { consentId, status, authenticationCode } = await kase.calls.once(
    'createPaymentConsent',
    () => ({
      accountId,
      title: of === undefined ? title : `${title}, after ${of}`,
      startDate,
      endDate,
      ...limits,
      allowedAccounts: allowedIbans,
    }),
    { ...(of === undefined ? {} : { of }), adopts: ['consentId'] },
  );
  if (status !== 'ACTIVE') {
    await kase.calls.once('approvePaymentConsent', () => ({ consentId }), of === undefined ? {} : { of });
  }
  return { consentId, authenticationCode, validUntil: `${endDate}T23:59:59.999Z`, terms };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
