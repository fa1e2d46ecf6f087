import { checkCorrected } from '../intake/corrected.js';
import type { Application } from '../lifecycle/application.js';
import type { CheckedCorrection } from '../lifecycle/correction.js';
import { SealError } from '../secrets/seal.js';
import type { Secrets } from './secrets.js';

export interface CorrectionActivities {
  /** Checks a correction by the rules of the intake, which workflow code cannot load. */
  checkCorrection(input: { application: Application; patch: Record<string, unknown> }): Promise<CheckedCorrection>;
}

export function correctionActivities(secrets: Secrets): CorrectionActivities {
  return {
    checkCorrection: ({ application, patch }) => {
      try {
        return Promise.resolve(checkCorrected(secrets.openAll(application), secrets.openAll(patch)));
      } catch (error) {
        if (!(error instanceof SealError)) throw error;
        // Sent with a key ring that this worker lacks; a retry would find the same.
        return Promise.resolve({ faults: [`password: ${error.message}`] });
      }
    },
  };
}
