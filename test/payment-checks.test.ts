import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Money } from '../src/contract/money.js';
import { renewalTime, type ConsentTerms, type Customer } from '../src/lifecycle/customer.js';
import { paymentObstacles, type PaymentFacts } from '../src/lifecycle/payment-checks.js';
import type { TransferOrder } from '../src/lifecycle/transfer.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const IBAN = 'LT717300010123456789';
const eur = (value: string): Money => ({ value, currency: 'EUR' });

const TERMS: ConsentTerms = {
  title: 'Rent',
  validDays: 100,
  perTransaction: eur('500.00'),
  perDay: eur('800.00'),
  perMonth: eur('2000.00'),
  transactionsPerDay: 5,
  maxTransactions: 10,
  allowedIbans: [IBAN],
};

const ORDER: TransferOrder = {
  reference: 'rent-1',
  tenantId: 'tenant',
  customerId: 'customer',
  accountId: 'account',
  beneficiaryIban: IBAN,
  amount: eur('100.00'),
  description: 'Rent',
  confirmation: false,
  submittedBy: 'backoffice',
  origin: { ipAddress: '192.0.2.24', userAgent: 'test' },
};

const CONSENT = { consentId: 'consent', validUntil: '2026-04-01T23:59:59.999Z', terms: TERMS };

const ACCOUNT: Customer = {
  accountId: 'account',
  tenantId: 'tenant',
  iban: 'LT121000011101001000',
  customerId: 'customer',
  kind: 'individual',
  applicationId: '1',
  beneficiaries: [],
  origin: ORDER.origin,
  consent: CONSENT,
};

const FACTS: PaymentFacts = {
  walletStatus: 'ACTIVE',
  available: eur('100.00'),
  operations: ['SEPA_TRANSFER'],
  category: {},
  approvers: [],
  beneficiary: { status: 'ACTIVE', screening: 'VERIFIED' },
  consent: { status: 'ACTIVE', usageCount: 9 },
};

interface Situation {
  order?: Partial<TransferOrder>;
  account?: Partial<Customer>;
  facts?: Partial<PaymentFacts>;
}

function codes({ order, account, facts }: Situation): string[] {
  const found = paymentObstacles({ ...ORDER, ...order }, { ...ACCOUNT, ...account }, { ...FACTS, ...facts }, NOW);
  return found.map(({ code }) => code);
}

const withTerms = (terms: Partial<ConsentTerms>): Partial<Customer> => ({
  consent: { ...CONSENT, terms: { ...TERMS, ...terms } },
});
const rich = { available: eur('99999.00') };

