import { recorded } from './audit.js';
import type { AnswerData, AuditActor, AuditEvent, DecisionData } from './audit-events.js';
import type { Application } from './application.js';
import { canonicalJson } from './canonical.js';
import { correct, ownershipHashOf, resolve, whyClosed } from './case-rules.js';
import type { AnyCaseState, CaseState, Changes, Outcome } from './case-state.js';
import type { CheckedCorrection } from './correction.js';
import { deadlinesFrom, extend, fire, timeOf, type DeadlineKind, type DeadlineTimes } from './deadlines.js';
import { documentFault, lackingDocuments } from './document-rules.js';
import { lackingPapers, paperText } from './evidence.js';
import {
  accept,
  refuse,
  type Answer,
  type Decision,
  type Message,
  type MessageBodies,
  type MessageName,
} from './messages.js';
import type { PaymentAccount } from './payment-account.js';
import { SECOND_PERSON, type VerifiedProof } from './proof-rules.js';
import { worksFor, type Operator, type ReviewRules } from './policy.js';
import {
  addCorrector,
  addEvidence,
  adoptPortalDecision,
  changeOwnership,
  decide as decideReview,
  earlierAnswer,
  escalate,
  isDue,
  isFull,
  keep,
  openRound,
  reopen,
  takeDue,
  type KeptDecision,
  type SentDecision,
} from './review.js';
import { DROPPED, isSealedText } from './sealed.js';
import { fateOf, HANDLING, refusalDetail } from './stages.js';
import { confirmTransfer, decideTransfer } from './transfer-rules.js';

/** What happens to a case besides messages: its own doings, and what FinHub's portal decided. */
export type Occurrence =
  | { name: 'roundOpened'; rules: ReviewRules; deadlines: DeadlineTimes }
  | { name: 'keptDecision'; kept: KeptDecision }
  | { name: 'decisionVoid'; decisionIds: string[]; why: string; deadlines: DeadlineTimes }
  | { name: 'deadlinePassed'; kind: DeadlineKind }
  | { name: 'seenAtFinHub'; verdict: 'APPROVED' | 'REJECTED' }
  | { name: 'ended'; result: Outcome['result']; reason?: string | undefined };

/** What is known when something is decided. */
export interface Given {
  at: Date;
  /** The operators a message names, as the signers file knows them now; strangers are not in it. */
  operators: ReadonlyMap<string, Operator>;
  /** The envelope that the message came in, as it was verified. */
  proof?: VerifiedProof | undefined;
  /** The envelope itself, kept for whoever acts on the message. */
  envelope?: string | undefined;
  /** What the rules of the intake say of a correction; workflows always ask for it. */
  checked?: CheckedCorrection | undefined;
}

export interface Reduction<State extends AnyCaseState = CaseState> {
  state: State;
  answer: Answer;
}

type Rule<Name extends MessageName> = (
  state: AnyCaseState,
  body: MessageBodies[Name],
  given: Given,
) => [Changes, Answer];

