import { remembered } from './answered.js';
import { recorded } from './audit.js';
import type { AuditActor, AuditEvent } from './audit-events.js';
import type {
  CaseState,
  Attention,
  Changes,
  CustomerState,
  FinHubRecord,
  LifecycleState,
  PersonRecord,
  Provenance,
  Requirement,
  TransferRecord,
  WaitingOn,
} from './case-state.js';
import { transferOf } from './case-state.js';
import type { Approver } from './approvers.js';
import { deadlinesFrom, timeOf, type DeadlineTimes } from './deadlines.js';
import type { CallFailure } from './failures.js';
import type { Answer } from './messages.js';
import type { Customer, PaymentConsent } from './customer.js';
import type { Delivery, Notification } from './notification.js';
import type { PhaseName } from './phases.js';
import type { Policy, RiskLevel } from './policy.js';
import { takeDue } from './review.js';
import { clearedOf, unclearAfter } from './settlement.js';

/*
 * Changes of a case other than by messages and occurrences, which the reducer decides. Each transition is pure; workflows change a state only
 * by these and the reducer.
 */

export type Transition<State extends CaseState = CaseState> = (state: State) => Changes;

// The case as a whole

export const policyLoaded =
  (policy: Policy): Transition =>
  () => ({ policy });

export const riskFound =
  (risk: RiskLevel | undefined): Transition =>
  () => ({ risk });

export const eventRecorded =
  (at: Date, event: AuditEvent, actor: AuditActor): Transition =>
  (state) =>
    recorded(state, at, event, actor);

export const messageTurnedAway: Transition = ({ turnedAway }) => ({ turnedAway: turnedAway + 1 });

export const messageAnswered =
  (id: string, answer: Answer): Transition =>
  ({ answered }) => ({ answered: remembered(answered, id, answer) });

// Phases and waits

export const phaseStarted =
  (name: PhaseName, at: Date): Transition =>
  ({ phases }) => ({
    phases: phases.map((phase) =>
      phase.name === name ? { ...phase, state: 'active', startedAt: at.toISOString() } : phase,
    ),
  });

export const phaseEnded =
  (name: PhaseName, state: 'completed' | 'skipped', at: Date): Transition =>
  ({ phases }) => ({
    phases: phases.map((phase) => (phase.name === name ? { ...phase, state, completedAt: at.toISOString() } : phase)),
  });

/** The active phase no longer reads the application. */
export const correctionsClosed: Transition = ({ phases }) => ({
  phases: phases.map((phase) => (phase.state === 'active' ? { ...phase, closed: true } : phase)),
});

export const deadlinesSet =
  (times: DeadlineTimes): Transition =>
  () => ({ deadlines: deadlinesFrom(times) });

export const deadlinesDropped: Transition = () => ({ deadlines: [] });

/** If a call needs attention, its own requirements stay visible. */
export const waitShown =
  (wait: Omit<WaitingOn, 'dueAt'>, requirements: () => Requirement[]): Transition =>
  ({ deadlines, attention }) => {
    const dueAt = timeOf(deadlines, 'due');
    return {
      waitingOn: { ...wait, dueAt },
      ...(!attention && { requirements: requirements().map((one) => ({ ...one, dueAt })) }),
    };
  };

export const noWaitShown: Transition = ({ attention }) => ({
  waitingOn: undefined,
  ...(!attention && { requirements: [] }),
});

// The review

/** Removes the kept decisions that are due; the caller judges them immediately. */
export const dueDecisionsTaken: Transition = ({ review }) => ({ review: takeDue(review).review });

// Calls

export const callBegan =
  (key: string): Transition =>
  () => ({ underWay: key });

export const callStopped: Transition = () => ({ underWay: undefined });

/** FinHub may have what was tried. */
export const callFailed =
  (key: string, failure: CallFailure): Transition =>
  (state) =>
    unclearAfter(state, key, failure);

/** In one step, so that nothing is at any time neither under way nor done and could be corrected. */
export const callDone =
  (key: string, result: unknown, provenance: Provenance): Transition =>
  (state) => ({ underWay: undefined, ...clearedOf(state, key), ...resultKept(key, result, provenance)(state) });

export const resultKept =
  (key: string, result: unknown, provenance: Provenance): Transition =>
  ({ done }) => ({ done: { ...done, [key]: { result, provenance } } });