describe('what stands against a transfer', () => {
  const SITUATIONS: Record<string, [Situation, string[]]> = {
    'nothing, to the last cent and the last use': [{}, []],
    'a cent too little': [{ facts: { available: eur('99.99') } }, ['InsufficientFunds']],
    'an account in another currency': [{ facts: { available: { value: '1', currency: 'JPY' } } }, ['CurrencyMismatch']],
    'a suspended wallet': [{ facts: { walletStatus: 'SUSPENDED' } }, ['WalletNotActive']],
    'an account that may only be paid into': [{ facts: { operations: ['TOPUP'] } }, ['OperationNotAllowed']],
    'an unknown beneficiary': [{ facts: { beneficiary: undefined } }, ['BeneficiaryUnknown']],
    'a flagged beneficiary, whatever its status': [
      { facts: { beneficiary: { status: 'ACTIVE', screening: 'FLAGGED' } } },
      ['BeneficiaryFlagged'],
    ],
    'an inactive beneficiary': [
      { facts: { beneficiary: { status: 'INACTIVE', screening: 'VERIFIED' } } },
      ['BeneficiaryInactive'],
    ],
    'a beneficiary that the consent leaves out': [
      { account: withTerms({ allowedIbans: ['DE44500105175407324931'] }) },
      ['BeneficiaryNotAllowed'],
    ],
    'no consent': [{ account: { consent: undefined } }, ['ConsentMissing']],
    'a revoked consent': [{ facts: { consent: { status: 'REVOKED' } } }, ['ConsentNotActive']],
    'a consent that has expired by our own books': [
      { account: { consent: { ...CONSENT, validUntil: '2026-03-02T12:00:00Z' } }, facts: { consent: undefined } },
      ['ConsentExpired'],
    ],
    "a consent that has expired by FinHub's": [
      { facts: { consent: { status: 'ACTIVE', validUntil: '2026-03-01T00:00:00Z' } } },
      ['ConsentExpired'],
    ],
    'a consent that was used to its count': [{ facts: { consent: { usageCount: 10 } } }, ['ConsentUsedUp']],
    "the consent's limit per transaction": [{ order: { amount: eur('500.01') }, facts: rich }, ['LimitExceeded']],
    "what is left of the consent's day": [
      { facts: { consent: { status: 'ACTIVE', remainingToday: eur('99.99') } } },
      ['LimitExceeded'],
    ],
    "what is left of the consent's month": [
      { facts: { consent: { status: 'ACTIVE', remainingThisMonth: eur('99.99') } } },
      ['LimitExceeded'],
    ],
    "the consent's whole month, where FinHub does not count": [
      {
        order: { amount: eur('100.00') },
        account: withTerms({ perMonth: eur('99.00') }),
        facts: { consent: undefined },
      },
      ['LimitExceeded'],
    ],
    "the category's limit per transaction": [
      { facts: { category: { perTransaction: eur('99.99') } } },
      ['LimitExceeded'],
    ],
    "what is left of the category's day": [
      { facts: { category: { perDay: { limit: eur('5000.00'), remaining: eur('99.99') } } } },
      ['LimitExceeded'],
    ],
    "the category's whole month": [{ facts: { category: { perMonth: { limit: eur('99.99') } } } }, ['LimitExceeded']],
    'all at once': [
      {
        facts: { walletStatus: 'BLOCKED', available: eur('0.00'), beneficiary: undefined, consent: { usageCount: 10 } },
      },
      ['WalletNotActive', 'InsufficientFunds', 'BeneficiaryUnknown', 'ConsentUsedUp'],
    ],
  };

  for (const [what, [situation, expected]] of Object.entries(SITUATIONS)) {
    test(what, () => assert.deepEqual(codes(situation), expected));
  }

  test('an amount passes a limit exactly when it is not more, in every currency', () => {
    const units = fc.bigInt({ min: 1n, max: 10n ** 12n });
    const currency = fc.constantFrom(
      { name: 'JPY', decimals: 0 },
      { name: 'EUR', decimals: 2 },
      { name: 'BHD', decimals: 3 },
    );
    fc.assert(
      fc.property(units, units, currency, (amount, limit, { name, decimals }) => {
        const money = (minor: bigint): Money => {
          const digits = minor.toString().padStart(decimals + 1, '0');
          const whole = digits.slice(0, digits.length - decimals);
          return { value: decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`, currency: name };
        };
        const unlimited = money(10n ** 12n);
        const account = withTerms({ perTransaction: unlimited, perDay: unlimited, perMonth: unlimited });
        const facts = { available: unlimited, category: { perTransaction: money(limit) } };
        assert.deepEqual(
          codes({ order: { amount: money(amount) }, account, facts }),
          amount > limit ? ['LimitExceeded'] : [],
        );
      }),
    );
  });
});

test('a consent is renewed two weeks before its end, or after nine tenths of a short validity', () => {
  const validUntil = '2026-04-11T00:00:00.000Z';
  const renewal = (validDays: number): string =>
    renewalTime({ ...CONSENT, validUntil, terms: { ...TERMS, validDays } }).toISOString();
  assert.equal(renewal(365), '2026-03-28T00:00:00.000Z');
  assert.equal(renewal(10), '2026-04-10T00:00:00.000Z');
});
