import type { Policies } from '../policies/policy-file.js';
import type { Signers, SignerSet } from '../proof/signers-file.js';
import type { ApproverNotes } from '../store/approver-notes.js';
import type { Execution } from './execution.js';

export interface JudgeOptions {
  signers: Signers;
  policies: Policies;
  approvers: ApproverNotes;
  environment: string;
  /** Whether this worker refuses messages without proof. */
  requireProof: boolean;
}

/** The state that one judgement needs. */
export interface Bench {
  tenantId: string;
  isProofNeeded: boolean;
  signers: SignerSet;
  execution: Execution;
}
