import type { AnswerData, AuditActor, AuditEvent, DecisionData } from './audit-events.js';
import type { CaseState } from './case-state.js';
import type { Answer, Decision, Message } from './messages.js';
import type { Occurrence } from './occurrences.js';
import type { VerifiedProof } from './proof-rules.js';
import type { Given } from './rulings.js';
import { senderOf } from './sender.js';

/** Who sent a message, and how we know. */
export function actorOf(message: Message, proof: VerifiedProof | undefined): AuditActor {
  return { by: senderOf(message), ...(proof && proofOn(proof)) };
}

/** The audit's data of an envelope. */
function proofOn({ caller, signers }: VerifiedProof): AuditActor {
  return { signers, ...(caller !== undefined && { caller }) };
}

/** The audit's entry for a message. */
export function eventOf(state: CaseState, message: Message, answer: Answer, given: Given): AuditEvent {
  const data = answerData(answer, reasonOf(message));
  if (message.name !== 'decideVerification') return { event: message.name, data };
  return { event: message.name, data: { ...data, ...ofDecision(state, message.body, given) } };
}

/** The audit's data of a decision besides its answer: which one, at what level, and on what evidence. */
function ofDecision(
  state: CaseState,
  { decisionId, round, operator: { id, level }, evidenceHash }: Decision,
  { operators }: Given,
  sentOn = evidenceHash ?? state.review.evidenceHash,
): Omit<DecisionData, keyof AnswerData> {
  // A kept decision is looked up once its round opens; its level is recorded then.
  const own = operators.get(id)?.level;
  return { decisionId, round, level: own && (level === 'TENANT' ? level : own), evidenceHash: sentOn };
}

/** The audit's entry for an occurrence; `next` is the case after it. */
export function eventOfOccurrence(next: CaseState, occurrence: Occurrence, answer: Answer, given: Given): AuditEvent {
  const { round, evidenceHash, submitters } = next.review;
  switch (occurrence.name) {
    case 'roundOpened': {
      const { rules, deadlines } = occurrence;
      const { level, quorum } = rules;
      return {
        event: 'roundOpened',
        data: { round, level, quorum, dueAt: deadlines.due, evidenceHash, submitters },
      };
    }
    case 'keptDecision': {
      const { decision, evidenceHash: sentOn } = occurrence.kept;
      const data = { ...answerData(answer), ...ofDecision(next, decision, given, sentOn), round };
      return { event: 'keptDecision', data };
    }
    case 'decisionVoid': {
      const { decisionIds, why } = occurrence;
      return { event: 'decisionVoid', data: { decisionIds, why } };
    }
    case 'deadlinePassed':
      return { event: 'deadlinePassed', data: { deadline: occurrence.kind } };
    case 'seenAtFinHub': {
      const adopted = answer.accepted && answer.state === 'applied';
      return { event: 'seenAtFinHub', data: { verdict: occurrence.verdict, adopted } };
    }
    case 'ended':
      return { event: 'ended', data: { result: occurrence.result } };
  }
}

function reasonOf({ body }: Message): string | undefined {
  if ('internalReason' in body && body.internalReason !== undefined) return body.internalReason;
  return 'reason' in body ? body.reason : undefined;
}

function answerData(answer: Answer, reason?: string): AnswerData {
  return { answer: answer.accepted ? answer.state : answer.refusal, said: answer.detail, reason };
}
