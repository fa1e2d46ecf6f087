import type { Provenance } from './provenance.js';
import type { Requirement } from './requirement.js';
import type { CaseKind, LifecycleKind, PhaseName, Prerequisite } from './phases.js';
import type { FieldError } from './failures.js';
import type {
  AttentionAction,
  ConfirmTransfer,
  CorrectApplication,
  DecideTransfer,
  Refusal,
  ResolveAttention,
} from './messages.js';
import type { Application, ConsentEvidence } from '../contract/application.js';
import type { Money } from '../contract/money.js';
import type { WalletFacts } from './payment-checks.js';
import type { Policy, RiskLevel } from './policy.js';
import type { ReviewState } from './review-state.js';
import type { Deadline } from './deadlines.js';
import type { Delivery, Notification } from './notification.js';
import type { Outcome } from './outcome.js';
import type { AuditEntry } from './audit-events.js';
import type { TransferOrder } from './transfer.js';
import type { Approver } from './approvers.js';
import type { Customer } from './customer.js';
import type { CustomerRequest, RetiredConsent, SettledRequest } from './customer-requests.js';
import { callName, type CallResult, type HandCall } from './hand-call.js';

export type { Provenance, Requirement };

export type PhaseState = 'pending' | 'active' | 'completed' | 'skipped' | 'stopped';

export interface PhaseRecord {
  readonly name: PhaseName;
  readonly state: PhaseState;
  readonly startedAt?: string | undefined;
  readonly completedAt?: string | undefined;
  /** It no longer reads the application, so corrections come too late. */
  readonly closed?: boolean | undefined;
}

export type Waiter = 'customer' | 'operator' | 'finhub';

export interface WaitingOn {
  readonly who: Waiter;
  readonly what: string;
  readonly since: string;
  readonly dueAt?: string | undefined;
}

/** A call that neither retries nor rules could settle; a person decides how it continues. */
export interface Attention {
  readonly attentionId: string;
  /** The call it is about, by its logical operation. */
  readonly key: string;
  readonly operation: string;
  readonly failure: string;
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
  readonly options: readonly AttentionAction[];
  /** What `adopt` has to give. */
  readonly adopts: readonly string[];
  readonly since: string;
}

export interface PersonRecord {
  readonly ref: string;
  readonly role: 'director' | 'shareholder' | 'employee';
  /** Id of the person's record within the organization. */
  readonly recordId: string;
  /** Id of the person's own customer or user record; FinHub keeps two linked ones (S0, "Dual Record Creation"). */
  readonly individualId?: string | undefined;
  /** Only for a shareholder: the percentage that we sent to FinHub. */
  readonly share?: string | undefined;
}

/** `executing` from the first try to execute; the transfer can no longer be cancelled then. */
export interface TransferRecord {
  readonly reference: string;
  readonly state:
    'running' | 'prepared' | 'executing' | 'completed' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'aborted';
  readonly orderId?: string | undefined;
  /** FinHub's fees, once it is prepared and if FinHub returns them. */
  readonly fees?: Money | undefined;
  /** Until when the prepared order can be executed. */
  readonly validUntil?: string | undefined;
}

/** A TRANSACTION_APPROVER's decision on a transfer. */
export interface TransferDecision {
  /** `ref` of the application's employee. */
  readonly by: string;
  readonly verdict: 'approve' | 'reject';
  readonly reason?: string | undefined;
}

/** The earlier life of a case that was ended from outside and resumed. */
export interface EarlierLife {
  /** When the case first began, ISO 8601: newer objects at FinHub may be its own. */
  readonly since: string;
  /** Temporal's ids of its runs. */
  readonly runs: readonly string[];
  /** Activities that they started; unknown if a run can no longer be read. */
  readonly begun?: readonly string[] | undefined;
}

