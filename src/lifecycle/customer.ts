import * as z from 'zod/mini';
import type { Origin, PaymentConsentRequest } from '../contract/application.js';
import type { LifecycleKind } from './phases.js';
import { fields, list, optional, parse, text, time } from '../contract/schema.js';
import { LIMITS } from './customer-messages.js';
import { isSealedText } from './sealed.js';

/** What a payment consent allows. Source: facts F10. */
export interface ConsentTerms extends PaymentConsentRequest {
  /** The only IBANs that may be paid. */
  allowedIbans: string[];
}

/** A payment consent as it was made; FinHub returns its code only once. */
export interface PaymentConsent {
  consentId: string;
  /** Sealed. */
  authenticationCode?: string | undefined;
  /** ISO 8601. */
  validUntil: string;
  terms: ConsentTerms;
  /** False where it ends by itself. */
  renews?: boolean | undefined;
}

/** The title by which a consent is known as its application's: one whose answer was lost is found and revoked. */
export function consentTitle(title: string, applicationId: string): string {
  return `${title} (${applicationId})`;
}

/** Whether a consent is of this application, whose id ends its title ({@link consentTitle}). */
export function isOfApplication({ terms: { title } }: PaymentConsent, applicationId: string): boolean {
  return title.endsWith(` (${applicationId})`);
}

/** A beneficiary whom FinHub has screened. */
export interface RegisteredBeneficiary {
  /** Names the beneficiary for this customer. */
  ref: string;
  name: string;
  iban: string;
  /** FinHub's. */
  beneficiaryId: string;
}

/**
 * A customer after activation: what payments need and FinHub does not return. The lifecycle that activated the customer begins it; the
 * customer's own case stores it. There is no password in it: after onboarding we act with the rights of the tenant's admin.
 */
export interface Customer {
  customerId: string;
  tenantId: string;
  kind: LifecycleKind;
  /** Of the onboarding. */
  applicationId: string;
  accountId: string;
  iban: string;
  /** Of the application; for what happens without the customer. */
  origin: Origin;
  beneficiaries: RegisteredBeneficiary[];
  consent?: PaymentConsent | undefined;
}

/** The Signal by which a lifecycle hands over to the customer's case what it made for it. */
export const HAND_OVER = 'handOver';

const MAX_HANDED_OVER = 200;

/** What a lifecycle hands over to the customer's case; anybody may have sent it. */
const handOver = fields({
  consent: optional(
    fields({
      consentId: text(200),
      authenticationCode: optional(text(4000).check(z.refine(isSealedText, { error: 'a sealed text is expected' }))),
      validUntil: time(),
      terms: fields({ title: text(400), ...LIMITS, allowedIbans: list(text(64), [0, MAX_HANDED_OVER]) }),
    }),
  ),
  beneficiaries: list(fields({ ref: text(64), name: text(140), iban: text(64), beneficiaryId: text(200) }), [
    0,
    MAX_HANDED_OVER,
  ]),
});
export type HandOver = z.output<typeof handOver>;

/** @throws Malformed, with the path and what is expected there */
export function parseHandOver(value: unknown): HandOver {
  return parse(handOver, value);
}

const DAY = 24 * 3600_000;
const LONGEST_LEAD_DAYS = 14;

/** When a consent is renewed: two weeks before its end, or after nine tenths of a short validity. */
export function renewalTime({ validUntil, terms }: PaymentConsent): Date {
  const lead = Math.min(LONGEST_LEAD_DAYS * DAY, (terms.validDays * DAY) / 10);
  return new Date(Date.parse(validUntil) - lead);
}
