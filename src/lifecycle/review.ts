import { canonicalJson } from './canonical.js';
import { accept, type Answer, type Decision, refuse } from './messages.js';
import { levelSuffices, type Operator, type OperatorLevel, type ReviewRules, worksFor } from './policy.js';
import { type Approval, type KeptDecision, nextRound, type ReviewState, type SentDecision } from './review-state.js';
import { sha256 } from './sha256.js';

/** Limits what senders can add to a case, which must fit into one Temporal payload when it moves to a new run. */
const MAX_KEPT = 20;
const MAX_HANDLED = 500;

/** Opens the current round for decisions under these rules. */
export function openRound(review: ReviewState, rules: ReviewRules, at: Date): ReviewState {
  return {
    ...review,
    rules,
    stage: 'inReview',
    approvals: [],
    requested: [],
    openedAt: at.toISOString(),
  };
}

/** Whether a decision can be judged now; otherwise it is kept until its round opens. */
export function isDue(review: ReviewState, decision: Decision): boolean {
  if (review.stage === 'collecting') return decision.round < review.round || replacesRequest(review, decision);
  return review.stage !== 'inReview' || decision.round <= review.round;
}

/** Whether a decision replaces the request that the round waits for: nobody could meet a mistaken request. */
function replacesRequest(review: ReviewState, { verdict, round }: Decision): boolean {
  return (
    verdict === 'request-documents' &&
    review.stage === 'collecting' &&
    round === review.round &&
    review.rules !== undefined
  );
}

/** The earlier answer to this decision id; undefined for a new one. Other content with the same id is a conflict. */
export function earlierAnswer(review: ReviewState, decision: Decision): Answer | undefined {
  const earlier = review.handled.find((entry) => entry.decisionId === decision.decisionId);
  if (earlier === undefined) return undefined;
  return earlier.fingerprint === fingerprint(decision)
    ? earlier.answer
    : refuse('DecisionConflict', 'this decision id was used before with other content');
}

/** Keeps a decision that came before its round. */
export function keep(review: ReviewState, { decision, proof }: SentDecision): { review: ReviewState; answer: Answer } {
  if (review.kept.length >= MAX_KEPT)
    return { review, answer: refuse('NotAllowed', 'too many decisions are waiting already') };
  const answer = accept('kept', `applied when round ${decision.round} opens, if the evidence is still the same`);
  const kept = [...review.kept, { decision, proof, evidenceHash: decision.evidenceHash ?? review.evidenceHash }];
  return { review: remember({ ...review, kept }, decision, answer), answer };
}

/** Removes the kept decisions whose round is open now, each bound to its evidence. */
export function takeDue(review: ReviewState): { review: ReviewState; due: KeptDecision[] } {
  const due = review.kept.filter(({ decision }) => isDue(review, decision));
  return { review: { ...review, kept: review.kept.filter((entry) => !due.includes(entry)) }, due };
}

/**
 * Takes back decisions that no longer counted when we sent them to FinHub: the round is open again, with the valid approvals. No decision is
 * final before FinHub has it.
 */
export function reopen(review: ReviewState, notCounting: readonly string[]): ReviewState {
  return {
    ...review,
    stage: 'inReview',
    rejection: undefined,
    customerReason: undefined,
    approvals: review.approvals.filter(({ decisionId }) => !notCounting.includes(decisionId)),
  };
}

/** Moves the review to the higher level. */
export function escalate(review: ReviewState): ReviewState {
  return review.rules ? { ...review, rules: { ...review.rules, level: 'POWER_TENANT' } } : review;
}

/** Adopts a decision from FinHub's own portal. */
export function adoptPortalDecision(review: ReviewState, verdict: 'APPROVED' | 'REJECTED'): ReviewState {
  return { ...review, stage: verdict === 'APPROVED' ? 'approved' : 'rejected' };
}

/**
 * Judges a decision on the open round. `operator` is its sender in the signers file, undefined if unknown. `sentOn` is the evidence it is
 * bound to. Every answer, including refusals, is remembered under the decision's id.
 */
export function decide(
  review: ReviewState,
  sent: SentDecision,
  operator: Operator | undefined,
  sentOn: string | undefined = sent.decision.evidenceHash,
): { review: ReviewState; answer: Answer } {
  const { decision } = sent;
  const judged = judge(review, sent, operator, sentOn);
  const { next, answer } = 'accepted' in judged ? { next: review, answer: judged } : judged;
  return { review: remember(next, decision, answer), answer };
}