/** What each message does; `fateOf` has let it through. */
const RULES: { [Name in MessageName]: Rule<Name> } = {
  submitDocuments: (state, { submittedBy, documents }) => {
    if (isFull(state.review, documents.length)) return [{}, refuse('NotAllowed', 'the case holds too many documents')];
    const fault = documentFault(state, documents);
    if (fault !== undefined) return [{}, refuse('NotAllowed', fault)];
    const review = addEvidence(state.review, documents, submittedBy);
    const added = review.evidence.length - state.review.evidence.length;
    const lacking = review.stage === 'collecting' ? lackingDocuments({ ...(state as CaseState), review }) : [];
    const missing = lacking.map(({ text }) => text).join('; ');
    const still = missing && `; still missing: ${missing}`;
    if (added === 0) return [{}, refuse('NotAllowed', `the case has these documents already${still}`)];
    return [{ review }, accept('applied', `${added} new documents for round ${review.round}${still}`)];
  },

  acceptConsents: (state, evidence) =>
    state.consents && canonicalJson(state.consents) !== canonicalJson(evidence)
      ? [{}, refuse('NotAllowed', 'the consents were given already')]
      : [{ consents: evidence }, accept('applied', 'consents taken')],

  submitActivationCode: (_state, { code }) =>
    isSealedText(code)
      ? [
          { activationCode: code },
          accept('applied', 'activation code taken; FinHub checks it, and the status says what came of that'),
        ]
      : [{}, refuse('UnsealedSecret', 'the code was not sealed; send it with the client library or the starter')],

  decideVerification: (state, decision, given) => {
    const sent = { decision, proof: given.envelope };
    if (given.proof && !decision.subject) return [{}, NO_SUBJECT];
    const fault = documentFault(state, decision.documents ?? []);
    if (fault !== undefined) return [{}, refuse('NotAllowed', fault)];
    if (!isDue(state.review, decision)) {
      const { review, answer } = keep(state.review, sent);
      return [{ review }, answer];
    }
    return judged(state, { ...sent, evidenceHash: decision.evidenceHash }, given);
  },

  correctApplication: (state, correction, given) => {
    if ('password' in correction.patch && !isSealedText(correction.patch['password'])) {
      return [
        {},
        refuse('UnsealedSecret', 'the password was not sealed; send it with the client library or the starter'),
      ];
    }
    // Only lifecycles are let through to here.
    const { changes, answer } = correct(state as CaseState, correction, given.checked);
    if (!answer.accepted) return [{}, answer];
    const review = addCorrector(state.review, correction.correctedBy);
    return [
      {
        ...changes,
        review: changeOwnership(review, ownershipHashOf(changes.application!)),
        startedWith: (state as CaseState).startedWith ?? (state as CaseState).application,
        corrections: [...state.corrections, { body: correction, proof: given.envelope }],
        searchTokens: given.checked?.searchTokens,
      },
      answer,
    ];
  },

  resolveAttention: (state, resolution, given) => {
    const { changes, answer } = resolve(state, resolution);
    const agreed = answer.accepted && resolution.attentionId.startsWith(SECOND_PERSON);
    return [agreed ? { ...changes, agreed: { body: resolution, proof: given.envelope } } : changes, answer];
  },

  claim: (state, { by }) =>
    state.assignee === undefined || state.assignee === by
      ? [{ assignee: by }, accept('applied', 'the case is yours')]
      : [{}, refuse('AlreadyClaimed', `${state.assignee} has the case`)],

  release: (state, { by }) =>
    state.assignee === by
      ? [{ assignee: undefined }, accept('applied', 'the case is free')]
      : [{}, refuse('NotAllowed', 'only who has the case gives it back')],

  assign: (state, { to }, { operators }) => {
    const assignee = operators.get(to);
    if (!assignee) return [{}, refuse('UnknownOperator', `no operator "${to}" is known`)];
    if (!worksFor(assignee, state.application.tenantId)) {
      return [{}, refuse('WrongTenant', `${to} does not work for this tenant`)];
    }
    return [{ assignee: to }, accept('applied', `${to} has the case`)];
  },

  note: (state, { by, text }, { at }) => [
    { notes: [...state.notes, { at: at.toISOString(), by, text }].slice(-MAX_NOTES) },
    accept('applied', 'noted'),
  ],

  viewDocument: (state, { documentId }) => {
    const document = state.review.evidence.find((one) => one.documentId === documentId);
    if (!document) return [{}, refuse('NotAllowed', 'the case has no document of this id; `show` lists those it has')];
    return [{}, accept('applied', `looked at ${document.type} ${documentId}`)];
  },

  extend: (state, { until }, { at }) => {
    const time = Date.parse(until);
    const due = timeOf(state.deadlines, 'due') ?? timeOf(state.deadlines, 'expiry');
    if (due === undefined) return [{}, refuse('NotAllowed', 'nothing here has a deadline')];
    if (time <= at.getTime()) return [{}, refuse('NotAllowed', 'the new time must be in the future')];
    if (time <= Date.parse(due)) return [{}, refuse('NotAllowed', `it is due at ${due}, which is later already`)];
    if (time > at.getTime() + LONGEST_EXTENSION_MS) return [{}, refuse('NotAllowed', 'a year ahead is the longest')];
    return [{ deadlines: extend(state.deadlines, new Date(until)) }, accept('applied', `due ${until}`)];
  },

  decideTransfer: (state, body, given) => {
    const [changes, answer] = decideTransfer(state, body);
    return ['decision' in changes ? { ...changes, sentDecision: { body, proof: given.envelope } } : changes, answer];
  },

  confirmTransfer: (state, body, given) => {
    const [changes, answer] = confirmTransfer(state, body);
    return [answer.accepted ? { ...changes, sentConfirmation: { body, proof: given.envelope } } : changes, answer];
  },

  cancel: (state, request) =>
    state.kind === 'transfer' && state.transfer?.state === 'executing'
      ? [{}, refuse('NotAllowed', 'the order is being executed, which nothing can take back')]
      : [{ cancelRequest: request }, accept('applied', 'cancelled')],
};