/** An operator's remark. */
export interface CaseNote {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** Ids and facts from FinHub. */
export interface FinHubRecord {
  readonly customerId?: string | undefined;
  readonly userId?: string | undefined;
  readonly verificationId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly iban?: string | undefined;
  /** By the beneficiary's `ref`: the id that orders name (facts F17: the `assetId`, where there is one). */
  readonly beneficiaries: Readonly<Record<string, string>>;
  readonly paymentConsentId?: string | undefined;
  /** Types of the documents that FinHub itself requires. */
  readonly requiredDocuments?: readonly string[] | undefined;
  /** Balance, limits and allowed operations of the account when it was new. */
  readonly wallet?: WalletFacts | undefined;
  readonly facts: readonly Prerequisite[];
}

/**
 * The answer to a message. An id is `ID`, or `ID.MARK` if the sender marks the content: the same ID with another mark is a different message
 * with a used id.
 */
export interface AnsweredMessage {
  readonly id: string;
  readonly answer: 'kept' | 'recorded' | 'applied' | Refusal;
}

/** A correction with the envelope that it came in. */
export interface SentCorrection {
  readonly body: CorrectApplication;
  readonly proof?: string | undefined;
}

/** The state of every case; plain JSON, because continue-as-new passes it on. */
export interface CaseBase<Kind extends CaseKind, Subject> {
  readonly kind: Kind;
  /** What the case is about. */
  readonly application: Subject;
  readonly startedAt: string;
  readonly policy?: Policy | undefined;
  readonly phases: readonly PhaseRecord[];
  readonly finhub: FinHubRecord;
  readonly review: ReviewState;
  readonly waitingOn?: WaitingOn | undefined;
  /** Of the present wait; they outlive continue-as-new. */
  readonly deadlines: readonly Deadline[];
  /** The operator who took the case on. */
  readonly assignee?: string | undefined;
  readonly notes: readonly CaseNote[];
  readonly requirements: readonly Requirement[];
  readonly attention?: Attention | undefined;
  /** How many calls needed attention so far; numbers the next one. */
  readonly attentions: number;
  /** What the case is about was changed while a call waited for that. */
  readonly corrected?: boolean | undefined;
  readonly resolution?: ResolveAttention | undefined;
  readonly cancelRequest?: { by: string; reason: string } | undefined;
  readonly outcome?: Outcome | undefined;
  /** Results of writes, by key: none of them is made again after continue-as-new. */
  readonly done: Readonly<Record<string, { result: unknown; provenance: Provenance }>>;
  /** Key of the write that is being made now; not set while it waits for its next slow try or for a person. */
  readonly underWay?: string | undefined;
  /** Keys of calls with unclear tries. */
  readonly unclear?: readonly string[] | undefined;
  /** Like `unclear`, but stays after a person has looked. */
  readonly everUnclear?: readonly string[] | undefined;
  /** The last ids from a person that FinHub does not show. */
  readonly doubted?: string | undefined;
  /** Temporal's id of the case's first run: each start of the same id makes another one. */
  readonly instance?: string | undefined;
  /** The envelope that the case was started with. */
  readonly startProof?: string | undefined;
  /** Answers to messages with an id, the latest last: a repeat gets the same answer. */
  readonly answered: readonly AnsweredMessage[];
  /** Number of messages that were rejected unread. */
  readonly turnedAway: number;
  /** Of a case that was resumed. */
  readonly earlier?: EarlierLife | undefined;
  /** An earlier run of the case's workflow was reset. */
  readonly wasReset?: boolean | undefined;
  readonly audit: readonly AuditEntry[];
  /** Audit entries there were in all; the oldest ones of a very long record stay in the histories of earlier runs only. */
  readonly audited: number;
  /** Notifications made so far; numbers the next one. */
  readonly notified: number;
  /** Notifications that were not delivered yet. */
  readonly outbox: readonly Notification[];
  /** Results of the latest delivered or abandoned ones. */
  readonly deliveries: readonly Delivery[];
}

/** A lifecycle, from application to first transfer. */
export interface LifecycleState extends CaseBase<LifecycleKind, Application> {
  readonly risk?: RiskLevel | undefined;
  readonly people: readonly PersonRecord[];
  readonly consents?: ConsentEvidence | undefined;
  readonly activationCode?: string | undefined;
  /** The first transfer, which is a case of its own. */
  readonly transfer?: TransferRecord | undefined;
  /** The application as it was started, once a correction has changed it. */
  readonly startedWith?: Application | undefined;
  /** Corrections that were taken, in order, with their envelopes. */
  readonly corrections: readonly SentCorrection[];
  /** Only for a corrected case: its current search tokens. */
  readonly searchTokens?: readonly string[] | undefined;
}

export interface TransferState extends CaseBase<'transfer', TransferOrder> {
  readonly transfer: TransferRecord;
  /** The account that pays, as it was last looked up. */
  readonly payer?: Customer | undefined;
  /** Who may approve it, as it was last looked up; nobody has to where there is none. */
  readonly approvers?: readonly Approver[] | undefined;
  /** What the approver said. */
  readonly decision?: TransferDecision | undefined;
  /** The prepared order that was confirmed. */
  readonly confirmedOrderId?: string | undefined;
  /** The approver's and the customer's words, with their envelopes. */
  readonly sentDecision?: { body: DecideTransfer; proof?: string | undefined } | undefined;
  readonly sentConfirmation?: { body: ConfirmTransfer; proof?: string | undefined } | undefined;
  /** Of one that a lifecycle has started: how the lifecycle began, which asks for it. */
  readonly vouched?: unknown;
}

/** A customer from activation on. */
export interface CustomerState extends CaseBase<'customer', Customer> {
  /** The requests that wait, in order; the first one is being carried out. */
  readonly requests: readonly CustomerRequest[];
  /** How many there were so far; numbers the next one. */
  readonly requested: number;
  /** The last ones that were settled. */
  readonly settled: readonly SettledRequest[];
  /** Payment consents that others took the place of, until they are revoked. */
  readonly retired: readonly RetiredConsent[];
  /** Ids of payment consents that have been retired; no repeated hand-over brings them back. */
  readonly endedConsents: readonly string[];
  /** Refs of beneficiaries that have been removed; no repeated hand-over brings them back. */
  readonly removedRefs: readonly string[];
}

/** A call by hand. */
export interface CallState extends CaseBase<'call', HandCall> {
  /** What it came to. */
  readonly called?: CallResult | undefined;
  /** The second person's word. */
  readonly agreed?: { body: ResolveAttention; proof?: string | undefined } | undefined;
}

/** The state of a case, by its kind. */
export type CaseState = LifecycleState | TransferState | CustomerState | CallState;

export function isLifecycle(state: CaseState): state is LifecycleState {
  return state.kind === 'individual' || state.kind === 'organization';
}

/** FinHub's id of the account that a case is about from its start. */
export function payingAccountOf(state: CaseState): string | undefined {
  return state.kind === 'transfer' || state.kind === 'customer' ? state.application.accountId : undefined;
}

/** The transfer that a case is, or the first one of a lifecycle. */
export function transferOf(state: CaseState): TransferRecord | undefined {
  return isLifecycle(state) || state.kind === 'transfer' ? state.transfer : undefined;
}

type Changing<State extends CaseState> = Partial<Omit<State, 'kind' | 'application'>>;

/** Changes of a case; its kind never changes. */
export type Changes = Changing<LifecycleState> &
  Changing<TransferState> &
  Changing<CustomerState> &
  Changing<CallState> & { readonly application?: CaseState['application'] };

/** What names a case within its kind and tenant: the last part of its id. */
export function caseName(state: CaseState): string {
  switch (state.kind) {
    case 'individual':
    case 'organization':
      return state.application.applicationId;
    case 'transfer':
      return state.application.reference;
    case 'customer':
      return state.application.customerId;
    case 'call':
      return callName(state.application);
  }
}
