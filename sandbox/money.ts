import { randomUUID } from 'node:crypto';
import { iso } from './clock.js';
import type { World } from './world.js';

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
