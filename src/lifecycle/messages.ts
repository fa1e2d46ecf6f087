import type { ConsentEvidence, DocumentReference } from './application.js';
import type { OperatorLevel } from './policy.js';

/** Messages a lifecycle takes, each as a Signal and as an Update of the same name. */
export const MESSAGES = [
  'submitDocuments',
  'acceptConsents',
  'submitActivationCode',
  'decideVerification',
  'correctApplication',
  'resolveAttention',
  'claim',
  'release',
  'assign',
  'note',
  'viewDocument',
  'extend',
  'decideTransfer',
  'confirmTransfer',
  'cancel',
] as const;
export type MessageName = (typeof MESSAGES)[number];

/**
 * An Update without a body, which changes nothing: its answer is FinHub's ids once the registration stands, or null where the case ends or
 * moves to another run before.
 */
export const AWAIT_REGISTRATION = 'awaitRegistration';

/** FinHub's ids of a customer who is registered. */
export interface RegisteredIds {
  customerId: string;
  /** Of a person's login. */
  userId?: string | undefined;
}

export interface SubmitDocuments {
  submittedBy: string;
  documents: DocumentReference[];
}

export type AcceptConsents = ConsentEvidence;

export interface SubmitActivationCode {
  /** Sealed by the client before it reaches Temporal; a plain one is refused. */
  code: string;
}

export const VERDICTS = ['approve', 'reject', 'request-documents'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface DocumentRequest {
  type: string;
  why?: string | undefined;
  /** Whose document: a person's `ref` of the application. */
  subject?: string | undefined;
}

/** An operator's decision on one round of the review. */
export interface Decision {
  /** Made by the sender; the same id is the same decision, however often it comes. */
  decisionId: string;
  round: number;
  verdict: Verdict;
  /** `level` narrows what the operator acts as; it cannot raise it. */
  operator: { id: string; level?: OperatorLevel | undefined };
  /** What the operator saw; a decision on other evidence is refused. */
  evidenceHash?: string | undefined;
  /** For the customer. */
  customerReason?: string | undefined;
  /** Never leaves the case. */
  internalReason?: string | undefined;
  /** With `reject`: the customer may hand in again. */
  retryable?: boolean | undefined;
  /** With `request-documents`. */
  documents?: DocumentRequest[] | undefined;
  /** Whom it is about, as the operator saw it; has to be there where decisions are signed, so that one never holds for somebody else. */
  subject?: DecisionSubject | undefined;
}

/** FinHub's ids of whom a decision is about. */
export interface DecisionSubject {
  customerId: string;
  verificationId: string;
}

/** Fields of the application to replace, as a JSON merge patch (RFC 7396). */
export interface CorrectApplication {
  correctedBy: string;
  patch: Record<string, unknown>;
}

export const ATTENTION_ACTIONS = ['retry', 'adopt', 'skip', 'abort'] as const;
export type AttentionAction = (typeof ATTENTION_ACTIONS)[number];

export interface ResolveAttention {
  attentionId: string;
  action: AttentionAction;
  by: string;
  reason?: string | undefined;
  /** With `adopt`: the result to go on with, e.g. `{"customerId": "…", "userId": "…"}`. */
  adopt?: Record<string, string> | undefined;
}

/** Takes a case on, or gives it back. */
export interface Claim {
  by: string;
}

export interface Assign {
  by: string;
  to: string;
  reason: string;
}

/** A remark for other operators; never leaves the case. */
export interface Note {
  by: string;
  text: string;
}

/** Puts on record that an operator looks at a document; its content comes from the store. */
export interface ViewDocument {
  by: string;
  documentId: string;
}

/** Gives the present wait until a new due time. */
export interface Extend {
  by: string;
  /** ISO 8601, in the future. */
  until: string;
  reason: string;
}

/** What a TRANSACTION_APPROVER of the organization says to a transfer; the sender has made sure who it is. */
export interface DecideTransfer {
  /** The employee's `ref` or e-mail address in the organization's application. */
  by: string;
  verdict: 'approve' | 'reject';
  reason?: string | undefined;
}

/** The customer's word on a prepared order, whose fees are known by then. */
export interface ConfirmTransfer {
  by: string;
  /** As the transfer's status shows it; another one is refused, since it was prepared anew meanwhile. */
  orderId: string;
}

export interface Cancel {
  by: string;
  reason: string;
}

export interface MessageBodies {
  submitDocuments: SubmitDocuments;
  acceptConsents: AcceptConsents;
  submitActivationCode: SubmitActivationCode;
  decideVerification: Decision;
  correctApplication: CorrectApplication;
  resolveAttention: ResolveAttention;
  claim: Claim;
  release: Claim;
  assign: Assign;
  note: Note;
  viewDocument: ViewDocument;
  extend: Extend;
  decideTransfer: DecideTransfer;
  confirmTransfer: ConfirmTransfer;
  cancel: Cancel;
}

/** A message as the parsers leave it. */
export type Message = { [Name in MessageName]: { name: Name; body: MessageBodies[Name] } }[MessageName];

/** Why a message was not taken. */
export type Refusal =
  | 'Malformed'
  | 'UnknownOperator'
  | 'ProofInvalid'
  | 'Duplicate'
  | 'UnsealedSecret'
  | 'WrongTenant'
  | 'LevelInsufficient'
  | 'SelfApproval'
  | 'SamePersonTwice'
  | 'StaleRound'
  | 'EvidenceChanged'
  | 'AlreadyDecided'
  | 'DecisionConflict'
  | 'AlreadyFinal'
  | 'NothingToResolve'
  | 'AlreadyClaimed'
  | 'NotAnApprover'
  | 'NotAllowed';

/**
 * What the sender of a message learns. `kept`: came early, applied when its time comes; `recorded`: counted, more is needed;
 * `applied`: took effect.
 */
export type Answer =
  | { accepted: true; state: 'kept' | 'recorded' | 'applied'; detail: string }
  | { accepted: false; refusal: Refusal; detail: string };

export function refuse(refusal: Refusal, detail: string): Answer {
  return { accepted: false, refusal, detail };
}

export function accept(state: 'kept' | 'recorded' | 'applied', detail: string): Answer {
  return { accepted: true, state, detail };
}
