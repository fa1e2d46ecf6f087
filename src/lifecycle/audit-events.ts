import type { NotAdopted } from './adoption.js';
import type { DeadlineKind } from './deadlines.js';
import type { AttentionAction, MessageName, Refusal } from './messages.js';
import type { NextStep } from './orders.js';
import type { PhaseName } from './phases.js';
import type { OperatorLevel } from './policy.js';

/** What a message came to. Internal reasons stay in here. */
export interface AnswerData {
  answer: 'kept' | 'recorded' | 'applied' | Refusal;
  /** What its sender was told. */
  said: string;
  reason?: string | undefined;
}

/** What makes a decision checkable afterwards. */
export interface DecisionData extends AnswerData {
  decisionId: string;
  round: number;
  level?: OperatorLevel | undefined;
  /** What it was made on. */
  evidenceHash?: string | undefined;
}

/** Why nobody looked at what a message says. */
export type TurnedAway = 'Unreadable' | 'Malformed' | 'ProofInvalid' | 'Duplicate';

interface CallData {
  operation: string;
}

interface FailureData {
  /** Its type, such as `FinHubConflict`. */
  failure: string;
}

interface DocumentsData {
  documents: string[];
}

interface UntilData {
  /** ISO 8601. */
  until: string;
}

interface TransferData {
  reference: string;
}

type Nothing = Record<string, never>;

/** What the audit keeps of each event: ids, codes, and the words of people. `audit-text.ts` says it in English. */
export interface AuditData extends Record<Exclude<MessageName, 'decideVerification'>, AnswerData> {
  decideVerification: DecisionData;
  /** A message that nobody looked at; of many, only some are recorded. */
  messageTurnedAway: { message: string; refusal: TurnedAway; why: string; inAll?: number | undefined };
  unknownMessage: { message: string; inAll?: number | undefined };

  /** By the version of the policy that holds for the whole case. */
  started: { policy: string };
  phaseStarted: Nothing;
  phaseEnded: { result: 'completed' | 'skipped' };
  ended: { result: string };
  deadlinePassed: { deadline: DeadlineKind };

  roundOpened: {
    round: number;
    level: OperatorLevel;
    quorum: number;
    /** ISO 8601. */
    dueAt?: string | undefined;
    evidenceHash: string;
    /** Who has handed in or corrected something so far. */
    submitters: string[];
  };
  /** A decision that came early, judged now that its round is open. */
  keptDecision: DecisionData;
  decisionVoid: { decisionIds: string[]; why: string };
  /** A decision in FinHub's portal: taken over, or held until our operators have decided. */
  seenAtFinHub: { verdict: 'APPROVED' | 'REJECTED'; adopted: boolean };
  /** Types of documents that FinHub asks for and nobody could hand in. */
  documentsUnknown: { types: string[] };
  requirementsUnknown: FailureData;
  riskProhibited: Nothing;

  needsAttention: CallData & FailureData;
  attentionResolved: { action: AttentionAction | 'corrected' };
  /** The call's logical operation, and how many slow tries it took. */
  triedAgain: { call: string; tries: number };
  adopted: CallData & { proof: string };
  /** A person gave ids twice that FinHub does not show. */
  adoptedUnseen: CallData & { ids: Record<string, string> };
  adoptionRefused: CallData & { ids: Record<string, string>; sight: NotAdopted };

  activatedElsewhere: Nothing;
  /** In FinHub's words. */
  activationCodeRefused: { said: string };
  allowedOperations: { operations: string[] };
  sessionLeftOpen: FailureData;

  beneficiaryLeftOut: { beneficiary: string };
  transferLeftOut: TransferData & { beneficiary: string };
  transferJoined: { transfer: string };
  transferEnded: TransferData & { result: string };
  orderRead: { order: string; status?: string | undefined; failure: string; step: NextStep };
  orderLapsed: TransferData & { orderId: string };
  orderSettled: TransferData & { status: 'completed' | 'failed'; reason?: string | undefined };
  /** The customer's case that took nothing. */
  notHandedOver: { customer: string };
  handedOver: { beneficiaries: string[]; consentId?: string } & Partial<UntilData>;
  handOverRefused: { consentId: string; why: 'otherApplication' | 'renewalBegun' };
  handOverMalformed: { why: string };
  paymentConsentMade: { consentId: string } & UntilData;
  paymentConsentRenewed: UntilData;
  paymentConsentRevoked: { consentId: string };
  requestSettled: { request: string; name: MessageName; result: 'done' | 'leftOut' };
  renewalNeedless: { consentId: string };

  callAsked: CallData & { reason: string };
  callPermitted: Nothing;
  secondPersonAgreed: CallData;
  secondPersonRefused: CallData;

  documentsKept: UntilData;
  documentsKeptLonger: UntilData;
  documentsDeleted: DocumentsData;
  documentsOfOthersLeftAlone: DocumentsData;
  documentsNotDeleted: Nothing;
  replanRefused: Nothing;
}

export type AuditCode = keyof AuditData;

/** What happened: its code, and what belongs to that code. */
export type AuditEvent<Code extends AuditCode = AuditCode> = {
  [One in Code]: { event: One; data: AuditData[One] };
}[Code];

/** Who did it, and how that is known. */
export interface AuditActor {
  by?: string | undefined;
  /** The program that handed it on, as a gateway authenticated it and signed for it. */
  caller?: string | undefined;
  /** Where it was signed: SHA-256 of the signers file that it was verified by, hex. Every version that was used is kept. */
  signers?: string | undefined;
}

/** One event on record: who did what, when and in which phase. */
export type AuditEntry<Code extends AuditCode = AuditCode> = AuditEvent<Code> &
  AuditActor & {
    seq: number;
    /** ISO 8601. */
    at: string;
    phase?: PhaseName | undefined;
  };

/** Takes events into the audit. */
export interface AuditWriter {
  record<Code extends AuditCode>(event: Code, data: AuditData[Code], by?: string): void;
}
