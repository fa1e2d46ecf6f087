import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  sleep,
} from '@temporalio/workflow';
import type { CallFor } from '../activities/finhub-calls.js';
import type { Activities } from '../activities/index.js';
import { isOrganization, type Origin } from '../lifecycle/application.js';
import { byHelp } from '../lifecycle/attention.js';
import {
  caseName,
  type AnyCaseState,
  type CaseState,
  type Provenance,
  type Requirement,
  type Waiter,
} from '../lifecycle/case-state.js';
import { FAILURES, PAUSING, RETRYABLE, type FailureDetails, type FieldError } from '../lifecycle/failures.js';
import type { AttentionAction, ResolveAttention } from '../lifecycle/messages.js';
import { PHASES } from '../lifecycle/phases.js';
import type { Policy } from '../lifecycle/policy.js';
import type { Warrant } from '../lifecycle/warrants.js';
import type { ActivityName, CallInput, CallResult } from './activities.js';
import { callsTo, localCallsTo, pollsEvery, routeTo, type Route } from './activities.js';
import { CallFailed, CallNeedless, Ending, PhaseSkipped, type CallFailure } from './endings.js';
import { count } from './metrics.js';
import type { Notifications } from './notifications.js';

/** What a call of the catalogue leaves behind. */
type ResultOf<Name extends ActivityName> = CallResult<Name> extends { result: infer R } ? R : CallResult<Name>;

export interface CallOptions<Name extends ActivityName> {
  /** Says which of several calls of the operation this is: a document, a person. */
  of?: string;
  /** Made with the power tenant's rights. */
  actAs?: 'admin' | 'powerTenant';
  /** The customer's own act, where it differs from the application's. */
  origin?: Origin;
  /** Ids of this sort that the case has taken over already. */
  taken?: string[];
  /** What a person may give instead of the call's result. */
  adopts?: (keyof ResultOf<Name> & string)[];
  /** What entitles to the call, where it takes a right. */
  warrant?: () => Warrant;
  /** Leaves these failures to the phase. */
  leave?: (failure: CallFailure) => boolean;
}

/** Stands for a question that an earlier run put before a person. */
export const UNANSWERED: CallFailure = { type: 'Unanswered', message: 'asked in an earlier run' };

/** Kept once a person said that no earlier run of the case has paid. */
export const EARLIER_RUNS = 'earlierRuns';

const SLOW_RETRY_MINUTES = 15;
const SLOW_RETRIES_PER_DAY = (24 * 60) / SLOW_RETRY_MINUTES;

/** What calls need of their case. */
export interface CallingCase {
  readonly state: AnyCaseState;
  readonly policy: Policy;
  readonly notifications: Pick<Notifications, 'send'>;
  readonly wasReset: boolean;
  mayHaveBegun(activity: string): boolean;
  readonly mayMove: boolean;
  moveOn(met: () => boolean): Promise<void>;
  record(event: string, detail?: string, by?: string): void;
  show(how?: { passing: boolean }): void;
  waiting<T>(who: Waiter, what: string, work: () => Promise<T>, requirements?: () => Requirement[]): Promise<T>;
  kept(key: string): unknown;
}

/**
 * A case's calls to FinHub. Each logical operation takes effect once: its result is kept and never asked for again. What fails is retried
 * quickly, then slowly for a day, then put before a person; it never fails the lifecycle. Few of its functions are `async`: the SDK takes a stack
 * trace for each promise, and every call passes through here.
 */
export class Calls {
  readonly #case: CallingCase;
  /** Calls are not cut short by a cancellation: what a write came to must be known. */
  readonly #shielded = new CancellationScope({ cancellable: false });

  constructor(kase: CallingCase) {
    this.#case = kase;
  }

