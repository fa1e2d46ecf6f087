import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { missingPrerequisites } from '../lifecycle/case-rules.js';
import { recorded } from '../lifecycle/audit.js';
import type { AnyCaseState, CaseState, Outcome, Requirement, Waiter } from '../lifecycle/case-state.js';
import { deadlinesFrom, nextDeadline, timeOf, type DeadlineKind } from '../lifecycle/deadlines.js';
import type { PhaseName } from '../lifecycle/phases.js';
import type { BusinessDays, Policy } from '../lifecycle/policy.js';
import { occur, type Given, type Occurrence } from '../lifecycle/reducer.js';
import { isSealedText } from '../lifecycle/sealed.js';
import { checklist } from '../lifecycle/status.js';
import { ownActivities } from './activities.js';
import { Calls } from './calls.js';
import { Ending, PhaseSkipped } from './endings.js';
import { Notifications } from './notifications.js';
import { SearchAttributes } from './search-attributes.js';

/** Input of a case's workflow; `resumed` is the case where continue-as-new left it. */
export interface CaseInput<State extends AnyCaseState> {
  application: State['application'];
  resumed?: State | undefined;
}

export type LifecycleInput = CaseInput<CaseState>;

export type PhaseFunction<State extends AnyCaseState = CaseState> = (kase: Case<State>) => Promise<void>;

/** How a case is run: its phases by name, what comes before them, and how it ends when all went well. */
export interface Course<State extends AnyCaseState> {
  phases: Record<string, PhaseFunction<State>>;
  prepare: PhaseFunction<State>;
  success: 'active' | 'completed';
}

/** What is waited for, as people see it. */
export interface Wait {
  who: Waiter;
  what: string;
  requirements?: Requirement[] | undefined;
  /** Business days to reminder, due time, escalation and expiry, for a wait that sets its own. */
  days?: BusinessDays | undefined;
}

/** A way through FinHub, of a customer or of money: its state, what it waits for, and its calls. */
export class Case<State extends AnyCaseState = CaseState> {
  readonly state: State;
  readonly calls: Calls;
  readonly notifications: Notifications;
  readonly #shown: SearchAttributes;
  #scope: CancellationScope | undefined;

  constructor(state: State) {
    this.state = state;
    this.#shown = new SearchAttributes(this.state);
    this.calls = new Calls(this);
    this.notifications = new Notifications(this.state);
  }

  get policy(): Policy {
    return this.state.policy!;
  }

  /** The customer's id at FinHub; phases after registration have it. */
  get customerId(): string {
    return this.state.finhub.customerId!;
  }

  /** Runs the phases in order, each once and only on its prerequisites, and returns how it all ended. */
  async run({ phases, prepare, success }: Course<State>): Promise<Outcome> {
    const { application } = this.state;
    if ('password' in application && !isSealedText(application.password)) {
      throw ApplicationFailure.nonRetryable(
        'the password was not sealed; start lifecycles with the client library',
        'UnsealedSecret',
      );
    }
    try {
      await CancellationScope.cancellable(async () => {
        this.#scope = CancellationScope.current();
        if (this.state.cancelRequest) this.cancel();
        await prepare(this);
        for (const { name } of this.state.phases) await this.#runPhase(name, phases[name]!);
      });
      await this.#end(success);
    } catch (error) {
      if (error instanceof Ending) await this.#end(error.result, error.reason);
      else if (isCancellation(error)) await this.#end('cancelled');
      else throw error;
    }
    await CancellationScope.nonCancellable(async () => {
      await condition(allHandlersFinished);
      await this.notifications.drained();
    });
    return this.state.outcome!;
  }

  /** Stops at the next point where nothing is under way at FinHub. */
  cancel(): void {
    this.#scope?.cancel();
  }

  /**
   * Waits visibly until `met`. Reminder and escalation fire once each at their hour, expiry ends the lifecycle; a long history moves to a
   * new run, and the wait goes on there.
   */
  async wait(wait: Wait, met: () => boolean): Promise<void> {
    const { state } = this;
    if (met()) return;
    if (wait.days && state.deadlines.length === 0) {
      const times = { tenantId: state.application.tenantId, from: new Date().toISOString(), days: wait.days };
      state.deadlines = deadlinesFrom(await ownActivities.businessTimes(times));
    }
    this.#showWait(wait);
    if (wait.who !== 'finhub') this.notifications.send('lifecycle.waiting', { for: wait.who });
    while (!met()) {
      const next = nextDeadline(state.deadlines);
      const woken = (): boolean => met() || this.historyIsLong || nextDeadline(state.deadlines)?.at !== next?.at;
      if (await this.#until(woken, next && { at: next.at, summary: `${next.kind}: ${wait.what}` })) {
        if (!met() && this.historyIsLong) await this.continueAsNew();
      } else this.#pass(next!.kind, wait);
      state.waitingOn = { ...state.waitingOn!, dueAt: timeOf(state.deadlines, 'due') };
      this.show();
    }
    this.#endWait();
    state.deadlines = [];
  }

