import type { CaseState } from '../lifecycle/case-state.js';
import type { Warrant } from '../lifecycle/warrants.js';
import type { CallInput } from './activities.js';
import { needsPerson } from './attention.js';
import type { Case } from './case.js';
import { PhaseSkipped } from './control-flow.js';

interface Registration {
  /** Names the beneficiary for people. */
  ref: string;
  /** Names the registration within the case. */
  of: string;
  /** Taken anew for each try, since it may have been corrected. */
  wanted: () => Omit<CallInput<'addBeneficiary'>, 'accountId' | 'customerId'>;
  warrant?: () => Warrant;
}

/** Registers a beneficiary and waits until FinHub has screened them. Returns FinHub's id; undefined where an operator leaves a flagged one out. */
export async function registerBeneficiary(
  theCase: Case<CaseState>,
  { ref, of, wanted, warrant }: Registration,
): Promise<string | undefined> {
  const { accountId, customerId } = theCase.state.finhub;
  const input = () => ({ accountId: accountId!, customerId: customerId!, ...wanted() });
  const options = { of, adopts: ['beneficiaryId' as const], ...(warrant && { warrant }) };
  const { beneficiaryId, screening } = await theCase.calls.once('addBeneficiary', input, options);
  return (await passes(theCase, { ref, of, iban: wanted().iban }, screening)) ? beneficiaryId : undefined;
}

/** Waits for a screening under way. A flagged beneficiary is a person's decision, never a silent skip. */
async function passes(
  theCase: Case<CaseState>,
  { ref, of, iban }: { ref: string; of: string; iban: string },
  told: string,
): Promise<boolean> {
  const { finhub } = theCase.state;
  const key = `screening/${of}`;
  const earlier = theCase.kept<string>(key);
  if (earlier !== undefined) return earlier === 'VERIFIED';
  for (let screening = told; ;) {
    if (screening === 'PENDING') {
      const what = `screening of beneficiary "${ref}"`;
      const screened = await theCase.waiting('finhub', what, () =>
        theCase.calls.poll(
          'awaitScreening',
          { accountId: finhub.accountId!, iban },
          { every: 5, slowest: 900, summary: what },
        ),
      );
      screening = screened.screening;
    }
    if (screening !== 'FLAGGED') {
      theCase.keep(key, 'VERIFIED');
      return true;
    }
    try {
      await needsPerson(theCase, key, 'addBeneficiary', {
        type: 'BeneficiaryFlagged',
        message: `beneficiary "${ref}" was flagged by FinHub's PEP and sanctions screening`,
      });
    } catch (error) {
      if (!(error instanceof PhaseSkipped)) throw error;
      theCase.keep(key, 'leftOut');
      theCase.record('beneficiaryLeftOut', { beneficiary: ref });
      return false;
    }
    screening = 'PENDING';
  }
}