const MAX_NOTES = 100;
const LONGEST_EXTENSION_MS = 366 * 24 * 3600_000;
const NO_SUBJECT = refuse(
  'ProofInvalid',
  'a signed decision names whom it is about: `subject` with customerId and verificationId, as the case shows them',
);

/** Messages that only an operator of the tenant may send; a decision has rules of its own in the review. */
const OPERATORS_ONLY: ReadonlySet<MessageName> = new Set([...HANDLING, 'extend']);

/**
 * The operators that have to be looked up before a message can be decided; none for one that was answered before or is refused whoever sent
 * it. A decision that is kept is looked up when it is due.
 */
export function operatorsNamed(state: AnyCaseState, message: Message): string[] {
  const fate = fateOf(state, message.name);
  if (fate !== 'taken' && fate !== 'kept') return [];
  if (message.name === 'decideVerification') {
    const { body } = message;
    return isDue(state.review, body) && earlierAnswer(state.review, body) === undefined ? [body.operator.id] : [];
  }
  if (message.name === 'assign') return [message.body.by, message.body.to];
  return OPERATORS_ONLY.has(message.name) ? [senderOf(message)!] : [];
}

/** What the rules of the intake have to be asked about before a message can be decided; nothing for one that is refused anyway. */
export function correctionToCheck(
  state: AnyCaseState,
  message: Message,
): { application: Application; patch: Record<string, unknown> } | undefined {
  if (message.name !== 'correctApplication' || fateOf(state, message.name) !== 'taken') return undefined;
  const { patch } = message.body;
  const lifecycle = state as CaseState;
  if (whyClosed(lifecycle, patch) !== undefined) return undefined;
  if ('password' in patch && !isSealedText(patch['password'])) return undefined;
  return { application: lifecycle.application, patch };
}

/** Who sent a message, by its own word; for the audit. */
export function senderOf({ body }: Message): string | undefined {
  if ('operator' in body) return body.operator.id;
  if ('submittedBy' in body) return body.submittedBy;
  if ('correctedBy' in body) return body.correctedBy;
  return 'by' in body ? body.by : undefined;
}

/** Decides on a message. The workflow and the model test run this same code; every answer is in the audit. */
export function decide<State extends AnyCaseState>(state: State, message: Message, given: Given): Reduction<State> {
  const [changes, answer] = ruled(state, message, given);
  const next = { ...state, ...changes };
  const actor = { by: senderOf(message), ...(given.proof && proofOn(given.proof)) };
  return { state: { ...next, ...recorded(next, given.at, eventOf(state, message, answer, given), actor) }, answer };
}

