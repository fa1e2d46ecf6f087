import { checkCorrected } from '../intake/corrected.js';
import type { Application } from '../contract/application.js';
import type { CheckedCorrection } from '../lifecycle/correction.js';
import { SealError } from '../secrets/seal.js';
import { searchTokens } from '../secrets/search-tokens.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { mergePatch } from '../lifecycle/merge-patch.js';
import type { Secrets } from './secrets.js';

export interface CorrectionActivities {
  /** Checks a correction by the intake's rules, which workflow code cannot import. */
  checkCorrection(input: { application: Application; patch: Record<string, unknown> }): Promise<CheckedCorrection>;
}

export function correctionActivities(secrets: Secrets, keys: KeyRing): CorrectionActivities {
  return {
    checkCorrection: ({ application, patch }) => {
      try {
        const checked = checkCorrected(secrets.openAll(application), secrets.openAll(patch));
        if (checked.faults.length > 0) return Promise.resolve(checked);
        const corrected = mergePatch(application, checked.fields) as Application;
        return Promise.resolve({ ...checked, searchTokens: searchTokens(keys, corrected) });
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
        // Sealed with a key that this worker does not have; a retry would not help.
        return Promise.resolve({ faults: [`password: ${error.message}`] });
      }
    },
  };
}