  /** Makes a call once per case and returns its result; `input` is taken anew for each try, since it may have been corrected. */
  async once<Name extends ActivityName>(
    operation: Name,
    input: () => CallInput<Name>,
    options: CallOptions<Name> = {},
  ): Promise<ResultOf<Name>> {
    const { state } = this.#case;
    const key = options.of === undefined ? operation : `${operation}/${options.of}`;
    const done = state.done[key];
    if (done) return done.result as ResultOf<Name>;
    const {
      result,
      provenance,
      tries = 1,
    } = await this.#untilSettled<Performed>(key, operation, { ...options, adopted }, (earlier) => {
      const call = {
        input: input(),
        for: { ...this.#purpose(key, options), ...earlier },
        warrant: options.warrant?.(),
      };
      state.underWay = key;
      return this.#shielded.run(() => this.#carryOut(operation, call, this.#to(this.#summary(options.of))));
    });
    // Together: what is neither under way nor done may be corrected.
    state.underWay = undefined;
    state.unclear = without(state.unclear, key);
    state.everUnclear = without(state.everUnclear, key);
    state.done[key] = { result, provenance };
    if (tries > 1)
      this.#case.record('triedAgain', `${key}: settled at try ${tries}, the earlier ones unclear or refused`);
    if (provenance.how === 'adopted') {
      this.#case.record('adopted', `${operation}: ${provenance.proof}`);
      count('adoptions', { operation });
    }
    return result as ResultOf<Name>;
  }

  /** Reads; nothing is kept. */
  async read<Name extends ActivityName>(
    operation: Name,
    input: CallInput<Name>,
    { leave }: Pick<CallOptions<Name>, 'leave'> = {},
  ): Promise<ResultOf<Name>> {
    const { result } = await this.#untilSettled<Performed>(operation, operation, { leave }, () => {
      const call = { input, for: this.#purpose(operation, {}) };
      return this.#carryOut(operation, call, this.#to(this.#summary()));
    });
    return result as ResultOf<Name>;
  }

  /** Asks again and again until FinHub has got there; the waiting costs no history. */
  poll<Name extends ActivityName>(
    operation: Name,
    input: CallInput<Name>,
    options: {
      summary: string;
      every: number;
      slowest?: number;
      attempts?: number;
      leave?: CallOptions<Name>['leave'];
    },
  ): Promise<CallResult<Name>> {
    const { every, summary, slowest = every, attempts, leave } = options;
    const polls = pollsEvery(every, {
      callSeconds: this.#case.policy.callSeconds,
      heartbeatSeconds: this.#case.policy.heartbeatSeconds,
      summary,
      slowest,
      route: this.#route(),
      ...(attempts === undefined ? {} : { attempts }),
    });
    return this.#untilSettled(
      operation,
      operation,
      { leave: (failure) => failure.type === FAILURES.awaiting || leave?.(failure) === true },
      () => {
        const call = { input, for: this.#purpose(operation, {}) };
        return this.#carryOut<CallResult<Name>>(operation, call, polls);
      },
    );
  }

  /** Logs the customer in with the application's own password. */
  openSession(): Promise<void> {
    return this.#untilSettled('openSession', 'openSession', {}, () => {
      const call = { session: this.#credentials(), for: this.#purpose('openSession', {}) };
      return this.#carryOut<void>('openSession', call, this.#to(this.#summary()));
    });
  }

  /**
   * Logs the customer out, if they were logged in; with the password as it is now, since the end of a case drops it. A session that cannot
   * be closed ends by itself within the hour.
   */
  logOut(): () => Promise<void> {
    const { finhub } = this.#case.state;
    if (!finhub.facts.includes('session')) return async () => {};
    const call = { session: this.#credentials(), for: this.#purpose('closeSession', {}) };
    return async () => {
      try {
        await this.#closeSession(call);
      } catch (error) {
        this.#case.record('sessionLeftOpen', failureOf(error).type);
      }
    };
  }

  /**
   * Puts something before a person and returns what they chose; aborting and skipping end the phase by themselves. `key` names the same
   * thing in every run, so that what was asked before continue-as-new is not asked again.
   */
  async needsPerson(
    key: string,
    operation: string,
    failure: CallFailure,
    adopts: string[] = [],
  ): Promise<ResolveAttention | undefined> {
    const kase = this.#case;
    const { state } = kase;
    if (state.attention?.key !== key) {
      state.attentions += 1;
      state.attention = {
        attentionId: `${operation}-${state.attentions}`,
        key,
        operation,
        failure: failure.type,
        message: failure.message,
        fieldErrors: failure.fieldErrors ?? [],
        options: byHelp(failure.type, this.#optionsFor(adopts)),
        adopts,
        since: now(),
      };
      state.requirements = failure.missing ?? requirementsOf(failure);
      state.resolution = undefined;
      state.corrected = undefined;
      kase.record('needsAttention', `${operation}: ${failure.type}`);
      count('attentions', { operation, failure: failure.type });
      kase.show();
      kase.notifications.send('lifecycle.needsAttention', { operation, failure: failure.type });
    }
    return this.#resolution();
  }

  async #resolution(): Promise<ResolveAttention | undefined> {
    const kase = this.#case;
    const { state } = kase;
    const resolved = (): boolean => state.resolution !== undefined || state.corrected === true;
    try {
      while (!resolved()) {
        await condition(() => resolved() || kase.mayMove);
        if (!resolved()) await kase.moveOn(resolved);
      }
    } catch (error) {
      // Nobody has to decide any more: the case went on without the call, or ended.
      if (isCancellation(error)) withdraw(state);
      throw error;
    }
    const { resolution } = state;
    withdraw(state);
    kase.record('attentionResolved', resolution?.action ?? 'corrected', resolution?.by);
    kase.show();
    // Whoever decides has looked at what FinHub has.
    if (resolution) state.unclear = undefined;
    if (resolution?.action === 'abort') throw new Ending('aborted');
    if (resolution?.action === 'skip') throw new PhaseSkipped();
    return resolution;
  }

  /** Policy lets a person skip what comes after activation; nothing before it. */
  #optionsFor(adopts: string[]): AttentionAction[] {
    const active = this.#case.state.finhub.facts.includes('accountActive');
    return [
      'retry',
      ...(adopts.length > 0 ? (['adopt'] as const) : []),
      ...(active ? (['skip'] as const) : []),
      'abort',
    ];
  }

  /** Tries until it works or a person says how to go on. */
  async #untilSettled<T>(
    key: string,
    operation: ActivityName,
    { leave, adopts, adopted }: Settlement<T>,
    attempt: (earlier: Pick<CallFor, 'mayRepeat' | 'mayBeOurs'>) => Promise<T>,
  ): Promise<T> {
    const { state } = this.#case;
    this.#case.show({ passing: true });
    // A new run takes up the question that the last one left with a person.
    let failure: CallFailure | undefined = state.attention?.key === key ? UNANSWERED : undefined;
    // The run that somebody reset or ended may have made the call, and so may a try that ended in nothing.
    let mayRepeat = this.#case.mayHaveBegun(operation) || state.unclear?.includes(key) === true;
    for (let slowTries = 0; ;) {
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the lifecycle was cancelled');
      if (failure) {
        const resolution = await this.needsPerson(key, operation, failure, adopts);
        if (adopted && resolution?.action === 'adopt') return adopted(resolution);
        // Whoever says "retry" has looked; a correction says nothing of that.
        if (resolution) mayRepeat = false;
        slowTries = 0;
      }
      try {
        const mayBeOurs = this.#case.mayHaveBegun(operation) || state.everUnclear?.includes(key) === true;
        return await attempt({ mayRepeat, mayBeOurs });
      } catch (error) {
        const wasUnderWay = state.underWay === key;
        if (wasUnderWay) state.underWay = undefined;
        if (isCancellation(error) || error instanceof CallNeedless || error instanceof Ending) throw error;
        const failed = failureOf(error);
        if (wasUnderWay) this.#noteUnclear(key, failed);
        if (leave?.(failed)) throw new CallFailed(failed);
        mayRepeat ||= failed.unclear === true;
        const mayHeal = slowTries < SLOW_RETRIES_PER_DAY ? RETRYABLE : PAUSING;
        failure = mayHeal.has(failed.type) ? undefined : failed;
        if (!failure) {
          slowTries += 1;
          await this.#case.waiting('finhub', `${operation} to succeed: ${failed.type}`, () =>
            sleep(`${SLOW_RETRY_MINUTES} minutes`, { summary: `next try of ${operation}` }),
          );
        }
      }
    }
  }

  /** Keeps whether FinHub may have what was tried. What it refuses as faulty, it has refused at each earlier try. */
  #noteUnclear(key: string, { type, unclear, earlierUnclear }: CallFailure): void {
    const { state } = this.#case;
    const isUnclear = unclear === true || earlierUnclear === true;
    if (isUnclear) {
      state.everUnclear = including(state.everUnclear, key);
      state.unclear = including(state.unclear, key);
    } else if (type === FAILURES.invalidRequest) state.unclear = without(state.unclear, key);
  }

  /** Makes a call as a durable activity. */
  #carryOut<T>(operation: ActivityName, call: unknown, activities: Activities): Promise<T> {
    return (activities as unknown as Record<ActivityName, (call: unknown) => Promise<T>>)[operation](call);
  }

  /**
   * Within the workflow task if it works there at the first try: a session that ends by itself is not worth six events. Such a call passes no
   * task queue, so where queues limit the calls it is a durable one.
   */
  async #closeSession(call: { session: ReturnType<typeof loginOf>; for: CallFor }): Promise<void> {
    const { callsAreRated, callSeconds } = this.#case.policy;
    const durably = () => this.#to('The end', 3).closeSession(call);
    if (callsAreRated) return durably();
    try {
      return await localCallsTo(callSeconds).closeSession(call);
    } catch (error) {
      const cause = causeOf(error);
      if (isCancellation(error) || (cause instanceof ApplicationFailure && cause.nonRetryable)) throw error;
      const { retryAfterMs } = failureOf(error);
      if (retryAfterMs !== undefined) await sleep(retryAfterMs, { summary: 'next try of closeSession' });
    }
    return durably();
  }

  #to(summary: string, maximumAttempts?: number): Activities {
    const { callSeconds, heartbeatSeconds } = this.#case.policy;
    return callsTo(callSeconds, summary, {
      route: this.#route(),
      heartbeatSeconds,
      ...(maximumAttempts && { maximumAttempts }),
    });
  }

  /** By the policy that was recorded: a workflow knows nothing else of its worker's configuration. */
  #route(): Route {
    return routeTo(this.#case.policy.callsQueue, this.#case.state.application.tenantId);
  }

  /** What Temporal's UI shows beside the operation: the phase it belongs to, and what it is about. */
  #summary(of?: string): string {
    const { kind, phases } = this.#case.state;
    const phase = phases.find(({ state }) => state === 'active')?.name;
    const title = PHASES[kind].find(({ name }) => name === phase)?.title ?? kind;
    return of === undefined ? title : `${title}: ${of}`;
  }

  #purpose(key: string, options: Pick<CallOptions<ActivityName>, 'actAs' | 'origin' | 'taken'>): CallFor {
    const { state } = this.#case;
    const { application, kind } = state;
    return {
      tenantId: application.tenantId,
      key: `${kind}/${application.tenantId}/${caseName(state)}/${key}`,
      // Not when this try was asked for: a workflow reset asks again, and a resumed case too.
      requestedAt: state.earlier?.since ?? state.startedAt,
      earlierRuns: state.earlier?.runs,
      origin: options.origin ?? application.origin,
      session: this.#session(),
      actAs: options.actAs,
      taken: options.taken,
      earlierRunsCleared: this.#case.kept(EARLIER_RUNS) !== undefined,
    };
  }

  /** The login that the case acts with; organizations act through the tenant's admin (S0: activation takes admin headers). */
  #session(): CallFor['session'] {
    const { application, payer, finhub } = this.#case.state;
    if ('reference' in application) return payer?.session;
    if ('approvers' in application) return application.session;
    return finhub.facts.includes('session') ? this.#credentials() : undefined;
  }

  #credentials() {
    return loginOf(this.#case.state as CaseState);
  }
}

