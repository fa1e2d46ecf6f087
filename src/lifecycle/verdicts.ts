import type { LifecycleState } from './case-state.js';
import { lackingPapers, paperText } from './evidence.js';
import { refuse } from './messages.js';
import { decide as decideReview } from './review.js';
import { type SentDecision } from './review-state.js';
import type { Given, Ruling } from './rulings.js';

/** Cleared when the review of a round ends. */
export const REVIEW_OVER = { deadlines: [], assignee: undefined };

/** Judges a decision on the open round. */
export function judged(
  state: LifecycleState,
  { decision, proof, evidenceHash }: SentDecision & { evidenceHash: string | undefined },
  given: Given,
): Ruling {
  const operator = given.operators.get(decision.operator.id);
  const { review, answer } = decideReview(state.review, { decision, proof }, operator, evidenceHash);
  // No approval without the required evidence; a round opens without it only if the case was misled.
  const lacking = decision.verdict === 'approve' && answer.accepted ? lackingPapers(state) : [];
  if (lacking.length > 0) {
    return [{}, refuse('NotAllowed', `required evidence is missing: ${lacking.map(paperText).join('; ')}`)];
  }
  const endsRound = state.review.stage === 'inReview' && review.stage !== 'inReview';
  return [{ review, ...(endsRound ? REVIEW_OVER : {}) }, answer];
}
