import type { Origin, PaymentConsentRequest } from './application.js';
import type { LifecycleKind } from './phases.js';

/** What a payment consent allows. Source: facts F10. */
export interface ConsentTerms extends PaymentConsentRequest {
  /** The only IBANs that may be paid. */
  allowedIbans: string[];
}

/** A payment consent as it was made; FinHub tells its code only once. */
export interface PaymentConsent {
  consentId: string;
  /** Sealed. */
  authenticationCode?: string | undefined;
  /** ISO 8601. */
  validUntil: string;
  terms: ConsentTerms;
}

/** The title by which a consent is known as its application's: one whose answer was lost is found and revoked. */
export function consentTitle(title: string, applicationId: string): string {
  return `${title} (${applicationId})`;
}

/** Whether two consents are of one application, whose id ends their titles ({@link consentTitle}). */
export function areOfOneApplication(one: PaymentConsent, other: PaymentConsent): boolean {
  const idOf = ({ terms: { title } }: PaymentConsent): string => title.slice(title.lastIndexOf(' ('));
  return idOf(one) === idOf(other);
}

/** Somebody of an organization who may approve its transfers. */
export interface Approver {
  ref: string;
  email: string;
}

/**
 * An account that can be paid from: what every transfer needs and FinHub does not tell. The lifecycle that opened the account makes it; the
 * account's own workflow keeps it, and renews its payment consent.
 */
export interface PaymentAccount {
  accountId: string;
  tenantId: string;
  iban: string;
  customerId: string;
  kind: LifecycleKind;
  /** Of the application that opened it; for what happens without the customer. */
  origin: Origin;
  /** The customer's login, its password sealed; organizations act through the tenant's admin. */
  session?: { kind: LifecycleKind; customerId: string; userId: string; username: string; password: string } | undefined;
  /** Where there are any, each transfer takes the approval of one of them. */
  approvers: Approver[];
  consent?: PaymentConsent | undefined;
}

/** The Signal by which a lifecycle that was reset tells the account's case what it has made anew. */
export const HAND_OVER = 'handOver';

export type HandOver = Pick<PaymentAccount, 'approvers'> & { consent: PaymentConsent };

const DAY = 24 * 3600_000;
const LONGEST_LEAD_DAYS = 14;

/** When a consent is renewed: two weeks before its end, or after nine tenths of a short validity. */
export function renewalTime({ validUntil, terms }: PaymentConsent): Date {
  const lead = Math.min(LONGEST_LEAD_DAYS * DAY, (terms.validDays * DAY) / 10);
  return new Date(Date.parse(validUntil) - lead);
}
