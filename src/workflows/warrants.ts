import { workflowInfo } from '@temporalio/workflow';
import {
  isLifecycle,
  type CallState,
  type CaseState,
  type CustomerState,
  type LifecycleState,
} from '../lifecycle/case-state.js';
import type { CustomerRequest } from '../lifecycle/customer-requests.js';
import { rulesFor } from '../lifecycle/policy.js';
import type {
  ApproversWarrant,
  Beginning,
  CallWarrant,
  DecisionWarrant,
  OrderWarrant,
  RequestWarrant,
} from '../lifecycle/warrants.js';
import { startBody } from '../lifecycle/proof-rules.js';

/** How the case began, for whoever judges what it does; without its secrets. */
export function beginningOf<Subject>(state: CaseState): Beginning<Subject> {
  const { application, startProof } = state;
  const { startedWith, corrections } = isLifecycle(state) ? state : { startedWith: undefined, corrections: [] };
  return {
    workflowId: workflowInfo().workflowId,
    subject: startBody(startedWith ?? application) as Subject,
    proof: startProof,
    corrections,
  };
}

export function decisionWarrant(state: LifecycleState): DecisionWarrant {
  const { kind, policy, risk, review } = state;
  const decisions = review.rejection ? [review.rejection] : review.approvals.map(({ sent }) => sent);
  return {
    for: 'decision',
    kind,
    requireProof: policy!.requireProof,
    rules: review.rules ?? rulesFor(policy!, kind, risk),
    risk,
    round: review.round,
    beginning: beginningOf(state),
    evidence: review.evidence,
    submitters: review.submitters,
    decisions,
  };
}

/** Of a transfer, or of a lifecycle's own funding. */
export function orderWarrant(state: CaseState, order: OrderWarrant['order']): OrderWarrant {
  const { requireProof } = state.policy!;
  if (state.kind !== 'transfer') {
    return { for: 'order', requireProof, beginning: beginningOf(state), order };
  }
  const { application, sentDecision, sentConfirmation, vouched } = state;
  return {
    for: 'order',
    requireProof,
    beginning: (vouched as OrderWarrant['beginning'] | undefined) ?? beginningOf(state),
    order,
    transfer: vouched ? application : undefined,
    decision: sentDecision,
    confirmation: sentConfirmation,
  };
}

export function approversWarrant(state: LifecycleState): ApproversWarrant {
  return { for: 'approvers', requireProof: state.policy!.requireProof, beginning: beginningOf(state) };
}

export function requestWarrant(state: CustomerState, request: CustomerRequest): RequestWarrant {
  return { for: 'request', requireProof: state.policy!.requireProof, request };
}

export function callWarrant(state: CallState): CallWarrant {
  return { for: 'call', requireProof: state.policy!.requireProof, beginning: beginningOf(state), agreed: state.agreed };
}
