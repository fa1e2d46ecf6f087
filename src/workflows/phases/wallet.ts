import type { Case } from '../case.js';
import { finhubGave } from '../../lifecycle/transitions.js';

/** Phase 6 of an individual: the account answers, and what it may do is known. */
export async function wallet(theCase: Case): Promise<void> {
  const accountId = theCase.state.finhub.accountId!;
  const facts = await theCase.calls.read('readWallet', { accountId });
  const { operations } = facts;
  theCase.apply(finhubGave({ wallet: facts }));
  theCase.record('allowedOperations', { operations });
}
