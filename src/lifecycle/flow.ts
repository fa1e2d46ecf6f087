import type { Policy } from './policy.js';

/** The flow version since which cases do it. A case takes the steps of the flow that it began with: its history cannot be replayed otherwise. */
const SINCE = {
  /** FinHub's portal is first looked at after a pause. */
  lateFirstLook: 2,
  /** Shares that were corrected after FinHub was told of them are made right at the end of personnel. */
  settledShares: 2,
  /** Shares add up to the fourth decimal; before, to the second. */
  exactShares: 2,
  /** Corrections take effect as long as FinHub has not been told, and are refused from then on. */
  followedCorrections: 3,
  /** The registration's activity looks the category up. */
  namedCategory: 3,
  /** A phase that is only passed through is not written to lists. */
  quietPhases: 3,
  /** What a message set going waits until the message is on record. */
  callsAfterRecord: 3,
  /** The risk is that of the application as it is registered, whatever was corrected between two tries. */
  riskAtEachTry: 4,
  /** Documents that come while a round's others go to FinHub go there as well. */
  lateDocuments: 4,
  /** Corrected amounts that are none are refused. */
  readableAmounts: 4,
  /** A transfer that somebody ends in Temporal does not end the lifecycle that follows it. */
  endedTransfers: 4,
  /** A call by hand that FinHub refuses after an unclear try waits for a person. */
  doubtfulRefusals: 4,
  /** A person's word on an order is the same in the run after the one that asked for it. */
  standingQuestions: 5,
  /** A payment consent that is made anew is handed to the account that was opened with the one before. */
  handsOver: 5,
  /** Corrections name approvers who hold the role for it. */
  checkedApprovers: 5,
  /** A round's time begins when the last of its documents is with FinHub. */
  timeFromUploads: 5,
} as const;

/** Of cases that start now, recorded with their policy; grows with every change of the steps that cases take. */
export const FLOW_VERSION = Math.max(...Object.values(SINCE));

/** The flow of a case; the first ones recorded none. */
export function flowOf(policy: Policy | undefined): number {
  return policy?.flow ?? 1;
}

/** Whether a case, by its recorded policy, is of a flow that does it. */
export function does(policy: Policy | undefined, what: keyof typeof SINCE): boolean {
  return flowOf(policy) >= SINCE[what];
}
