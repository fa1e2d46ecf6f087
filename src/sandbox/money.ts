import { randomUUID } from 'node:crypto';
import { iso } from './clock.js';
import { invalid } from './refusal.js';
import type { World } from './world.js';

const SCALES: Readonly<Record<string, number>> = { EUR: 2, USD: 2, GBP: 2, JPY: 0, BHD: 3 };

/** The number of decimals of a currency. @throws Refusal 400 for a currency that FinHub does not carry here. */
export function scaleOf(currency: string): number {
  const scale = SCALES[currency];
  if (scale === undefined) throw invalid({ field: 'currency', message: `Currency not supported: ${currency}` });
  return scale;
}

/** Minor units as a major-unit decimal, `500000` → `5000.00`. */
export function formatted(minor: number, currency: string): string {
  const scale = scaleOf(currency);
  const digits = String(Math.abs(minor)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${minor < 0 ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

/** A major-unit decimal or number as minor units, `"100.5"` → 10050. @throws Refusal 400 if it has too many decimals. */
export function fromMajor(major: string | number, currency: string, field: string): number {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(major));
  const scale = scaleOf(currency);
  const decimals = match?.[2] ?? '';
  const minor = match ? Number(`${match[1]}${decimals.padEnd(scale, '0')}`) : NaN;
  if (decimals.length > scale || !Number.isSafeInteger(minor)) {
    throw invalid({ field, message: `Not an amount in ${currency}: ${major}` });
  }
  return minor;
}

export const OUTSIDE = 'outside';
export const available = (walletId: string) => `${walletId}/available`;
export const blocked = (walletId: string) => `${walletId}/blocked`;

/** Moves `amount` (minor units) from one account to the other: a posting, and the wallets' balances with it. */
export function move(
  { state, clock }: World,
  posting: { kind: string; from: string; to: string; amount: number; currency: string; orderId?: string },
): void {
  const { kind, from, to, amount, currency, orderId } = posting;
  const entries = [
    { account: from, amount: -amount },
    { account: to, amount },
  ];
  state.postings.put({ id: randomUUID(), at: iso(clock.now()), kind, orderId, currency, entries });
  for (const entry of entries) {
    const [walletId, part] = entry.account.split('/') as [string, 'available' | 'blocked' | undefined];
    const wallet = part && state.wallets.get(walletId);
    if (wallet) state.wallets.patch(walletId, { [part]: wallet[part] + entry.amount });
  }
}

/** The double entry: every account with its sum over all postings, which add up to nothing and to the wallets' balances. */
export function moneyLedger({ state }: World) {
  const accounts: Record<string, number> = {};
  for (const { entries } of state.postings.all()) {
    for (const { account, amount } of entries) accounts[account] = (accounts[account] ?? 0) + amount;
  }
  const wallets = state.wallets.all();
  const total = Object.values(accounts).reduce((sum, amount) => sum + amount, 0);
  const agree = wallets.every(
    ({ id, ...wallet }) =>
      (accounts[available(id)] ?? 0) === wallet.available && (accounts[blocked(id)] ?? 0) === wallet.blocked,
  );
  const solvent = wallets.every((wallet) => wallet.available >= 0 && wallet.blocked >= 0);
  return { balanced: total === 0 && agree && solvent, total, accounts, postings: state.postings.all() };
}
