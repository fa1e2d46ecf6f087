import { CancellationScope, CancelledFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { CallFor } from '../activities/finhub-calls.js';
import type { Activities } from '../activities/index.js';
import type { Provenance, Requirement, Waiter } from '../lifecycle/case-state.js';
import { FAILURES, type CallFailure } from '../lifecycle/failures.js';
import type { ResolveAttention } from '../lifecycle/messages.js';
import { afterFailure, SLOW_RETRY_MINUTES, type Tried } from '../lifecycle/settlement.js';
import type { Warrant } from '../lifecycle/warrants.js';
import { pollsEvery, type ActivityName, type CallInput, type CallResult } from './activities.js';
import { askedAgain, lookAtAdopted } from './adoption.js';
import { needsPerson, UNANSWERED, type AskingCase } from './attention.js';
import {
  callsOf,
  purposeOf,
  routeOf,
  summaryOf,
  type CallContext,
  type CallPurpose,
  type loginOf,
} from './call-context.js';
import { failureOf } from './call-failure.js';
import { CallFailed, CallNeedless, Ending } from './control-flow.js';
import type { Hints } from './hints.js';
import { count } from './metrics.js';
import { callBegan, callDone, callFailed, callStopped } from '../lifecycle/transitions.js';

/** What a call of the catalogue leaves behind. */
type ResultOf<Name extends ActivityName> = CallResult<Name> extends { result: infer R } ? R : CallResult<Name>;

export interface CallOptions<Name extends ActivityName> extends CallPurpose {
  /** Says which of several calls of the operation this is: a document, a person. */
  of?: string;
  /** What a person may give instead of the call's result. */
  adopts?: (keyof ResultOf<Name> & string)[];
  /** What entitles to the call, where it takes a right. */
  warrant?: () => Warrant;
  /** Leaves these failures to the phase. */
  leave?: (failure: CallFailure) => boolean;
}

/** What calls need of their case. */
export interface CallingCase extends CallContext, AskingCase {
  mayHaveBegun(activity: string): boolean;
  show(how?: { passing: boolean }): void;
  waiting<T>(who: Waiter, what: string, work: () => Promise<T>, requirements?: () => Requirement[]): Promise<T>;
  readonly hints: Pick<Hints, 'watching'>;
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

  constructor(theCase: CallingCase) {
    this.#case = theCase;
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
        for: { ...purposeOf(this.#case, key, options), ...earlier },
        warrant: options.warrant?.(),
      };
      this.#case.apply(callBegan(key));
      return this.#shielded.run(() => carryOut(operation, call, this.#activities(options.of)));
    });
    this.#case.apply(callDone(key, result, provenance));
    if (tries > 1) this.#case.record('triedAgain', { call: key, tries });
    if (provenance.how === 'adopted') {
      this.#case.record('adopted', { operation, proof: provenance.proof });
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
      const call = { input, for: purposeOf(this.#case, operation, {}) };
      return carryOut(operation, call, this.#activities());
    });
    return result as ResultOf<Name>;
  }

  /** Asks again and again until FinHub has got there, and at once where a webhook hints at it; the waiting costs no history. */
  poll<Name extends ActivityName>(
    operation: Name,
    input: CallInput<Name>,
    options: {
      summary: string;
      every: number;
      slowest?: number;
      attempts?: number;
      leave?: CallOptions<Name>['leave'];
      /** A webhook has hinted at news just now. */
      hinted?: boolean;
    },
  ): Promise<CallResult<Name>> {
    const { every, summary, slowest = every, attempts, leave, hinted: hintedFirst = false } = options;
    const polls = (hinted: boolean): Activities =>
      pollsEvery(every, {
        ...{ summary, slowest, hinted },
        callSeconds: this.#case.policy.callSeconds,
        heartbeatSeconds: this.#case.policy.heartbeatSeconds,
        route: routeOf(this.#case),
        ...(attempts === undefined ? {} : { attempts }),
      });
    return this.#untilSettled(
      operation,
      operation,
      { leave: (failure) => failure.type === FAILURES.awaiting || leave?.(failure) === true },
      () => {
        const call = { input, for: purposeOf(this.#case, operation, {}) };
        return this.#case.hints.watching(hintedFirst, (hinted) =>
          carryOut<CallResult<Name>>(operation, call, polls(hinted)),
        );
      },
    );
  }

  /** Logs the customer in; `login` is taken anew for each try, since the password may have been corrected. */
  openSession(login: () => ReturnType<typeof loginOf>): Promise<void> {
    return this.#untilSettled('openSession', 'openSession', {}, () => {
      const call = { session: login(), for: purposeOf(this.#case, 'openSession', {}) };
      return carryOut<void>('openSession', call, this.#activities());
    });
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
    const mayRepeat = this.#case.mayHaveBegun(operation) || state.unclear?.includes(key) === true;
    for (let tried: Tried = { slowTries: 0, mayRepeat }; ;) {
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the lifecycle was cancelled');
      if (failure) {
        const resolution = await needsPerson(this.#case, key, operation, failure, adopts);
        if (adopted && resolution?.action === 'adopt') {
          const why = await lookAtAdopted(this.#case, { key, operation }, resolution);
          if (why === undefined) return adopted(resolution);
          failure = askedAgain(failure, why);
          continue;
        }
        // Whoever says "retry" has looked; a correction says nothing of that.
        tried = { slowTries: 0, mayRepeat: resolution ? false : tried.mayRepeat };
      }
      try {
        const mayBeOurs = this.#case.mayHaveBegun(operation) || state.everUnclear?.includes(key) === true;
        return await attempt({ mayRepeat: tried.mayRepeat, mayBeOurs });
      } catch (error) {
        const wasUnderWay = state.underWay === key;
        if (wasUnderWay) this.#case.apply(callStopped);
        if (isCancellation(error) || error instanceof CallNeedless || error instanceof Ending) throw error;
        const failed = failureOf(error);
        if (wasUnderWay) this.#case.apply(callFailed(key, failed));
        if (leave?.(failed)) throw new CallFailed(failed);
        const { next, ...sofar } = afterFailure(failed, tried);
        tried = sofar;
        failure = next === 'ask' ? failed : undefined;
        if (next === 'pause') {
          await this.#case.waiting('finhub', `${operation} to succeed: ${failed.type}`, () =>
            sleep(`${SLOW_RETRY_MINUTES} minutes`, { summary: `next try of ${operation}` }),
          );
        }
      }
    }
  }

  #activities(of?: string): Activities {
    return callsOf(this.#case, summaryOf(this.#case.state, of));
  }
}

/** Makes a call as a durable activity. */
function carryOut<T>(operation: ActivityName, call: unknown, activities: Activities): Promise<T> {
  return (activities as unknown as Record<ActivityName, (call: unknown) => Promise<T>>)[operation](call);
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