/** Allows the call to be made again. */
export const resultDropped =
  (dropped: string): Transition =>
  ({ done }) => ({ done: Object.fromEntries(Object.entries(done).filter(([key]) => key !== dropped)) });

// What needs a person

export const attentionAsked =
  (asked: Omit<Attention, 'attentionId'>, requirements: readonly Requirement[]): Transition =>
  (state) => {
    const attentions = state.attentions + 1;
    const attentionId = `${asked.operation}-${attentions}`;
    return {
      attentions,
      attention: { attentionId, ...asked },
      requirements,
      resolution: undefined,
      corrected: undefined,
    };
  };

export const attentionWithdrawn: Transition = () => ({
  attention: undefined,
  resolution: undefined,
  corrected: undefined,
  requirements: [],
});

/** A person has checked what FinHub has. */
export const unclearCallsSeen: Transition = () => ({ unclear: undefined });

/** Ends the wait for a correction, because something has replaced it. */
export const attentionOvertaken: Transition = () => ({ corrected: true });

/** A person gave ids that FinHub does not show; they count when given again. */
export const idsDoubted =
  (given: string): Transition =>
  () => ({ doubted: given });

// What FinHub gave

export const finhubGave =
  (given: Partial<FinHubRecord>): Transition =>
  ({ finhub }) => ({ finhub: { ...finhub, ...given } });

export const factsEstablished =
  (...facts: FinHubRecord['facts']): Transition =>
  ({ finhub }) => ({ finhub: { ...finhub, facts: [...new Set([...finhub.facts, ...facts])] } });

export const beneficiaryRegistered =
  (ref: string, beneficiaryId: string): Transition =>
  ({ finhub }) => ({ finhub: { ...finhub, beneficiaries: { ...finhub.beneficiaries, [ref]: beneficiaryId } } });

/** Recorded once, even if the phase repeats after continue-as-new. */
export const personRegistered =
  (person: PersonRecord): Transition<LifecycleState> =>
  ({ people }) =>
    people.some(({ ref, role }) => ref === person.ref && role === person.role) ? {} : { people: [...people, person] };

export const shareholderRemoved =
  ({ recordId }: Pick<PersonRecord, 'recordId'>): Transition<LifecycleState> =>
  ({ people }) => ({ people: people.filter((one) => one.recordId !== recordId || one.role !== 'shareholder') });

/** This code was sent to FinHub; another one may have arrived since. */
export const activationCodeUsed =
  (code: string): Transition<LifecycleState> =>
  ({ activationCode }) =>
    activationCode === code ? { activationCode: undefined } : {};

// Money

export const transferFollowed =
  (reference: string): Transition =>
  () => ({ transfer: { reference, state: 'running' } });

/** Remembers what a backend may show of a transfer. */
export const transferTracked =
  (change: Partial<TransferRecord>): Transition =>
  (state) => {
    const transfer = transferOf(state);
    return transfer ? { transfer: { ...transfer, ...change } } : {};
  };

export const payerFound =
  (payer: Customer, approvers: readonly Approver[] | undefined): Transition =>
  () => ({ payer, approvers });

/** The customer continues with another payment consent. */
export const consentTaken =
  (consent: PaymentConsent): Transition<CustomerState> =>
  ({ application }) => ({ application: { ...application, consent } });

/** The result of a call by hand becomes the case's result. */
export const manualCallDone =
  (operation: string): Transition =>
  ({ done }) => ({ called: { answer: done[operation]!.result, provenance: done[operation]!.provenance } });

// Notifications

export const notificationCounted: Transition = ({ notified }) => ({ notified: notified + 1 });

export const notificationQueued =
  (notification: Notification): Transition =>
  ({ outbox }) => ({ outbox: [...outbox, notification] });

/** Deliveries that a case remembers. */
const MOST_DELIVERIES = 50;

export const notificationsGone =
  (gone: readonly Notification[], { state, since }: Pick<Delivery, 'state' | 'since'>): Transition =>
  ({ outbox, deliveries }) => ({
    outbox: outbox.filter((one) => !gone.includes(one)),
    deliveries: [
      ...deliveries,
      ...gone.map(({ type, at, data }) => ({ sequence: data.sequence, type, at, state, since })),
    ].slice(-MOST_DELIVERIES),
  });
