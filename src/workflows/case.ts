import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Application } from '../lifecycle/application.js';
import { missingPrerequisites, newCase, record } from '../lifecycle/case-rules.js';
import type { CaseState, Outcome, Requirement, WaitingOn } from '../lifecycle/case-state.js';
import type { LifecycleKind, PhaseName } from '../lifecycle/phases.js';
import type { Policy } from '../lifecycle/policy.js';
import { checklist } from '../lifecycle/status.js';
import { Calls } from './calls.js';
import { Ending, PhaseSkipped } from './endings.js';
import { SearchAttributes } from './search-attributes.js';

/** Input of a lifecycle; `resumed` is the case where continue-as-new left it. */
export interface LifecycleInput {
  application: Application;
  resumed?: CaseState | undefined;
}

export type PhaseFunction = (kase: Case) => Promise<void>;

/** One customer's way through FinHub: its state, what it waits for, and its calls. */
export class Case {
  readonly state: CaseState;
  readonly calls: Calls;
  readonly #shown: SearchAttributes;
  #scope: CancellationScope | undefined;

  constructor(kind: LifecycleKind, { application, resumed }: LifecycleInput) {
    this.state = resumed ?? newCase(kind, application, new Date());
    this.#shown = new SearchAttributes(this.state);
    this.calls = new Calls(this);
  }

  get policy(): Policy {
    return this.state.policy!;
  }

  /** The customer's id at FinHub; phases after registration have it. */
  get customerId(): string {
    return this.state.finhub.customerId!;
  }

  /** Runs the phases in order, each once and only on its prerequisites, and returns how it all ended. */
  async run(phases: Record<string, PhaseFunction>, prepare: PhaseFunction, cleanUp: PhaseFunction): Promise<Outcome> {
    try {
      await CancellationScope.cancellable(async () => {
        this.#scope = CancellationScope.current();
        if (this.state.cancelRequest) this.cancel();
        await prepare(this);
        for (const { name, state } of this.state.phases) {
          if (state === 'pending' || state === 'active') await this.#runPhase(name, phases[name]!);
        }
      });
      this.end({ result: 'active' });
    } catch (error) {
      if (error instanceof Ending) this.end(error);
      else if (isCancellation(error)) this.end({ result: 'cancelled', reason: this.state.cancelRequest?.reason });
      else throw error;
    }
    await CancellationScope.nonCancellable(() => cleanUp(this));
    this.show();
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    return this.state.outcome!;
  }

  /** Stops at the next point where nothing is under way at FinHub. */
  cancel(): void {
    this.#scope?.cancel();
  }

  /** Waits for somebody, visibly, until `met`; moves to a new history where this one has grown long. */
  async wait(
    who: WaitingOn['who'],
    what: string,
    met: () => boolean,
    more: { dueAt?: string; requirements?: Requirement[] } = {},
  ): Promise<void> {
    if (met()) return;
    await this.waiting(who, what, more, () => condition(() => met() || workflowInfo().continueAsNewSuggested));
    if (!met()) await this.#continueAsNew();
  }

  /** Shows what is waited for while `work` runs. */
  async waiting<T>(
    who: WaitingOn['who'],
    what: string,
    { dueAt, requirements = [] }: { dueAt?: string | undefined; requirements?: Requirement[] },
    work: () => Promise<T>,
  ): Promise<T> {
    this.state.waitingOn = { who, what, since: new Date().toISOString(), dueAt };
    this.state.requirements = requirements;
    this.show();
    try {
      return await work();
    } finally {
      this.state.waitingOn = undefined;
      this.state.requirements = [];
    }
  }

  /** Adds to the audit. */
  record(event: string, detail?: string, by?: string): void {
    record(this.state, new Date(), { event, detail, by });
  }

  /** Marks a fact about the customer as true. */
  establish(...facts: CaseState['finhub']['facts']): void {
    this.state.finhub.facts = [...new Set([...this.state.finhub.facts, ...facts])];
  }

  /** Brings what Temporal's UI shows up to date. */
  show(): void {
    this.#shown.update(this.state);
    setCurrentDetails(checklist(this.state, new Date()));
  }

  end({ result, reason }: Pick<Outcome, 'result' | 'reason'>): void {
    for (const phase of this.state.phases) if (phase.state === 'active') phase.state = 'stopped';
    this.state.waitingOn = undefined;
    this.state.attention = undefined;
    this.state.requirements = [];
    this.record('ended', result);
    this.state.outcome = { result, at: new Date().toISOString(), reason };
  }

  async #runPhase(name: PhaseName, phase: PhaseFunction): Promise<void> {
    const entry = this.state.phases.find((candidate) => candidate.name === name)!;
    if (entry.state === 'pending') {
      entry.state = 'active';
      entry.startedAt = new Date().toISOString();
      this.record('phaseStarted', name);
    }
    this.show();
    try {
      for (
        let missing = missingPrerequisites(this.state, name);
        missing.length > 0;
        missing = missingPrerequisites(this.state, name)
      ) {
        await this.calls.needsPerson(name, {
          type: 'PrerequisiteMissing',
          message: `phase ${name} cannot start`,
          missing,
        });
      }
      await phase(this);
      entry.state = 'completed';
    } catch (error) {
      if (!(error instanceof PhaseSkipped)) throw error;
      entry.state = 'skipped';
    }
    entry.completedAt = new Date().toISOString();
    this.record('phaseEnded', `${name}: ${entry.state}`);
    log.info('phase ended', { phase: name, state: entry.state });
  }

  async #continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    return continueAsNew({ application: this.state.application, resumed: this.state } satisfies LifecycleInput);
  }
}
