import type { DocumentReference } from '../contract/application.js';
import type { Answer, Decision, DocumentRequest } from './messages.js';
import type { OperatorLevel, ReviewRules } from './policy.js';
import { sha256 } from './sha256.js';

/** Rounds of a review: evidence is collected, then people decide; a request for documents opens the next round. */
export type ReviewStage = 'collecting' | 'inReview' | 'approved' | 'rejected';

export interface Approval {
  operatorId: string;
  level: OperatorLevel;
  decisionId: string;
  /** The sent decision, so that activities can judge it again. */
  sent: SentDecision;
}

/** A decision with its envelope, if it had one. */
export interface SentDecision {
  decision: Decision;
  proof?: string | undefined;
}

/** A kept decision and its evidence: the one it names, otherwise the case's evidence when it came. */
export interface KeptDecision extends SentDecision {
  evidenceHash: string;
}

export interface ReviewState {
  tenantId: string;
  /** Known once the first round has opened. */
  rules?: ReviewRules | undefined;
  stage: ReviewStage;
  /** From 1; the round that is being collected or decided. */
  round: number;
  evidence: DocumentReference[];
  evidenceHash: string;
  /** Only for an organization: the hash of its ownership, which decisions are bound to, too. */
  ownershipHash?: string | undefined;
  /** How much of the evidence earlier rounds had; the rest was submitted for this one. */
  seenBefore: number;
  /** Everybody who submitted the application or documents, or corrected them before the decision; none of them may decide. */
  submitters: string[];
  approvals: Approval[];
  /** The documents that the last decision requested. */
  requested: DocumentRequest[];
  /** Decisions that came before their round opened. */
  kept: KeptDecision[];
  /** Answers by decision id, so that a repeat gets the same answer. */
  handled: { decisionId: string; fingerprint: string; answer: Answer }[];
  openedAt?: string | undefined;
  customerReason?: string | undefined;
  /** The decision that rejected finally. */
  rejection?: SentDecision | undefined;
}

/** The hash that decisions name: over the sorted content hashes, whose documents they are, and an organization's ownership. */
export function hashEvidence(evidence: readonly DocumentReference[], ownershipHash?: string): string {
  const lines = evidence.map((document) => `${document.subject ?? ''}|${document.type}|${document.sha256}`);
  if (ownershipHash !== undefined) lines.push(`ownership|${ownershipHash}`);
  return sha256(lines.sort().join('\n'));
}

/** A review before its first round, with the application's documents. */
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