type Judgement = { next: ReviewState; answer: Answer };

function judge(
  review: ReviewState,
  sent: SentDecision,
  operator: Operator | undefined,
  sentOn: string | undefined,
): Judgement | Answer {
  const { rules } = review;
  const { decision } = sent;
  if (review.stage === 'approved' || review.stage === 'rejected') {
    return refuse('AlreadyDecided', `the review was ${review.stage} in round ${review.round}`);
  }
  if (!operator) return refuse('UnknownOperator', 'no operator has this id');
  if (!worksFor(operator, review.tenantId)) {
    return refuse('WrongTenant', 'the operator does not work for this tenant');
  }
  if (decision.round < review.round || !rules) {
    return refuse('StaleRound', `round ${decision.round} is over, round ${review.round} is the current one`);
  }
  if (review.submitters.includes(operator.id)) {
    return refuse(
      'SelfApproval',
      'a person who submitted or corrected the application or its documents may not decide on it',
    );
  }
  if (sentOn !== undefined && sentOn !== review.evidenceHash) {
    return refuse('EvidenceChanged', 'the evidence of the case has changed since the decision');
  }
  const level: OperatorLevel = decision.operator.level === 'TENANT' ? 'TENANT' : operator.level;
  switch (decision.verdict) {
    case 'approve':
      return approve(review, rules, { operatorId: operator.id, level, decisionId: decision.decisionId, sent });
    case 'reject':
      if (!levelSuffices(level, rules.level)) return levelInsufficient(rules);
      return decision.retryable === true && !roundsAreUp(review, rules)
        ? { next: nextRound(review, decision), answer: accept('applied', 'rejected; the customer may submit again') }
        : {
            next: { ...review, stage: 'rejected', customerReason: decision.customerReason, rejection: sent },
            answer: accept('applied', `rejected in round ${review.round}`),
          };
    case 'request-documents':
      if (!levelSuffices(level, rules.level)) return levelInsufficient(rules);
      if (replacesRequest(review, decision)) {
        return {
          next: { ...review, requested: decision.documents ?? [], customerReason: decision.customerReason },
          answer: accept('applied', `round ${review.round} waits for these documents instead of the earlier ones`),
        };
      }
      if (roundsAreUp(review, rules)) {
        return refuse(
          'NotAllowed',
          `documents were already requested ${rules.maxResubmissions} times, which is the limit`,
        );
      }
      return {
        next: nextRound(review, decision),
        answer: accept('applied', `round ${review.round + 1} waits for documents`),
      };
  }
}

/** Counts an approval. One of several people must have the level, so the last approval may not leave it missing. */
function approve(review: ReviewState, rules: ReviewRules, approval: Approval): Judgement | Answer {
  if (review.approvals.some(({ operatorId }) => operatorId === approval.operatorId)) {
    return refuse('SamePersonTwice', 'this operator has already approved; another person must approve');
  }
  const approvals = [...review.approvals, approval];
  if (approvals.length < rules.quorum) {
    return {
      next: { ...review, approvals },
      answer: accept('recorded', `${approvals.length} of ${rules.quorum} approvals`),
    };
  }
  if (!approvals.some(({ level }) => levelSuffices(level, rules.level))) return levelInsufficient(rules);
  return {
    next: { ...review, approvals, stage: 'approved' },
    answer: accept('applied', `approved in round ${review.round}`),
  };
}

function levelInsufficient(rules: ReviewRules): Answer {
  return refuse('LevelInsufficient', `this needs an operator of level ${rules.level}`);
}

function roundsAreUp(review: ReviewState, rules: ReviewRules): boolean {
  return review.round > rules.maxResubmissions;
}

/** Remembers the answer to a decision, replacing an earlier one. */
export function remember(review: ReviewState, decision: Decision, answer: Answer): ReviewState {
  const others = review.handled.filter((entry) => entry.decisionId !== decision.decisionId);
  const entry = { decisionId: decision.decisionId, fingerprint: fingerprint(decision), answer };
  return { ...review, handled: [...others, entry].slice(-MAX_HANDLED) };
}

/** Equal for equal decisions, whatever their envelopes. */
function fingerprint(decision: Decision): string {
  return sha256(canonicalJson(decision));
}
