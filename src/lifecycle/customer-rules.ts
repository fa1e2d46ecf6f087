import { isOfApplication, type Customer, type PaymentConsent } from './customer.js';

/** The end of a consent names its renewal, so that each takes place once. */
export const renewalOf = ({ validUntil }: Pick<PaymentConsent, 'validUntil'>): string => validUntil.slice(0, 10);

/** Why a consent is not taken over from the onboarding; undefined where it is. */
export function handOverRefusal(
  { applicationId, consent: own }: Customer,
  consent: PaymentConsent,
  renewalBegun: (of: string) => boolean,
): 'otherApplication' | 'renewalBegun' | undefined {
  const isOwn = (one: PaymentConsent): boolean => isOfApplication(one, applicationId);
  if (!isOwn(consent) || (own && !isOwn(own))) return 'otherApplication';
  return renewalBegun(renewalOf(consent)) ? 'renewalBegun' : undefined;
}
