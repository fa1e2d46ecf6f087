import { DAY, iso } from './clock.js';
import { formatted } from './amounts.js';
import { Refusal } from './refusal.js';
import type { Order, PaymentConsent, RiskLevel } from './records.js';
import type { State } from './state.js';
import { isHighRisk } from './hierarchy.js';
import type { World } from './world.js';

/** Ceilings in minor units and counts; what is undefined has no ceiling. */
export interface Limits {
  readonly perTransaction?: number | undefined;
  readonly perDay?: number | undefined;
  readonly perMonth?: number | undefined;
  readonly transactionsPerDay?: number | undefined;
}

/** What FinHub lets an individual of a risk level move, in EUR cents (F6). */
export function categoryLimits(risk: RiskLevel): Limits {
  return isHighRisk(risk)
    ? { perTransaction: 2_000_00, perDay: 5_000_00, perMonth: 50_000_00 }
    : { perTransaction: 5_000_00, perDay: 10_000_00, perMonth: 100_000_00 };
}

/** Whether a consent can be paid with now. @throws Refusal 422 saying why not. */
export function checkUsable({ state }: World, consent: PaymentConsent, now: number): void {
  const used = executedOrders(state, consent.accountId).filter(({ consentId }) => consentId === consent.id).length;
  const problem =
    (consent.status !== 'ACTIVE' && `is ${consent.status}`) ||
    (consent.validFrom !== undefined && consent.validFrom > now && 'is not valid yet') ||
    (consent.validTo !== undefined && consent.validTo < now && 'has expired') ||
    (consent.maxUsageCount !== undefined && used >= consent.maxUsageCount && 'is used up');
  if (problem) throw new Refusal(422, `Payment consent ${problem}`, { consentId: consent.id });
}

/**
 * Holds `amount` against limits, counting what was executed in the same UTC day and month.
 * @throws Refusal 422 naming the limit.
 */
export function checkLimits(
  limits: Limits,
  amount: number,
  currency: string,
  executed: readonly Order[],
  now: number,
): void {
  const { today, countToday, thisMonth } = usage(executed, now);
  const checks: [name: string, limit: number | undefined, value: number][] = [
    ['maxAmountPerTransaction', limits.perTransaction, amount],
    ['maxAmountPerDay', limits.perDay, today + amount],
    ['maxAmountPerMonth', limits.perMonth, thisMonth + amount],
  ];
  for (const [name, limit, value] of checks) {
    if (limit === undefined || value <= limit) continue;
    throw new Refusal(422, `Limit exceeded: ${name}`, { limit: name, allowed: formatted(limit, currency) });
  }
  if (limits.transactionsPerDay !== undefined && countToday >= limits.transactionsPerDay) {
    const data = { limit: 'maxTransactionsPerDay', allowed: limits.transactionsPerDay };
    throw new Refusal(422, 'Limit exceeded: maxTransactionsPerDay', data);
  }
}

/** A consent with what is left of it, as T9 counts. */
export function paymentConsentView({ state }: World, consent: PaymentConsent, now: number) {
  const expired = consent.validTo !== undefined && consent.validTo < now;
  const { currency } = state.wallets.get(consent.accountId)!;
  const executed = executedOrders(state, consent.accountId).filter(({ consentId }) => consentId === consent.id);
  const used = usage(executed, now);
  const limit = (minor: number | undefined) =>
    minor === undefined ? null : { amount: formatted(minor, currency), currency };
  const left = (minor: number | undefined, spent: number) =>
    minor === undefined ? null : formatted(Math.max(0, minor - spent), currency);
  return {
    consentId: consent.id,
    id: consent.id,
    accountId: consent.accountId,
    walletId: consent.accountId,
    operationType: consent.operationType,
    title: consent.title,
    status: expired && consent.status !== 'REVOKED' ? 'EXPIRED' : consent.status,
    validFrom: consent.validFrom === undefined ? null : iso(consent.validFrom),
    validUntil: consent.validTo === undefined ? null : iso(consent.validTo),
    maxUsageCount: consent.maxUsageCount ?? null,
    createdAt: consent.createdAt,
    parameters: {
      validity: { maxUsageCount: consent.maxUsageCount ?? null, currentUsageCount: executed.length },
      limits: {
        currency,
        maxAmountPerTransaction: limit(consent.perTransaction),
        maxAmountPerDay: limit(consent.perDay),
        maxAmountPerMonth: limit(consent.perMonth),
        maxTransactionsPerDay: consent.transactionsPerDay ?? null,
        remainingDailyLimit: left(consent.perDay, used.today),
        remainingMonthlyLimit: left(consent.perMonth, used.thisMonth),
      },
    },
  };
}

/** The account's transfers and withdrawals that were executed and did not fail. */
export function executedOrders(state: State, accountId: string): Order[] {
  return state.orders
    .by('account', accountId)
    .filter(({ operation, status }) => operation !== 'topup' && (status === 'EXECUTING' || status === 'COMPLETED'));
}

/** What was executed in the UTC day and month of `now`, minor units, and how often in the day. */
export function usage(
  executed: readonly Order[],
  now: number,
): { today: number; countToday: number; thisMonth: number } {
  const day = executed.filter((order) => sameDay(order, now));
  const month = executed.filter((order) => order.executedAt?.slice(0, 7) === new Date(now).toISOString().slice(0, 7));
  return { today: sum(day), countToday: day.length, thisMonth: sum(month) };
}

function sameDay({ executedAt }: Order, now: number): boolean {
  return executedAt !== undefined && Math.floor(Date.parse(executedAt) / DAY) === Math.floor(now / DAY);
}

function sum(orders: readonly Order[]): number {
  return orders.reduce((total, { amount }) => total + amount, 0);
}