/** What the audit keeps of an envelope. */
function proofOn({ caller, signers }: VerifiedProof): AuditActor {
  return { signers, ...(caller !== undefined && { caller }) };
}

function eventOf(state: AnyCaseState, message: Message, answer: Answer, given: Given): AuditEvent {
  const data = answerData(answer, reasonOf(message));
  if (message.name !== 'decideVerification') return { event: message.name, data };
  return { event: message.name, data: { ...data, ...ofDecision(state, message.body, given) } };
}

/** What the audit keeps of a decision, besides what came of it: which one, at what level, and on what evidence. */
function ofDecision(
  state: AnyCaseState,
  { decisionId, round, operator: { id, level }, evidenceHash }: Decision,
  { operators }: Given,
  sentOn = evidenceHash ?? state.review.evidenceHash,
): Omit<DecisionData, keyof AnswerData> {
  // A decision that is kept is looked up once its round opens; its level is on record then.
  const own = operators.get(id)?.level;
  return { decisionId, round, level: own && (level === 'TENANT' ? level : own), evidenceHash: sentOn };
}

function ruled(state: AnyCaseState, message: Message, given: Given): [Changes, Answer] {
  if (message.name === 'decideVerification') {
    const earlier = earlierAnswer(state.review, message.body);
    if (earlier) return [{}, earlier];
  }
  const fate = fateOf(state, message.name);
  if (fate !== 'taken' && fate !== 'kept') return [{}, refuse(fate, refusalDetail(state))];
  if (OPERATORS_ONLY.has(message.name)) {
    const operator = given.operators.get(senderOf(message)!);
    if (!operator) return [{}, refuse('UnknownOperator', 'no operator of this id is known')];
    if (!worksFor(operator, state.application.tenantId)) {
      return [{}, refuse('WrongTenant', 'the operator does not work for this tenant')];
    }
  }
  const rule = RULES[message.name] as Rule<MessageName>;
  const [changes, answer] = rule(state, message.body, given);
  // Of decisions the review says itself which ones wait; one that replaces a request takes effect at once.
  const waits = fate === 'kept' && message.name !== 'decideVerification';
  const early = waits && answer.accepted && answer.state === 'applied';
  return [changes, early ? accept('kept', `${answer.detail}, for when its time comes`) : answer];
}

/** What happens by itself, by the same rules. */
export function occur<State extends AnyCaseState>(
  state: State,
  occurrence: Occurrence,
  given: Given,
): Reduction<State> {
  const [changes, answer] = occurred(state, occurrence, given);
  const next = { ...state, ...changes };
  const by = occurrence.name === 'keptDecision' ? occurrence.kept.decision.operator.id : undefined;
  const event = eventOfOccurrence(next, occurrence, answer, given);
  return { state: { ...next, ...recorded(next, given.at, event, { by }) }, answer };
}

