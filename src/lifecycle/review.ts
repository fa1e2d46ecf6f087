import type { DocumentReference } from './application.js';
import { canonicalJson } from './canonical.js';
import { accept, refuse, type Answer, type Decision, type DocumentRequest } from './messages.js';
import { levelSuffices, worksFor, type Operator, type OperatorLevel, type ReviewRules } from './policy.js';
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

/** Bounds what senders can pile up in a case, which has to fit into one Temporal payload when it moves to a new run. */
const MAX_KEPT = 20;
const MAX_HANDLED = 500;
const MAX_EVIDENCE = 300;

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

/** Whether a decision can be judged now; if not, it is kept until its round opens. */
export function isDue(review: ReviewState, decision: Decision): boolean {
  if (review.stage === 'collecting') return decision.round < review.round || replacesRequest(review, decision);
  return review.stage !== 'inReview' || decision.round <= review.round;
}

/** Whether a decision asks anew for what the round waits for, in place of what was asked before: nobody could meet a mistaken request. */
function replacesRequest(review: ReviewState, { verdict, round }: Decision): boolean {
  return (
    verdict === 'request-documents' &&
    review.stage === 'collecting' &&
    round === review.round &&
    review.rules !== undefined
  );
}

/** The answer that this decision id got before, or undefined for a new one. Other content under the same id is a conflict. */
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

/** Takes out the kept decisions whose round is open now, each bound to the evidence it was sent on. */
export function takeDue(review: ReviewState): { review: ReviewState; due: KeptDecision[] } {
  const due = review.kept.filter(({ decision }) => isDue(review, decision));
  return { review: { ...review, kept: review.kept.filter((entry) => !due.includes(entry)) }, due };
}

/**
 * Takes back what turned out not to count when FinHub was to be told: the round is open again, with the approvals that stand. Nobody's
 * decision is final before FinHub has it.
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

/** Hands the review to the higher level. */
export function escalate(review: ReviewState): ReviewState {
  return review.rules ? { ...review, rules: { ...review.rules, level: 'POWER_TENANT' } } : review;
}

/** Takes over what was decided in FinHub's own portal. */
export function adoptPortalDecision(review: ReviewState, verdict: 'APPROVED' | 'REJECTED'): ReviewState {
  return { ...review, stage: verdict === 'APPROVED' ? 'approved' : 'rejected' };
}

/**
 * Judges a decision on the open round. `operator` is what the signers file knows about its sender, undefined if nothing.
 * `sentOn` is the evidence it is bound to. Every answer, refusals included, is remembered under the decision's id.
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
  if (!operator) return refuse('UnknownOperator', 'no operator of this id is known');
  if (!worksFor(operator, review.tenantId)) {
    return refuse('WrongTenant', 'the operator does not work for this tenant');
  }
  if (decision.round < review.round || !rules) {
    return refuse('StaleRound', `round ${decision.round} is over, round ${review.round} is the current one`);
  }
  if (review.submitters.includes(operator.id)) {
    return refuse(
      'SelfApproval',
      'whoever submitted or corrected the application or its documents does not decide on them',
    );
  }
  if (sentOn !== undefined && sentOn !== review.evidenceHash) {
    return refuse('EvidenceChanged', 'the decision was made on other evidence than the case holds now');
  }
  const level: OperatorLevel = decision.operator.level === 'TENANT' ? 'TENANT' : operator.level;
  switch (decision.verdict) {
    case 'approve':
      return approve(review, rules, { operatorId: operator.id, level, decisionId: decision.decisionId, sent });
    case 'reject':
      if (!levelSuffices(level, rules.level)) return levelInsufficient(rules);
      return decision.retryable === true && !roundsAreUp(review, rules)
        ? { next: nextRound(review, decision), answer: accept('applied', 'rejected; the customer may hand in again') }
        : {
            next: { ...review, stage: 'rejected', customerReason: decision.customerReason, rejection: sent },
            answer: accept('applied', `rejected in round ${review.round}`),
          };
    case 'request-documents':
      if (!levelSuffices(level, rules.level)) return levelInsufficient(rules);
      if (replacesRequest(review, decision)) {
        return {
          next: { ...review, requested: decision.documents ?? [], customerReason: decision.customerReason },
          answer: accept('applied', `round ${review.round} waits for these documents in place of the earlier ones`),
        };
      }
      if (roundsAreUp(review, rules)) {
        return refuse(
          'NotAllowed',
          `documents were asked for ${rules.maxResubmissions} times already, which is the limit`,
        );
      }
      return {
        next: nextRound(review, decision),
        answer: accept('applied', `round ${review.round + 1} waits for documents`),
      };
  }
}

/** Counts an approval. Of several people one has to be of the level, so the last may not leave it open. */
function approve(review: ReviewState, rules: ReviewRules, approval: Approval): Judgement | Answer {
  if (review.approvals.some(({ operatorId }) => operatorId === approval.operatorId)) {
    return refuse('SamePersonTwice', 'this operator has approved already; it takes another person');
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
  return refuse('LevelInsufficient', `this takes an operator of level ${rules.level}`);
}

function roundsAreUp(review: ReviewState, rules: ReviewRules): boolean {
  return review.round > rules.maxResubmissions;
}

function nextRound(review: ReviewState, decision: Decision): ReviewState {
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

/** Remembers what a decision was answered, in place of what it heard before. */
export function remember(review: ReviewState, decision: Decision, answer: Answer): ReviewState {
  const others = review.handled.filter((entry) => entry.decisionId !== decision.decisionId);
  const entry = { decisionId: decision.decisionId, fingerprint: fingerprint(decision), answer };
  return { ...review, handled: [...others, entry].slice(-MAX_HANDLED) };
}

/** Equal for equal decisions, in whatever envelope they come. */
function fingerprint(decision: Decision): string {
  return sha256(canonicalJson(decision));
}
