import { z } from 'zod';
import { always, itemsOf, repeated, valueAt } from './cross-checks.js';
import { bic, country, currency, email, iban, key, money, phone, text } from './field-schemas.js';
import { personal } from './marks.js';
import { exceeds, isAmount } from './money.js';
import { address } from './people-schemas.js';

/** A payee of the account; `ref` names it within the application. */
export const beneficiary = z.strictObject({
  ref: key(64),
  name: personal(text(140)),
  partyType: z.enum(['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER']),
  iban,
  bic,
  currency,
  country,
  bankName: personal(text(140)).optional(),
  bankAddress: personal(text(200)).optional(),
  purposeCode: key(40).optional(),
  email: email.optional(),
  phoneNumber: phone.optional(),
  address: address.optional(),
});

/** A standing authorization for transfers, with limits; `validDays` count from its creation. Source: facts F10. */
export const paymentConsent = z
  .strictObject({
    title: personal(text(140)),
    validDays: z.int().min(1).max(3650),
    perTransaction: money,
    perDay: money,
    perMonth: money.optional(),
    transactionsPerDay: z.int().min(1).max(10_000),
    maxTransactions: z.int().min(1).max(1_000_000).optional().describe('the most transactions in all'),
  })
  .superRefine(({ perTransaction, perDay, perMonth }, context) => {
    const ladder = [
      ['perDay', 'perTransaction', perDay, perTransaction],
      ['perMonth', 'perDay', perMonth, perDay],
    ] as const;
    for (const [name, below, limit, smaller] of ladder) {
      // What is no amount is a fault of its own.
      if (!isAmount(limit) || !isAmount(smaller)) continue;
      if (limit.currency !== smaller.currency) {
        context.addIssue({ code: 'custom', path: [name, 'currency'], message: `must be that of ${below}` });
      } else if (exceeds(smaller, limit)) {
        context.addIssue({ code: 'custom', path: [name, 'value'], message: `is less than ${below}` });
      }
    }
  });

/** Money for the wallet before the first transfer. Source: S0, "Fund Wallet". */
export const topUp = z.strictObject({
  reference: key(35),
  amount: money,
  sourceIban: iban,
  sourceName: personal(text(140)),
});

/** The first transfer; `reference` is its business key. */
export const transfer = z.strictObject({
  reference: key(35).describe("the transfer's own id, unique within the tenant"),
  beneficiary: key(64).describe('the ref of one of the beneficiaries'),
  amount: money,
  description: personal(text(140)),
});

/** What happens once the account is active. A transfer needs a payment consent that covers it, and one of the beneficiaries. */
export const payments = z
  .strictObject({
    beneficiaries: z.array(beneficiary).max(100).default([]),
    consent: paymentConsent.optional(),
    topUp: topUp.optional(),
    transfer: transfer.optional(),
    approvers: z
      .array(key(64))
      .min(1)
      .max(20)
      .optional()
      .describe(
        "refs of an organization's employees with the role TRANSACTION_APPROVER; one of them approves each transfer",
      ),
  })
  .superRefine((asked: unknown, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const refs = itemsOf(asked, 'beneficiaries').map((item) => valueAt(item, 'ref'));
    for (const index of repeated(refs)) fault(['beneficiaries', index, 'ref'], 'names another beneficiary already');
    const ibans = itemsOf(asked, 'beneficiaries').map((item) => iban.safeParse(valueAt(item, 'iban')).data);
    for (const index of repeated(ibans)) {
      fault(['beneficiaries', index, 'iban'], 'is the IBAN of another beneficiary already; name each account once');
    }
    if (valueAt(asked, 'consent') !== undefined && refs.length === 0) {
      fault(['consent'], 'pays nobody: name at least one beneficiary, or omit the payment consent');
    }
    if (valueAt(asked, 'transfer') === undefined) return;

    const wanted = valueAt(asked, 'transfer', 'beneficiary');
    if (typeof wanted === 'string' && !refs.includes(wanted)) {
      fault(['transfer', 'beneficiary'], 'is not one of the beneficiaries');
    }
    if (valueAt(asked, 'consent') === undefined) {
      fault(['consent'], 'a transfer needs a payment consent');
      return;
    }
    const amount = money.safeParse(valueAt(asked, 'transfer', 'amount')).data;
    const limit = money.safeParse(valueAt(asked, 'consent', 'perTransaction')).data;
    if (amount && limit && amount.currency !== limit.currency) {
      fault(['transfer', 'amount', 'currency'], "must be that of the payment consent's limits");
    } else if (amount && limit && exceeds(amount, limit)) {
      fault(['transfer', 'amount', 'value'], 'is more than the payment consent allows per transaction');
    }
    const reference = valueAt(asked, 'transfer', 'reference');
    if (reference !== undefined && reference === valueAt(asked, 'topUp', 'reference')) {
      fault(['topUp', 'reference'], "is the transfer's already");
    }
  }, always);
