import type { Money } from '../contract/money.js';
import type { Requirement } from './requirement.js';
import { exceeds, moneyText } from '../contract/money.js';
import type { Approver } from './approvers.js';
import type { Customer } from './customer.js';
import type { TransferOrder } from './transfer.js';

/** Why a transfer is not possible now; checked before FinHub is asked. `docs/reference/failures.md` says what helps. */
export type PaymentObstacle =
  | 'AccountUnknown'
  | 'CustomerUnanswered'
  | 'ApproversUnknown'
  | 'WalletNotActive'
  | 'OperationNotAllowed'
  | 'CurrencyMismatch'
  | 'BeneficiaryUnknown'
  | 'BeneficiaryInactive'
  | 'BeneficiaryFlagged'
  | 'BeneficiaryNotAllowed'
  | 'ConsentMissing'
  | 'ConsentNotActive'
  | 'ConsentExpired'
  | 'ConsentUsedUp'
  | 'LimitExceeded'
  | 'InsufficientFunds';

/** A limit and, if FinHub shows it, the rest of it. */
export interface Ceiling {
  limit?: Money | undefined;
  remaining?: Money | undefined;
}

/** FinHub's facts about a new account; not read again for the status. */
export interface WalletFacts {
  operations: string[];
  status?: string | undefined;
  available?: Money | undefined;
  blocked?: Money | undefined;
  limits: PaymentFacts['category'];
  /** ISO 8601. */
  readAt: string;
}

/** FinHub's current facts about the account; a missing one is undefined and blocks nothing. */
export interface PaymentFacts {
  walletStatus?: string | undefined;
  available?: Money | undefined;
  operations: string[];
  category: { perTransaction?: Money | undefined; perDay?: Ceiling | undefined; perMonth?: Ceiling | undefined };
  beneficiary?: { status: string; screening: string } | undefined;
  /** Who may approve transfers, by our own note; undefined where no onboarding has said so, and then nothing is paid. */
  approvers?: Approver[] | undefined;
  consent?:
    | {
        status?: string | undefined;
        validUntil?: string | undefined;
        usageCount?: number | undefined;
        remainingToday?: Money | undefined;
        remainingThisMonth?: Money | undefined;
      }
    | undefined;
}

/** Facts for or against a transfer; `begunEarlier` if a run before a workflow reset started to pay it. */
export interface TransferFacts extends PaymentFacts {
  found?: { beneficiaryId: string; name: string; company?: boolean | undefined } | undefined;
  begunEarlier: boolean;
}

const PAYS = /transfer|payment|sepa|external/i;

/** All obstacles to a transfer, by the facts at `now`; empty if there are none. */
export function paymentObstacles(
  order: TransferOrder,
  account: Customer,
  facts: PaymentFacts,
  now: Date,
): Requirement[] {
  return [
    ...(facts.approvers ? [] : [obstacle('ApproversUnknown', 'no onboarding has named who approves transfers')]),
    ...accountObstacles(order, facts),
    ...beneficiaryObstacles(order, account, facts),
    ...consentObstacles(account, facts, now),
    ...limitObstacles(order, account, facts),
  ];
}

function accountObstacles({ amount }: TransferOrder, facts: PaymentFacts): Requirement[] {
  const { walletStatus = 'ACTIVE', available, operations } = facts;
  const found: Requirement[] = [];
  if (walletStatus.toUpperCase() !== 'ACTIVE') found.push(obstacle('WalletNotActive', `the wallet is ${walletStatus}`));
  if (operations.length > 0 && !operations.some((name) => PAYS.test(name))) {
    found.push(obstacle('OperationNotAllowed', `the account may make: ${operations.join(', ')}`));
  }
  if (available && available.currency !== amount.currency) {
    found.push(obstacle('CurrencyMismatch', `the account's currency is ${available.currency}`, 'amount.currency'));
  } else if (available && exceeds(amount, available)) {
    found.push(obstacle('InsufficientFunds', 'the available balance is less than the amount', 'amount'));
  }
  return found;
}

function beneficiaryObstacles(
  { beneficiaryIban }: TransferOrder,
  { consent }: Customer,
  { beneficiary }: PaymentFacts,
): Requirement[] {
  const field = 'beneficiaryIban';
  if (!beneficiary) return [obstacle('BeneficiaryUnknown', 'no beneficiary of the account has this IBAN', field)];
  if (beneficiary.screening === 'FLAGGED') {
    return [obstacle('BeneficiaryFlagged', "FinHub's PEP and sanctions screening flagged the beneficiary", field)];
  }
  if (beneficiary.status !== 'ACTIVE') {
    return [obstacle('BeneficiaryInactive', `the beneficiary is ${beneficiary.status}`, field)];
  }
  const allowed = consent?.terms.allowedIbans ?? [];
  return allowed.length > 0 && !allowed.includes(beneficiaryIban)
    ? [obstacle('BeneficiaryNotAllowed', 'the payment consent does not allow this beneficiary', field)]
    : [];
}

function consentObstacles({ consent }: Customer, facts: PaymentFacts, now: Date): Requirement[] {
  if (!consent) return [obstacle('ConsentMissing', 'the account has no payment consent')];
  const { status = 'ACTIVE', validUntil, usageCount } = facts.consent ?? {};
  const ends = Math.min(...[consent.validUntil, validUntil].flatMap((time) => timeOf(time)));
  if (status === 'EXPIRED' || ends <= now.getTime()) {
    return [obstacle('ConsentExpired', 'the payment consent has expired')];
  }
  if (status !== 'ACTIVE') return [obstacle('ConsentNotActive', `the payment consent is ${status}`)];
  const { maxTransactions } = consent.terms;
  return maxTransactions !== undefined && usageCount !== undefined && usageCount >= maxTransactions
    ? [obstacle('ConsentUsedUp', `the payment consent was used ${usageCount} times, which is its limit`)]
    : [];
}

function limitObstacles(
  { amount }: TransferOrder,
  { consent }: Customer,
  { category, consent: used }: PaymentFacts,
): Requirement[] {
  const ceilings: [string, Money | undefined][] = [
    ["the category's limit per transaction", category.perTransaction],
    ["the rest of the category's limit per day", category.perDay?.remaining ?? category.perDay?.limit],
    ["the rest of the category's limit per month", category.perMonth?.remaining ?? category.perMonth?.limit],
    ["the payment consent's limit per transaction", consent?.terms.perTransaction],
    ["the rest of the payment consent's limit per day", used?.remainingToday ?? consent?.terms.perDay],
    ["the rest of the payment consent's limit per month", used?.remainingThisMonth ?? consent?.terms.perMonth],
  ];
  return ceilings.flatMap(([name, ceiling]) =>
    ceiling && ceiling.currency === amount.currency && exceeds(amount, ceiling)
      ? [obstacle('LimitExceeded', `the amount is more than ${name}: ${moneyText(ceiling)}`, 'amount')]
      : [],
  );
}

function timeOf(time: string | undefined): number[] {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? [] : [at];
}

function obstacle(code: PaymentObstacle, message: string, field?: string): Requirement {
  return { code, message, field };
}
