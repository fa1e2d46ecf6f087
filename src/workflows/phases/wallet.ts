import type { Case } from '../case.js';
import { finhubGave } from '../../lifecycle/transitions.js';

/** Phase 6 of an individual: the account answers, and what it may do is known. */
export async function wallet(kase: Case): Promise<void> {
  const accountId = kase.state.finhub.accountId!;
  const facts = await kase.calls.read('readWallet', { accountId });
  const { operations } = facts;
  kase.apply(finhubGave({ wallet: facts }));
  kase.record('allowedOperations', { operations });
}
