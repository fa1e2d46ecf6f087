import * as z from 'zod/mini';
import type { Origin, PaymentConsentRequest } from '../contract/application.js';
import { isAmount } from '../contract/money.js';
import type { LifecycleKind } from './phases.js';
import { fields, list, optional, parse, text, time, wholeNumber } from '../contract/schema.js';
import { isSealedText } from './sealed.js';

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

const MAX_HANDED_OVER = 200;

const amount = fields({ value: text(40), currency: text(3) }).check(
  z.refine(isAmount, { error: 'an amount such as {"value": "25.00", "currency": "EUR"} is expected' }),
);

/** What a lifecycle hands over to its account's case; anybody may have sent it. */
const handOver = fields({
  consent: fields({
    consentId: text(200),
    authenticationCode: optional(text(4000).check(z.refine(isSealedText, { error: 'a sealed text is expected' }))),
    validUntil: time(),
    terms: fields({
      title: text(400),
      validDays: wholeNumber(1, 3650),
      perTransaction: amount,
      perDay: amount,
      perMonth: optional(amount),
      transactionsPerDay: wholeNumber(1),
      maxTransactions: optional(wholeNumber(1)),
      allowedIbans: list(text(64), [0, MAX_HANDED_OVER]),
    }),
  }),
  approvers: list(fields({ ref: text(100), email: text(254) }), [0, MAX_HANDED_OVER]),
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
