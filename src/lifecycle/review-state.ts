import type { DocumentReference } from '../contract/application.js';
import type { Answer, Decision, DocumentRequest } from './messages.js';
import type { OperatorLevel, ReviewRules } from './policy.js';
import { sha256 } from './sha256.js';

/** Rounds of a review: evidence is collected, then people decide; asking for documents opens the next round. */
export type ReviewStage = 'collecting' | 'inReview' | 'approved' | 'rejected';

export interface Approval {
  operatorId: string;
  level: OperatorLevel;
  decisionId: string;
  /** What was sent, so that whoever acts on it can judge it again. */
  sent: SentDecision;
}

/** A decision with the envelope that it came in, if it came in one. */
export interface SentDecision {
  decision: Decision;
  proof?: string | undefined;
}

/** A decision and the evidence it was sent on: what it names, else what the case held when it came. */
export interface KeptDecision extends SentDecision {
  evidenceHash: string;
}

export interface ReviewState {
  tenantId: string;
  /** Known from the first opening on. */
  rules?: ReviewRules | undefined;
  stage: ReviewStage;
  /** From 1; the round that is being collected for, or decided. */
  round: number;
  evidence: DocumentReference[];
  evidenceHash: string;
  /** Of an organization: stands for who owns it, which a decision is bound to as well. */
  ownershipHash?: string | undefined;
  /** How much of the evidence earlier rounds had; the rest was handed in for this one. */
  seenBefore: number;
  /** Who handed in the application or documents, or corrected them before the decision; none of them decides. */
  submitters: string[];
  approvals: Approval[];
  /** What the last decision asked the customer for. */
  requested: DocumentRequest[];
  /** Decisions that came before their round opened. */
  kept: KeptDecision[];
  /** Answers by decision id, so that a repeat hears what the first one heard. */
  handled: { decisionId: string; fingerprint: string; answer: Answer }[];
  openedAt?: string | undefined;
  customerReason?: string | undefined;
  /** The decision that rejected for good. */
  rejection?: SentDecision | undefined;
}

/** The hash that decisions name: over the sorted content hashes and whose documents they are, and who owns an organization. */
export function hashEvidence(evidence: readonly DocumentReference[], ownershipHash?: string): string {
  const lines = evidence.map((document) => `${document.subject ?? ''}|${document.type}|${document.sha256}`);
  if (ownershipHash !== undefined) lines.push(`ownership|${ownershipHash}`);
  return sha256(lines.sort().join('\n'));
}

/** A review before its first round, with what the application brought. */
export function newReview(input: {
  tenantId: string;
  submittedBy: string;
  handedInBy?: string[] | undefined;
  evidence: DocumentReference[];
  ownershipHash?: string | undefined;
}): ReviewState {
  return {
    tenantId: input.tenantId,
    stage: 'collecting',
    round: 1,
    seenBefore: 0,
    evidence: input.evidence,
    evidenceHash: hashEvidence(input.evidence, input.ownershipHash),
    ownershipHash: input.ownershipHash,
    submitters: [input.submittedBy, ...(input.handedInBy ?? [])],
    approvals: [],
    requested: [],
    kept: [],
    handled: [],
  };
}

export function nextRound(review: ReviewState, decision: Decision): ReviewState {
  return {
    ...review,
    stage: 'collecting',
    round: review.round + 1,
    seenBefore: review.evidence.length,
    approvals: [],
    requested: decision.documents ?? [],
    customerReason: decision.customerReason,
    openedAt: undefined,
  };
}