function eventOfOccurrence(next: AnyCaseState, occurrence: Occurrence, answer: Answer, given: Given): AuditEvent {
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

function occurred(state: AnyCaseState, occurrence: Occurrence, given: Given): [Changes, Answer] {
  switch (occurrence.name) {
    case 'roundOpened': {
      const { rules, deadlines } = occurrence;
      return [
        { review: openRound(state.review, rules, given.at), deadlines: deadlinesFrom(deadlines) },
        accept('applied', `${rules.level}, quorum ${rules.quorum}, due ${deadlines.due ?? 'at no time'}`),
      ];
    }
    case 'keptDecision':
      return judged(state, occurrence.kept, given);
    case 'decisionVoid': {
      const { decisionIds, why, deadlines } = occurrence;
      const review = reopen(state.review, decisionIds);
      return [{ review, deadlines: deadlinesFrom(deadlines) }, accept('applied', why)];
    }
    case 'deadlinePassed': {
      const { kind } = occurrence;
      const deadlines = fire(state.deadlines, kind);
      const raised = kind === 'escalation' && state.review.stage === 'inReview';
      return [{ deadlines, ...(raised ? { review: escalate(state.review) } : {}) }, accept('applied', kind)];
    }
    case 'seenAtFinHub': {
      const { verdict } = occurrence;
      if (state.review.stage !== 'inReview' || state.review.rules?.portalDecision !== 'adopt') {
        return [{}, accept('recorded', `${verdict}, held until our operators have decided`)];
      }
      return [
        { review: adoptPortalDecision(state.review, verdict), ...REVIEW_OVER },
        accept('applied', `${verdict} in FinHub's portal`),
      ];
    }
    case 'ended':
      return [ending(state, occurrence, given.at), accept('applied', occurrence.result)];
  }
}

function ending(state: AnyCaseState, { result, reason }: Pick<Outcome, 'result' | 'reason'>, at: Date): Changes {
  if (state.outcome) return {};
  return {
    phases: state.phases.map((phase) => (phase.state === 'active' ? { ...phase, state: 'stopped' } : phase)),
    waitingOn: undefined,
    attention: undefined,
    deadlines: [],
    requirements: [],
    ...withoutSecrets(state),
    ...endOfTransfer(state, result),
    outcome: { result, at: at.toISOString(), reason, ...orderOf(state) },
  };
}

/** What is over needs no secrets: passwords, and what was sealed in FinHub's answers. */
function withoutSecrets({ application, payer }: AnyCaseState): Changes {
  const bare = (account: PaymentAccount): PaymentAccount => ({ ...account, session: undefined, consent: undefined });
  const subject =
    'password' in application
      ? { ...application, password: DROPPED }
      : 'callId' in application
        ? { ...application, input: DROPPED }
        : application;
  return {
    application: 'approvers' in subject ? bare(subject) : subject,
    payer: payer && bare(payer),
    activationCode: undefined,
    done: {},
  };
}

function endOfTransfer({ kind, transfer }: AnyCaseState, result: Outcome['result']): Changes {
  return kind === 'transfer' && transfer && result !== 'active' ? { transfer: { ...transfer, state: result } } : {};
}

function orderOf({ kind, transfer }: AnyCaseState): Pick<Outcome, 'orderId'> {
  return kind === 'transfer' && transfer?.orderId !== undefined ? { orderId: transfer.orderId } : {};
}

/** What ends with the review of a round. */
const REVIEW_OVER = { deadlines: [], assignee: undefined };

function judged(
  state: AnyCaseState,
  { decision, proof, evidenceHash }: SentDecision & { evidenceHash: string | undefined },
  given: Given,
): [Changes, Answer] {
  const operator = given.operators.get(decision.operator.id);
  const { review, answer } = decideReview(state.review, { decision, proof }, operator, evidenceHash);
  // No approval of a case that lacks what has to be there; a round opens without it only if the case was not told the truth.
  const lacking = decision.verdict === 'approve' && answer.accepted ? lackingPapers(state as CaseState) : [];
  if (lacking.length > 0) {
    return [{}, refuse('NotAllowed', `required evidence is missing: ${lacking.map(paperText).join('; ')}`)];
  }
  const endsRound = state.review.stage === 'inReview' && review.stage !== 'inReview';
  return [{ review, ...(endsRound ? REVIEW_OVER : {}) }, answer];
}

/** The kept decisions that are due now, and the case without them. */
export function dueDecisions(state: CaseState): { state: CaseState; due: KeptDecision[] } {
  const { review, due } = takeDue(state.review);
  return { state: { ...state, review }, due };
}

function reasonOf({ body }: Message): string | undefined {
  if ('internalReason' in body && body.internalReason !== undefined) return body.internalReason;
  return 'reason' in body ? body.reason : undefined;
}

function answerData(answer: Answer, reason?: string): AnswerData {
  return { answer: answer.accepted ? answer.state : answer.refusal, said: answer.detail, reason };
}
