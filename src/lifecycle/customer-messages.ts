import * as z from 'zod/mini';
import type { Address, Beneficiary, PaymentConsentRequest } from '../contract/application.js';
import { isAmount } from '../contract/money.js';
import { fields, list, marked, oneOf, optional, prose, text, wholeNumber } from '../contract/schema.js';

/** Beneficiaries there may be at a time; FinHub names no bound, an application takes as many. */
export const MAX_BENEFICIARIES = 100;

const by = marked('personal', text(200));
const ref = marked('plain', text(64));
const code = marked('plain', text(40));
const personal = (max: number) => marked('personal', text(max));

export const amount = marked(
  'personal',
  fields({ value: text(40), currency: text(3) }).check(
    z.refine(isAmount, { error: 'an amount such as {"value": "25.00", "currency": "EUR"} is expected' }),
  ),
);

/** The limits of a payment consent; one that is forgotten here does not compile. Source: facts F10. */
export const LIMITS = {
  validDays: wholeNumber(1, 3650),
  perTransaction: amount,
  perDay: amount,
  perMonth: optional(amount),
  transactionsPerDay: wholeNumber(1),
  maxTransactions: optional(wholeNumber(1)),
} satisfies Record<keyof Omit<PaymentConsentRequest, 'title'>, z.ZodMiniType>;

/** As an application has them: a field that is forgotten here does not compile. */
const beneficiary = fields({
  ref,
  name: personal(140),
  partyType: oneOf(['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER']),
  iban: personal(64),
  bic: code,
  currency: code,
  country: code,
  bankName: optional(personal(140)),
  bankAddress: optional(personal(200)),
  purposeCode: optional(code),
  email: optional(personal(254)),
  phoneNumber: optional(personal(40)),
  address: optional(
    fields({
      street: personal(200),
      city: personal(200),
      postalCode: optional(personal(40)),
      country: code,
      state: optional(personal(200)),
    } satisfies Record<keyof Address, z.ZodMiniType>),
  ),
} satisfies Record<keyof Beneficiary, z.ZodMiniType>);

/**
 * What is asked for a customer after activation. Each is kept, carried out in its turn, and shown in the status with what it came to. The client
 * library checks by the rules of applications before it sends; here only the form is checked, since anybody may have sent it.
 */
export const CUSTOMER_MESSAGES = {
  /** FinHub screens the beneficiary. Where the payment consent names beneficiaries, it is made anew with this one. */
  addBeneficiary: fields({ by, beneficiary }),
  /** Where the payment consent names beneficiaries, it is made anew without this one; without any it is revoked. */
  removeBeneficiary: fields({ by, ref }),
  /** In place of the one that there is; without terms, with those of the present one. */
  makePaymentConsent: fields({
    by,
    consent: optional(fields({ title: personal(140), ...LIMITS })),
    /** `ref`s of those that may be paid by it; all, where none are named. */
    beneficiaries: optional(list(ref, [1, MAX_BENEFICIARIES])),
  }),
  revokePaymentConsent: fields({ by, reason: optional(marked('personal', prose())) }),
} as const satisfies Record<string, z.ZodMiniType>;

export type CustomerMessage = keyof typeof CUSTOMER_MESSAGES;
