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

/** The Signal by which a lifecycle that was reset hands the consent that it has made anew to the account's case. */
export const NEW_CONSENT = 'newPaymentConsent';

/** Whether a Signal brought a consent; anybody may send one. */
export function isConsent(value: unknown): value is PaymentConsent {
  const { consentId, validUntil, terms } = (value ?? {}) as Partial<PaymentConsent>;
  const isDated = typeof validUntil === 'string' && !Number.isNaN(Date.parse(validUntil));
  return typeof consentId === 'string' && isDated && typeof terms?.title === 'string' && terms.validDays > 0;
}

/** Whether a consent takes the place of another one: its title has the application's id. */
export function replaces(other: PaymentConsent, consent: PaymentConsent | undefined): boolean {
  return other.terms.title === consent?.terms.title && other.consentId !== consent.consentId;
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

const DAY = 24 * 3600_000;
const LONGEST_LEAD_DAYS = 14;

/** When a consent is renewed: two weeks before its end, or after nine tenths of a short validity. */
export function renewalTime({ validUntil, terms }: PaymentConsent): Date {
  const lead = Math.min(LONGEST_LEAD_DAYS * DAY, (terms.validDays * DAY) / 10);
  return new Date(Date.parse(validUntil) - lead);
}
