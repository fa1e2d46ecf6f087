import type { Case } from '../case.js';

/** Phase 6 of an individual: the account answers, and what it may do is known. */
export async function wallet(kase: Case): Promise<void> {
  const accountId = kase.state.finhub.accountId!;
  const facts = await kase.calls.read('readWallet', { accountId });
  const { operations } = facts;
  kase.state.finhub.wallet = facts;
  kase.record('allowedOperations', { operations });
}
