import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { lackingOf } from '../lifecycle/prerequisites.js';
import type { AuditCode, AuditData, AuditEvent, TurnedAway } from '../lifecycle/audit-events.js';
import {
  type CaseState,
  type Changes,
  type LifecycleState,
  type EarlierLife,
  type Provenance,
  type Requirement,
  type Waiter,
} from '../lifecycle/case-state.js';
import type { Prerequisite } from '../lifecycle/phases.js';
import type { Policy } from '../lifecycle/policy.js';
import type { Answer, Message } from '../lifecycle/messages.js';
import type { Occurrence } from '../lifecycle/occurrences.js';
import { decide, occur } from '../lifecycle/reducer.js';
import type { Given } from '../lifecycle/rulings.js';
import { checklist } from '../lifecycle/status.js';
import { Calls } from './calls.js';
import { Hints } from './hints.js';
import { countDecision, countOccurrence } from './metrics.js';
import { Notifications } from './notifications.js';
import { Waits, type Wait } from './waits.js';
import { SearchAttributes } from './search-attributes.js';
import { needsPerson } from './attention.js';
import {
  correctionsClosed,
  eventRecorded,
  factsEstablished,
  messageTurnedAway,
  resultKept,
  type Transition,
} from '../lifecycle/transitions.js';

/** Input of a case's workflow; `resumed` is the case where continue-as-new left it. */
export interface CaseInput<State extends CaseState> {
  application: State['application'];
  /** The envelope of the start. */
  proof?: string | undefined;
  /** Of a child: how its parent began. */
  vouched?: unknown;
  resumed?: State | undefined;
  /** Of a case that was resumed: what went before. */
  earlier?: EarlierLife | undefined;
}

export type LifecycleInput = CaseInput<LifecycleState>;

const CALM_MS = 100;
const TURNED_AWAY_IN_FULL = 200;

/** A way through FinHub, of a customer or of money: its state, what it waits for, and its calls. */
export class Case<State extends CaseState = LifecycleState> {
  /** Changes by {@link apply} and {@link occur} only. */
  readonly state: State;
  readonly calls: Calls;
  readonly notifications: Notifications;
  readonly hints = new Hints();
  /** Messages that came in this run. */
  messages = 0;
  /** What has come and was not taken yet. */
  inbox: { readonly isEmpty: boolean } = { isEmpty: true };
  readonly #shown: SearchAttributes;
  readonly #waits: Waits;
  #scope: CancellationScope | undefined;

  constructor(state: State) {
    this.state = state;
    this.#shown = new SearchAttributes();
    this.#waits = new Waits(this);
    this.calls = new Calls(this);
    this.notifications = new Notifications(this);
  }

  get policy(): Policy {
    return this.state.policy!;
  }

  /** The customer's id at FinHub; phases after registration have it. */
  get customerId(): string {
    return this.state.finhub.customerId!;
  }

  /** Does what {@link cancel} can stop. */
  cancellable(work: () => Promise<void>): Promise<void> {
    return CancellationScope.cancellable(() => {
      this.#scope = CancellationScope.current();
      if (this.state.cancelRequest) this.cancel();
      return work();
    });
  }

  /** Stops at the next point where nothing is under way at FinHub. */
  cancel(): void {
    this.#scope?.cancel();
  }

  get isCancelled(): boolean {
    return this.#scope?.consideredCancelled === true;
  }

  /** Waits visibly until `met`; see {@link Waits.until}. */
  wait(wait: Wait, met: () => boolean): Promise<void> {
    return this.#waits.until(wait, met);
  }

  /** Shows what is waited for while `work` runs. */
  waiting<T>(who: Waiter, what: string, work: () => Promise<T>, requirements?: () => Requirement[]): Promise<T> {
    return this.#waits.during({ who, what, requirements }, work);
  }

  /** Changes the state; whoever holds it sees the change. */
  apply(transition: Transition<State>): void {
    this.#change(transition(this.state));
  }