/** The customer's login; the password stays sealed until an activity opens it. */
export function loginOf({ application, finhub, kind }: CaseState) {
  const username = isOrganization(application) ? application.organization.email : application.person.email;
  return { kind, customerId: finhub.customerId!, userId: finhub.userId!, username, password: application.password };
}

const now = (): string => new Date().toISOString();

const without = (keys: string[] = [], key: string): string[] => keys.filter((other) => other !== key);

const including = (keys: string[] | undefined, key: string): string[] => [...without(keys, key), key];

function withdraw(state: AnyCaseState): void {
  Object.assign(state, { attention: undefined, resolution: undefined, corrected: undefined, requirements: [] });
}

interface Performed {
  result: unknown;
  provenance: Provenance;
  tries?: number;
}

interface Settlement<T> {
  leave?: CallOptions<ActivityName>['leave'] | undefined;
  adopts?: string[];
  /** Makes what a person gave the call's result. */
  adopted?: (resolution: ResolveAttention) => T;
}

function adopted({ adopt, by }: ResolveAttention): Performed {
  return { result: adopt, provenance: { how: 'adopted', proof: `given by ${by}` } };
}

/** What FinHub refused in the application: by field where it says so, else in its own words. */
function requirementsOf({ type, message, fieldErrors = [] }: CallFailure): Requirement[] {
  if (fieldErrors.length === 0 && type === FAILURES.invalidRequest) return [{ code: 'correction', message }];
  return fieldErrors.map(requirementOf);
}

function requirementOf({ field, message }: FieldError): Requirement {
  return { code: 'correction', message: `${field}: ${message}`, field };
}

/** What an activity's failure says; a timeout of ours may have reached FinHub and counts as no answer. */
function failureOf(error: unknown): CallFailure {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure) {
    const details = cause.details?.[0] as FailureDetails | undefined;
    const { fieldErrors, said, unclear, earlierUnclear, retryAfterMs, notCounting } = details ?? {};
    return {
      type: cause.type ?? 'Unknown',
      // FinHub's words are for people; the failure's own message is what logs show.
      message: said === undefined ? cause.message : `${cause.message} (${said})`,
      fieldErrors,
      unclear,
      earlierUnclear,
      retryAfterMs,
      notCounting,
    };
  }
  const message = cause instanceof Error ? cause.message : 'no answer in time';
  return { type: FAILURES.unreachable, message, unclear: true };
}

/** A local activity's failure comes as it is, that of others within one of Temporal's. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}
