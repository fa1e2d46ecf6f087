import { isOrganization, type OrganizationApplication } from '../contract/application.js';
import { adviceFor, correctable, helpsOf, reasonFor } from './attention.js';
import { type Help } from './attention-causes.js';
import {
  caseName,
  isLifecycle,
  transferOf,
  type CaseState,
  type Attention,
  type CaseNote,
  type FinHubRecord,
  type PhaseState,
  type PersonRecord,
  type Requirement,
  type TransferRecord,
  type WaitingOn,
} from './case-state.js';
import { type Outcome } from './outcome.js';
import { subjectOf, type CaseSubject } from './case-subject.js';
import { customerStatusOf, type CustomerStatus } from './customer-view.js';
import { timeOf, type Deadline } from './deadlines.js';
import type { CallResult } from './hand-call.js';
import type { RegisteredIds } from './messages.js';
import type { WalletFacts } from './payment-checks.js';
import { PHASES, type CaseKind, type PhaseName } from './phases.js';
import { beneficialOwners, ownershipView, type BeneficialOwner, type OwnerView } from './ownership.js';
import { DEFAULT_POLICY, type OperatorLevel, type RiskLevel } from './policy.js';
import type { ReviewState, ReviewStage } from './review-state.js';

/** The state of a lifecycle in one word. Waiting is normal and never looks like a failure. */
export type LifecycleStatusWord =
  'running' | 'waiting' | 'needsAttention' | 'completed' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'aborted';

export interface PhaseStatus {
  name: PhaseName;
  title: string;
  status: PhaseState;
  startedAt?: string | undefined;
  completedAt?: string | undefined;
  longerThanExpected: boolean;
}

/** What a backend may show its customer; internal reasons never appear here (tipping-off is an offence). */
export interface LifecycleStatus {
  kind: CaseKind;
  /** The application's id, a transfer's reference, or a customer's id. */
  applicationId: string;
  tenantId: string;
  status: LifecycleStatusWord;
  phase: PhaseName | null;
  phases: PhaseStatus[];
  waitingOn: WaitingOn | null;
  /** Why the case needs a person, if it does. */
  attention: AttentionReason | null;
  requirements: readonly Requirement[];
  /** Only for an organization: the owners whose share, directly or through companies, is so large that they are verified, too. */
  beneficialOwners: BeneficialOwner[] | null;
  accountActive: boolean;
  ids: {
    customerId?: string | undefined;
    userId?: string | undefined;
    verificationId?: string | undefined;
    accountId?: string | undefined;
  };
  iban: string | null;
  /** FinHub's facts about the account when it was new. */
  wallet: WalletFacts | null;
  review: { stage: ReviewStage; round: number; dueAt?: string | undefined; customerReason?: string | undefined };
  transfer: TransferRecord | null;
  /** Of a customer's case. */
  customer: CustomerStatus | null;
  outcome: Outcome | null;
}

/** Why a case needs a person, in words for a backend. */
export interface AttentionReason {
  reason: string;
  /** Parts of the application whose correction helps; if empty, an operator has to act. */
  correctable: readonly string[];
  since: string;
}

/** A call that needs attention, for operators: what went wrong, and what helps. */
export interface AttentionView extends Attention, Omit<AttentionReason, 'since'> {
  /** The most likely first; `correct` is for the backend or the back office, the others are actions of `resolve`. */
  helps: Help[];
  /** What to do, and where. */
  advice: string;
}

/** A notification, and whether it was delivered; a pending one is retried for three days. */
export interface NotificationView {
  sequence: number;
  type: string;
  /** ISO 8601. */
  at: string;
  state: 'pending' | 'delivered' | 'givenUp';
  /** When it was delivered or given up, ISO 8601. */
  since?: string | undefined;
}

/** What an operator sees of a case: the status, and what a decision needs. */
export interface CaseView extends Omit<LifecycleStatus, 'attention'> {
  /** The person, organization or transfer, without secrets. */
  subject: CaseSubject;
  /** Only for an organization: the tree of owners, with each one's share. */
  ownership: OwnerView[] | null;
  risk: RiskLevel | null;
  evidence: ReviewState['evidence'];
  /** Decisions name this hash and the round. */
  evidenceHash: string;
  decision: { level: OperatorLevel; quorum: number; approvals: ReviewState['approvals'] } | null;
  /** Everybody who submitted or corrected something; none of them may decide. */
  submitters: string[];
  attention: AttentionView | null;
  assignee: string | null;
  notes: readonly CaseNote[];
  deadlines: readonly Deadline[];
  people: readonly PersonRecord[];
  finhub: FinHubRecord;
  /** The latest notifications, in order; empty if none are sent. */
  notifications: NotificationView[];
  /** A call by hand: who requested it and why, and its result. */
  call: ({ operation: string; by: string; reason: string } & Partial<CallResult>) | null;
}

export function statusWord(state: CaseState): LifecycleStatusWord {
  if (state.outcome) return endWord(state.outcome);
  if (state.attention) return 'needsAttention';
  return state.waitingOn ? 'waiting' : 'running';
}

export function endWord({ result }: Outcome): LifecycleStatusWord {
  return result === 'active' ? 'completed' : result;
}