  /** Shows what is waited for while `work` runs. */
  async waiting<T>(who: Waiter, what: string, work: () => Promise<T>, requirements: Requirement[] = []): Promise<T> {
    this.#showWait({ who, what, requirements });
    try {
      return await work();
    } finally {
      this.#endWait();
    }
  }

  /** Lets something happen to the case by the reducer's rules. */
  occur(occurrence: Occurrence, given: Partial<Given> = {}): void {
    const { state } = occur(this.state, occurrence, {
      at: new Date(),
      operators: new Map(),
      signed: new Set(),
      ...given,
    });
    Object.assign(this.state, state);
  }

  /** Adds to the audit. */
  record(event: string, detail?: string, by?: string): void {
    Object.assign(this.state, recorded(this.state, new Date(), { event, detail, by }));
  }

  /** Marks a fact about the customer as true. */
  establish(...facts: AnyCaseState['finhub']['facts']): void {
    this.state.finhub.facts = [...new Set([...this.state.finhub.facts, ...facts])];
  }

  /** Brings what Temporal's UI shows up to date. */
  show(): void {
    this.#shown.update(this.state);
    setCurrentDetails(checklist(this.state, new Date()));
  }

  /** Whether it is time to move to a new run; a wait does it when nothing is under way. */
  get historyIsLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > this.policy.continueAsNewAfter;
  }

  async continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    await this.notifications.drained();
    const { application } = this.state;
    return continueAsNew({ application, resumed: this.state } satisfies CaseInput<AnyCaseState>);
  }

  /** True when `woken`, false when the time came first. */
  async #until(woken: () => boolean, timer: { at: string; summary: string } | undefined): Promise<boolean> {
    if (timer) return condition(woken, Math.max(1, Date.parse(timer.at) - Date.now()), { summary: timer.summary });
    await condition(woken);
    return true;
  }

  #pass(kind: DeadlineKind, { who, what }: Wait): void {
    this.occur({ name: 'deadlinePassed', kind });
    this.notifications.send(`lifecycle.${kind}`, { for: who });
    log.info('deadline passed', { deadline: kind, waitingFor: who, what });
    if (kind === 'expiry') throw new Ending('expired');
  }

  #showWait({ who, what, requirements = [] }: Wait): void {
    const { waitingOn, deadlines } = this.state;
    // The same wait, resumed in a new run, began when it began.
    const since = waitingOn?.what === what ? waitingOn.since : new Date().toISOString();
    this.state.waitingOn = { who, what, since, dueAt: timeOf(deadlines, 'due') };
    this.state.requirements = requirements;
    this.show();
  }

  #endWait(): void {
    this.state.waitingOn = undefined;
    this.state.requirements = [];
  }

  /** Ends the case at once for everybody, then logs the customer out. */
  async #end(result: Outcome['result'], reason?: string): Promise<void> {
    const logOut = this.calls.logOut();
    this.occur({ name: 'ended', result, reason });
    this.notifications.send('lifecycle.ended', { result });
    this.show();
    await CancellationScope.nonCancellable(logOut);
  }

  async #runPhase(name: PhaseName, phase: PhaseFunction<State>): Promise<void> {
    const entry = (): AnyCaseState['phases'][number] => this.state.phases.find((candidate) => candidate.name === name)!;
    if (entry().state === 'completed' || entry().state === 'skipped') return;
    if (entry().state === 'pending') {
      Object.assign(entry(), { state: 'active', startedAt: new Date().toISOString() });
      this.record('phaseStarted');
    }
    this.show();
    let ended: 'completed' | 'skipped' = 'completed';
    try {
      await this.#prerequisites(name);
      await phase(this);
    } catch (error) {
      if (!(error instanceof PhaseSkipped)) throw error;
      ended = 'skipped';
    }
    this.record('phaseEnded', ended);
    Object.assign(entry(), { state: ended, completedAt: new Date().toISOString() });
    this.notifications.send('lifecycle.phaseEnded', { phase: name, state: ended });
  }

  async #prerequisites(name: PhaseName): Promise<void> {
    const missing = (): Requirement[] => missingPrerequisites(this.state, name);
    while (missing().length > 0) {
      const failure = { type: 'PrerequisiteMissing', message: `phase ${name} cannot start`, missing: missing() };
      await this.calls.needsPerson(name, name, failure);
    }
  }
}
