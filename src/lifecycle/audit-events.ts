import type { NotAdopted } from './adoption.js';
import type { DeadlineKind } from './deadlines.js';
import type { AttentionAction, MessageName, Refusal } from './messages.js';
import type { NextStep } from './orders.js';
import type { PhaseName } from './phases.js';
import type { OperatorLevel } from './policy.js';

/** The answer to a message. Internal reasons appear only here. */
export interface AnswerData {
  answer: 'kept' | 'recorded' | 'applied' | Refusal;
  /** The text that its sender got. */
  said: string;
  reason?: string | undefined;
}

/** What a later check of a decision needs. */
export interface DecisionData extends AnswerData {
  decisionId: string;
  round: number;
  level?: OperatorLevel | undefined;
  /** The evidence it was based on. */
  evidenceHash?: string | undefined;
}

/** Why a message was rejected without looking at its content. */
export type TurnedAway = 'Unreadable' | 'Malformed' | 'ProofInvalid' | 'Duplicate';

interface CallData {
  operation: string;
}

interface FailureData {
  /** Its type, for example `FinHubConflict`. */
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

/** The audit's data for each event: ids, codes, and people's own texts. `audit-text.ts` puts it in English. */
export interface AuditData extends Record<Exclude<MessageName, 'decideVerification'>, AnswerData> {
  decideVerification: DecisionData;
  /** A message that was rejected unread; of many, only some are recorded. */
  messageTurnedAway: { message: string; refusal: TurnedAway; why: string; inAll?: number | undefined };
  unknownMessage: { message: string; inAll?: number | undefined };

  /** The version of the policy for the whole case. */
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
    /** Everybody who submitted or corrected something so far. */
    submitters: string[];
  };
  /** An early decision, judged now that its round is open. */
  keptDecision: DecisionData;
  decisionVoid: { decisionIds: string[]; why: string };
  /** A decision in FinHub's portal: adopted, or held until our operators have decided. */
  seenAtFinHub: { verdict: 'APPROVED' | 'REJECTED'; adopted: boolean };
  /** Types of documents that FinHub asks for but nobody could submit. */
  documentsUnknown: { types: string[] };
  requirementsUnknown: FailureData;
  riskProhibited: Nothing;

  needsAttention: CallData & FailureData;
  attentionResolved: { action: AttentionAction | 'corrected' };
  /** The call's key, and how many slow tries it took. */
  triedAgain: { call: string; tries: number };
  adopted: CallData & { proof: string };
  /** A person gave ids that FinHub does not show, twice. */
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
  /** The customer's case that got nothing, because it has ended. */
  notHandedOver: { customer: string };
  handedOver: { beneficiaries: string[]; consentId?: string } & Partial<UntilData>;
  handOverRefused: { consentId: string; why: 'otherApplication' | 'ended' | 'renewalBegun' };
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

/** What happened: a code with its data. */
export type AuditEvent<Code extends AuditCode = AuditCode> = {
  [One in Code]: { event: One; data: AuditData[One] };
}[Code];

/** Who did it, and how we know. */
export interface AuditActor {
  by?: string | undefined;
  /** The program that passed it on, as a gateway authenticated it and signed for it. */
  caller?: string | undefined;
  /** If signed: SHA-256 of the signers file it was verified with, hex. The store has every version that was used. */
  signers?: string | undefined;
}

/** One recorded event: who did what, when and in which phase. */
export type AuditEntry<Code extends AuditCode = AuditCode> = AuditEvent<Code> &
  AuditActor & {
    seq: number;
    /** ISO 8601. */
    at: string;
    phase?: PhaseName | undefined;
  };

/** Records events in the audit. */
export interface AuditWriter {
  record<Code extends AuditCode>(event: Code, data: AuditData[Code], by?: string): void;
}
