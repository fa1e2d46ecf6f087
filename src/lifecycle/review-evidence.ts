import type { DocumentReference } from '../contract/application.js';
import type { DocumentRequest } from './messages.js';
import { hashEvidence, type ReviewState } from './review-state.js';

const MAX_EVIDENCE = 300;

/** Documents handed in for the round that is being collected; those with an id the review already holds are not added again. */
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

/** Whoever corrects the application does not decide on it; an approval that they gave before counts no more. */
export function addCorrector(review: ReviewState, by: string): ReviewState {
  if (review.stage === 'approved' || review.stage === 'rejected') return review;
  return {
    ...review,
    submitters: [...new Set([...review.submitters, by])],
    approvals: review.approvals.filter(({ operatorId }) => operatorId !== by),
  };
}

/** The ownership was corrected: what was decided on the former one counts no more, and an open round gives way to the next one. */
export function changeOwnership(review: ReviewState, ownershipHash: string | undefined): ReviewState {
  if (review.ownershipHash === ownershipHash) return review;
  const changed = { ...review, ownershipHash, evidenceHash: hashEvidence(review.evidence, ownershipHash) };
  if (review.stage !== 'inReview') return changed;
  return { ...changed, stage: 'collecting', round: review.round + 1, approvals: [], openedAt: undefined };
}

/** Whether a case has taken in all the documents it can hold. */
export function isFull(review: ReviewState, more: number): boolean {
  return review.evidence.length + more > MAX_EVIDENCE;
}

/** Documents that the round still waits for: what was asked for, or any at all where nothing in particular was. */
export function missingDocuments(review: ReviewState): DocumentRequest[] {
  const fresh = review.evidence.slice(review.seenBefore);
  if (review.requested.length === 0) return fresh.length > 0 ? [] : [{ type: 'ANY', why: review.customerReason }];
  const covers = (request: DocumentRequest) => (document: DocumentReference) =>
    document.type === request.type && (request.subject === undefined || document.subject === request.subject);
  return review.requested.filter((request) => !fresh.some(covers(request)));
}
