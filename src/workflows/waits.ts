import { condition, log } from '@temporalio/workflow';
import type { CaseState, Requirement, Waiter } from '../lifecycle/case-state.js';
import { nextDeadline, type DeadlineKind } from '../lifecycle/deadlines.js';
import type { Occurrence } from '../lifecycle/occurrences.js';
import type { BusinessDays } from '../lifecycle/policy.js';
import { deadlinesDropped, deadlinesSet, noWaitShown, waitShown, type Transition } from '../lifecycle/transitions.js';
import { Ending } from './control-flow.js';
import { count } from './metrics.js';
import type { Notifications } from './notifications.js';
import { businessTimes } from './own-activities.js';

/** What is waited for, as people see it. */
export interface Wait {
  who: Waiter;
  what: string;
  requirements?: (() => Requirement[]) | undefined;
  /** Business days to reminder, due time, escalation and expiry, for a wait that sets its own. */
  days?: BusinessDays | undefined;
}

/** What waits need of their case. */
interface WaitingCase {
  readonly state: CaseState;
  readonly notifications: Pick<Notifications, 'send'>;
  readonly mayMove: boolean;
  apply(transition: Transition): void;
  occur(occurrence: Occurrence): void;
  moveOn(met: () => boolean): Promise<void>;
  show(): void;
}

/** What a case waits for, by whom and until when. */
export class Waits {
  readonly #case: WaitingCase;
  #wait: (Wait & { since: string }) | undefined;

  constructor(theCase: WaitingCase) {
    this.#case = theCase;
  }

  /**
   * Waits visibly until `met`. Reminder and escalation fire once each at their hour, expiry ends the lifecycle; a long history moves to a
   * new run, and the wait goes on there.
   */
  async until(wait: Wait, met: () => boolean): Promise<void> {
    const { state } = this.#case;
    if (met()) return;
    try {
      if (wait.days && state.deadlines.length === 0) {
        const times = { tenantId: state.application.tenantId, from: new Date().toISOString(), days: wait.days };
        this.#case.apply(deadlinesSet(await businessTimes(times)));
      }
      // In a new run the wait goes on; whoever it is for was told.
      const goesOn = state.waitingOn?.what === wait.what;
      this.#showWait({ ...wait, since: goesOn ? state.waitingOn.since : new Date().toISOString() });
      if (!goesOn) this.#case.notifications.send('lifecycle.waiting', { for: wait.who });
      while (!met()) {
        const next = nextDeadline(state.deadlines);
        const woken = (): boolean => met() || this.#case.mayMove || nextDeadline(state.deadlines)?.at !== next?.at;
        const inTime = await this.#woken(woken, next && { at: next.at, summary: `${next.kind}: ${wait.what}` });
        if (!met() && !inTime) this.#pass(next!.kind, wait);
        if (!met() && this.#case.mayMove) await this.#case.moveOn(met);
        // What comes after the wait shows the case itself; each change of a search attribute is an event.
        if (!met()) this.#case.show();
      }
    } finally {
      this.#wait = undefined;
      this.#showNoWait();
      this.#case.apply(deadlinesDropped);
    }
  }

  /** Shows what is waited for while `work` runs; a wait that it is part of is shown again afterwards. */
  async during<T>(what: Wait, work: () => Promise<T>): Promise<T> {
    const outer = this.#wait;
    const wait = { ...what, since: new Date().toISOString() };
    this.#showWait(wait);
    try {
      return await work();
    } finally {
      if (this.#wait === wait) {
        this.#wait = outer;
        if (outer) this.#showWait(outer);
        else this.#showNoWait();
      }
    }
  }

  /** True when `woken`, false when the time came first. */
  async #woken(woken: () => boolean, timer: { at: string; summary: string } | undefined): Promise<boolean> {
    if (timer) return condition(woken, Math.max(1, Date.parse(timer.at) - Date.now()), { summary: timer.summary });
    await condition(woken);
    return true;
  }

  #pass(kind: DeadlineKind, { who, what }: Wait): void {
    this.#case.occur({ name: 'deadlinePassed', kind });
    count('deadlinesPassed', { deadline: kind, waiting_for: who });
    this.#case.notifications.send(`lifecycle.${kind}`, { for: who });
    log.info('deadline passed', { deadline: kind, waitingFor: who, what });
    if (kind === 'expiry') throw new Ending('expired');
  }

  #showWait(wait: Wait & { since: string }): void {
    this.#wait = wait;
    this.#case.show();
  }

  #showNoWait(): void {
    this.#case.apply(noWaitShown);
  }

  /** A message may have changed what is missing and when it is due. */
  refresh(): void {
    if (!this.#wait) return;
    const { who, what, since, requirements = () => [] } = this.#wait;
    this.#case.apply(waitShown({ who, what, since }, requirements));
  }
}
