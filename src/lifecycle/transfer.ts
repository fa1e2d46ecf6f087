import type { Origin } from '../contract/application.js';
import type { Money } from '../contract/money.js';
import { canonicalJson } from './canonical.js';
import { amountOf, moneyOf } from '../contract/money.js';

/** A transfer as a backend requests it. */
export interface TransferOrder {
  /** The business key, unique within the tenant: the same reference is the same transfer. */
  reference: string;
  tenantId: string;
  /** FinHub's id of the customer who pays. */
  customerId: string;
  /** FinHub's id of the account that pays. */
  accountId: string;
  /** Identifies the beneficiary; one of the account's registered beneficiaries. */
  beneficiaryIban: string;
  amount: Money;
  description: string;
  /** Whether the prepared order waits for `confirmTransfer` before it is executed. */
  confirmation: boolean;
  /** Who asks for it; this person may not approve it. */
  submittedBy: string;
  /** The customer's own. */
  origin: Origin;
}

/** What identifies a transfer besides its reference: what is paid, not who asks. Text for a fingerprint. */
export function transferContent({ submittedBy: _by, origin: _origin, ...paid }: TransferOrder): string {
  return canonicalJson({ kind: 'transfer', ...paid, amount: moneyOf(amountOf(paid.amount)) });
}

const DATE = /(?:^|[-_.])(20\d{2})(-?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?=$|[-_.])/g;

/**
 * The date at the start or end of a reference, `20251103` or `2025-11-03`, separated by `-`, `_` or `.`. ISO 8601, or undefined if there is
 * none.
 */
export function referenceDate(reference: string): string | undefined {
  const dates = [...reference.matchAll(DATE)].filter(
    (match) => match.index === 0 || match.index + match[0].length === reference.length,
  );
  const [, year, , month, day] = dates.at(-1) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

const DAY = 24 * 3600_000;

/** How much earlier than in UTC a day begins in the zone that is furthest ahead. */
const ZONES_AHEAD = 14 * 3600_000;

/**
 * Whether a reference has a date that is still in the future in every time zone. Temporal forgets a transfer some time after its end, but the
 * guard counts from the date: a reference paid long before its date could be paid again between the two.
 */
export function isDatedAhead(reference: string, now: Date): boolean {
  const date = referenceDate(reference);
  return date !== undefined && Date.parse(date) > now.getTime() + ZONES_AHEAD;
}

/**
 * Whether a reference is older than the namespace's retention of closed workflows, so that nothing would show that it was paid. Always false
 * without a date.
 */
export function isBeyondRetention(reference: string, retentionDays: number, now: Date): boolean {
  const date = referenceDate(reference);
  return date !== undefined && Date.parse(date) - ZONES_AHEAD + retentionDays * DAY <= now.getTime();
}
