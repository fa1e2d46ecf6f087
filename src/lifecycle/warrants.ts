import type { Application } from '../contract/application.js';
import type { SentCorrection } from './case-state.js';
import type { CustomerRequest } from './customer-requests.js';
import type { HandCall } from './hand-call.js';
import type { ConfirmTransfer, DecideTransfer, ResolveAttention } from './messages.js';
import type { LifecycleKind } from './phases.js';
import type { ReviewRules, RiskLevel } from './policy.js';
import type { ReviewState, SentDecision } from './review-state.js';
import type { TransferOrder } from './transfer.js';

/*
 * What a workflow gives to an activity with rights, so that it can judge for itself: the sent messages in their envelopes, not the case's
 * conclusions.
 */

/** How a case began, and its corrections. */
export interface Beginning<Subject = unknown> {
  workflowId: string;
  subject: Subject;
  proof: string | undefined;
  corrections: readonly SentCorrection[];
}

/** For sending a decision to FinHub. */
export interface DecisionWarrant {
  for: 'decision';
  kind: LifecycleKind;
  /** From the policy that the case recorded. */
  requireProof: boolean;
  rules: ReviewRules;
  risk: RiskLevel | undefined;
  round: number;
  beginning: Beginning<Application>;
  evidence: ReviewState['evidence'];
  submitters: string[];
  decisions: SentDecision[];
}

/** For executing an order of a transfer, or of a lifecycle's own funding. */
export interface OrderWarrant {
  for: 'order';
  requireProof: boolean;
  /** The transfer, or the lifecycle that asked for the order. */
  beginning: Beginning<TransferOrder | Application>;
  order: { type: 'transfer' | 'topup'; reference: string; accountId: string };
  /** The transfer, where a lifecycle asked for it. */
  transfer?: TransferOrder | undefined;
  decision?: { body: DecideTransfer; proof?: string | undefined } | undefined;
  confirmation?: { body: ConfirmTransfer; proof?: string | undefined } | undefined;
}

/** For a call by hand. */
export interface CallWarrant {
  for: 'call';
  requireProof: boolean;
  beginning: Beginning<HandCall>;
  agreed?: { body: ResolveAttention; proof?: string | undefined } | undefined;
}

/** For what is asked for a customer after activation. */
export interface RequestWarrant {
  for: 'request';
  requireProof: boolean;
  request: CustomerRequest;
}

/** For noting who approves an account's transfers. */
export interface ApproversWarrant {
  for: 'approvers';
  requireProof: boolean;
  beginning: Beginning<Application>;
}

export type Warrant = DecisionWarrant | OrderWarrant | CallWarrant | RequestWarrant | ApproversWarrant;