/** The status of a case at `now`. */
export function statusOf(state: CaseState, now: Date): LifecycleStatus {
  const { application, finhub, review } = state;
  return {
    kind: state.kind,
    applicationId: caseName(state),
    tenantId: application.tenantId,
    status: statusWord(state),
    phase: state.phases.find((phase) => phase.state === 'active')?.name ?? null,
    phases: state.phases.map(({ name, state: status, startedAt, completedAt }) => {
      const { title, expectedMinutes } = PHASES[state.kind].find((phase) => phase.name === name)!;
      const took = startedAt ? Date.parse(completedAt ?? now.toISOString()) - Date.parse(startedAt) : 0;
      return { name, title, status, startedAt, completedAt, longerThanExpected: took > expectedMinutes * 60_000 };
    }),
    waitingOn: state.waitingOn ?? null,
    attention: state.attention ? attentionReason(state, state.attention) : null,
    requirements: state.requirements,
    beneficialOwners: ownershipOf(state, beneficialOwners),
    accountActive: finhub.facts.includes('accountActive'),
    ids: {
      customerId: finhub.customerId,
      userId: finhub.userId,
      verificationId: finhub.verificationId,
      accountId: finhub.accountId,
    },
    iban: finhub.iban ?? null,
    wallet: finhub.wallet ?? null,
    review: {
      stage: review.stage,
      round: review.round,
      dueAt: review.stage === 'inReview' ? timeOf(state.deadlines, 'due') : undefined,
      customerReason: review.customerReason,
    },
    transfer: transferOf(state) ?? null,
    customer: customerStatusOf(state),
    outcome: state.outcome ?? null,
  };
}

function attentionReason(state: CaseState, attention: Attention): AttentionReason {
  const canCorrect = helpsOf(state, attention).includes('correct');
  return {
    reason: reasonFor(attention),
    correctable: canCorrect ? correctable(state) : [],
    since: attention.since,
  };
}

function attentionView(state: CaseState, attention: Attention): AttentionView {
  return {
    ...attention,
    ...attentionReason(state, attention),
    helps: helpsOf(state, attention),
    advice: adviceFor(state, attention),
  };
}

/** FinHub's ids of the customer, or null before the registration. */
export function registeredIds({ customerId, userId }: LifecycleStatus['ids']): RegisteredIds | null {
  return customerId === undefined ? null : { customerId, userId };
}

/** The case at `now`, for operators. */
export function caseViewOf(state: CaseState, now: Date): CaseView {
  const { review } = state;
  return {
    ...statusOf(state, now),
    subject: subjectOf(state),
    ownership: ownershipOf(state, ownershipView),
    risk: (isLifecycle(state) ? state.risk : undefined) ?? null,
    evidence: review.evidence,
    evidenceHash: review.evidenceHash,
    decision: review.rules
      ? { level: review.rules.level, quorum: review.rules.quorum, approvals: review.approvals }
      : null,
    submitters: review.submitters,
    attention: state.attention ? attentionView(state, state.attention) : null,
    assignee: state.assignee ?? null,
    notes: state.notes,
    deadlines: state.deadlines,
    people: isLifecycle(state) ? state.people : [],
    finhub: state.finhub,
    notifications: notificationsOf(state),
    call: callOf(state),
  };
}

function notificationsOf({ outbox, deliveries }: CaseState): NotificationView[] {
  const pending = outbox.map(({ type, at, data }) => ({
    sequence: data.sequence,
    type,
    at,
    state: 'pending' as const,
  }));
  return [...deliveries, ...pending].sort((one, other) => one.sequence - other.sequence);
}

/** An organization's owners, by the threshold of the case's policy. */
function ownershipOf<T>(
  { kind, application, policy }: CaseState,
  compute: (application: OrganizationApplication, fromPercent: number) => T,
): T | null {
  if (kind !== 'organization' || !isOrganization(application)) return null;
  const { ownership } = policy ?? DEFAULT_POLICY;
  return compute(application, ownership.beneficialOwnerPercent);
}

function callOf(state: CaseState): CaseView['call'] {
  if (state.kind !== 'call') return null;
  const { operation, by, reason } = state.application;
  return { operation, by, reason, ...state.called };
}

const MARKS = { completed: '✔', active: '▶', pending: '▫', skipped: '–', stopped: '■' } as const;

/** The checklist of phases for Temporal's UI, as current details; Markdown, without personal data. */
export function checklist(state: CaseState, now: Date): string {
  const status = statusOf(state, now);
  const lines = status.phases.map((phase) => `- ${MARKS[phase.status]} ${phase.title}`);
  const { waitingOn } = status;
  if (waitingOn) {
    const due = waitingOn.dueAt ? `, due ${waitingOn.dueAt}` : '';
    lines.push('', `Waiting for **${waitingOn.who}**: ${waitingOn.what} (since ${waitingOn.since}${due})`);
  }
  if (state.attention) {
    const { attentionId, operation, failure, options } = state.attention;
    lines.push(
      '',
      `**Needs attention** (${attentionId}): ${operation} ended in ${failure}. Options: ${options.join(', ')}.`,
    );
  }
  // Without the empty line, Markdown would continue the paragraph.
  if (status.requirements.length > 0) lines.push('');
  for (const requirement of status.requirements) lines.push(`- **!** ${requirement.message}`);
  if (status.outcome) lines.push('', `Outcome: **${status.outcome.result}**`);
  return lines.join('\n');
}