  #change(changes: Changes | CaseState): void {
    // eslint-disable-next-line no-restricted-properties -- the one place
    Object.assign(this.state, changes);
  }

  /** Takes a message by the reducer's rules. */
  decide(message: Message, given: Given): Answer {
    const { review: before } = this.state;
    const { state, answer } = decide(this.state, message, given);
    this.#change(state);
    if (message.name === 'decideVerification')
      countDecision(message.body.verdict, answer, { before, after: state.review });
    return answer;
  }

  /** Lets something happen to the case by the reducer's rules. */
  occur(occurrence: Occurrence, given: Partial<Given> = {}): void {
    const before = this.state.review;
    const { state, answer } = occur(this.state, occurrence, {
      at: new Date(),
      operators: new Map(),
      ...given,
    });
    this.#change(state);
    countOccurrence(occurrence, answer, { before, after: state.review });
  }

  /**
   * Records what was turned away unread or unproved: the first ones each, and then ever fewer, so that no flood of them drives anything out of
   * the audit.
   */
  turnAway(message: string, refusal: TurnedAway | 'unknown', why = ''): void {
    this.apply(messageTurnedAway);
    const { turnedAway: many } = this.state;
    if (many > TURNED_AWAY_IN_FULL && !Number.isInteger(Math.log2(many))) return;
    const inAll = many > TURNED_AWAY_IN_FULL ? many : undefined;
    if (refusal === 'unknown') this.record('unknownMessage', { message, inAll });
    else this.record('messageTurnedAway', { message, refusal, why, inAll });
  }

  /** Adds to the audit. */
  record<Code extends AuditCode>(event: Code, data: AuditData[Code], by?: string): void {
    this.apply(eventRecorded(new Date(), { event, data } as unknown as AuditEvent, { by }));
  }

  /** Keeps what must not be asked or found out again, beside the results of the calls. */
  keep(key: string, result: unknown, provenance: Provenance = { how: 'made' }): void {
    this.apply(resultKept(key, result, provenance));
  }

  kept<T>(key: string): T | undefined {
    return this.state.done[key]?.result as T | undefined;
  }

  /** Whether what is kept was found and taken over, not made. */
  adopted(key: string): boolean {
    return this.state.done[key]?.provenance.how === 'adopted';
  }

  /** Says that the phase has looked at the application for the last time: corrections come too late. */
  closeToCorrections(): void {
    this.apply(correctionsClosed);
  }

  /** Marks a fact about the customer as true. */
  establish(...facts: CaseState['finhub']['facts']): void {
    this.apply(factsEstablished(...facts));
  }

  /** Goes on once these facts hold; until then a person has to say how. */
  async require(facts: readonly Prerequisite[]): Promise<void> {
    const phase = this.state.phases.find(({ state }) => state === 'active')!.name;
    for (;;) {
      const missing = lackingOf(this.state, facts);
      if (missing.length === 0) return;
      const failure = { type: 'PrerequisiteMissing', message: `phase ${phase} cannot go on`, missing };
      await needsPerson(this, phase, phase, failure);
    }
  }

  /** Whether somebody reset the workflow. For what activities are told only: a replay of what came before the reset would decide otherwise. */
  get wasReset(): boolean {
    const { runId, originalExecutionRunId } = workflowInfo();
    return this.state.wasReset === true || runId !== originalExecutionRunId;
  }

  /** Whether an earlier run may have had the activity do its work: one that somebody reset, or ended from outside. */
  mayHaveBegun(activity: string): boolean {
    const { earlier } = this.state;
    return this.wasReset || (earlier !== undefined && earlier.begun?.includes(activity) !== false);
  }

  /** Brings what people see up to date; of a case that only passes through a phase, lists keep the last one that it stopped in. */
  show({ passing = false } = {}): void {
    this.#waits.refresh();
    this.#shown.update(this.state, { passing });
    setCurrentDetails(checklist(this.state, new Date()));
  }

  /** Whether the history has become so long that the case should move to a new run. */
  get isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > (this.state.policy?.continueAsNewAfter ?? Infinity);
  }

  /** Whether every message that came has its answer. */
  get isQuiet(): boolean {
    return this.inbox.isEmpty && allHandlersFinished();
  }

  /** Whether it is time for a new run. A wait moves to it, since nothing is under way at FinHub then, nor is a message. */
  get mayMove(): boolean {
    return this.isLong && this.isQuiet;
  }

  /**
   * Moves to a new run after a moment without messages, so that whoever sent one has the answer before the run closes; under a flood that
   * leaves no such moment, at twice the length. Returns if `met` or a message came first.
   */
  async moveOn(met: () => boolean): Promise<void> {
    const { messages } = this;
    const disturbed = (): boolean => met() || this.messages !== messages;
    if (workflowInfo().historyLength <= 2 * this.policy.continueAsNewAfter) {
      await condition(disturbed, CALM_MS, { summary: 'moves to a new run' });
      if (disturbed() || !this.mayMove) return;
    }
    await this.#continueAsNew();
  }

  #continueAsNew(): Promise<never> {
    this.show();
    this.notifications.handOver();
    const { application } = this.state;
    const resumed = { ...this.state, wasReset: this.wasReset };
    return continueAsNew({ application, resumed } satisfies CaseInput<CaseState>);
  }
}
