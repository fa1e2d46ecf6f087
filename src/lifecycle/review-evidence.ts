import type { DocumentReference } from '../contract/application.js';
import type { DocumentRequest } from './messages.js';
import { hashEvidence, type ReviewState } from './review-state.js';

const MAX_EVIDENCE = 300;

/** Adds documents to the round that is being collected, except those whose ids the review already has. */
export function addEvidence(review: ReviewState, documents: readonly DocumentReference[], by: string): ReviewState {
  const known = new Set(review.evidence.map((document) => document.documentId));
  const added = documents.filter((document) => !known.has(document.documentId));
  if (added.length === 0) return review;
  const evidence = [...review.evidence, ...added];
  return {
    ...review,
    evidence,
    evidenceHash: hashEvidence(evidence, review.ownershipHash),
    submitters: [...new Set([...review.submitters, by])],
  };
}

/** Someone who corrects the application may not decide on it; their earlier approval no longer counts. */
export function addCorrector(review: ReviewState, by: string): ReviewState {
  if (review.stage === 'approved' || review.stage === 'rejected') return review;
  return {
    ...review,
    submitters: [...new Set([...review.submitters, by])],
    approvals: review.approvals.filter(({ operatorId }) => operatorId !== by),
  };
}

/** After a correction of the ownership, decisions on the old one no longer count, and an open round is replaced by the next one. */
export function changeOwnership(review: ReviewState, ownershipHash: string | undefined): ReviewState {
  if (review.ownershipHash === ownershipHash) return review;
  const changed = { ...review, ownershipHash, evidenceHash: hashEvidence(review.evidence, ownershipHash) };
  if (review.stage !== 'inReview') return changed;
  return { ...changed, stage: 'collecting', round: review.round + 1, approvals: [], openedAt: undefined };
}

/** Whether a case has as many documents as it can take. */
export function isFull(review: ReviewState, more: number): boolean {
  return review.evidence.length + more > MAX_EVIDENCE;
}

/** Documents that the round still waits for: the requested ones, or any if nothing specific was requested. */
export function missingDocuments(review: ReviewState): DocumentRequest[] {
  const fresh = review.evidence.slice(review.seenBefore);
  if (review.requested.length === 0) return fresh.length > 0 ? [] : [{ type: 'ANY', why: review.customerReason }];
  const covers = (request: DocumentRequest) => (document: DocumentReference) =>
    document.type === request.type && (request.subject === undefined || document.subject === request.subject);
  return review.requested.filter((request) => !fresh.some(covers(request)));
}
