import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  sleep,
  TimeoutFailure,
  workflowInfo,
  type WorkflowInterceptors,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { place, placeAll, SLOTS, unplace, unplaceAll, Unreadable, type MadeFailure } from '../lifecycle/slots.js';

type Outbound = NonNullable<WorkflowInterceptors['outbound']>[number];

/** The failure of a workflow whose start cannot be read. */
export const START_UNREADABLE = 'StartUnreadable';

/**
 * Binds each value to its use, on the way out and on the way in. Whatever comes back that was not made for this very use counts as if nothing had
 * come: of a call to FinHub, an unclear try; of a look-up of our own, one to be made again.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let activities = 0;

  const outbound: Outbound = {
    scheduleActivity(input, next) {
      const { activityType: type, args, options } = input;
      const placed = placeAll(SLOTS.args(type), args);
      const isOfFinHub = isCall(args);
      const again = (why: string, pause: number): Promise<unknown> => {
        if (isOfFinHub) throw unclear(type, why);
        return sleep(pause * 1000, { summary: `${type} again: ${why}` }).then(() =>
          attempt(Math.min(2 * pause, LONGEST_PAUSE_SECONDS)),
        );
      };
      const attempt = (pause: number): Promise<unknown> => {
        activities += 1;
        const activityId = activityIdOf(type, activities);
        return next({ ...input, args: placed, options: { ...options, activityId } }).then(
          (result) => {
            const read = resultOf(result, type);
            return read instanceof Unreadable ? again(read.why, pause) : read;
          },
          (error: unknown) => {
            const failure = authentic(error, type, isOfFinHub || options.scheduleToCloseTimeout !== undefined);
            if (failure) throw failure as Error;
            return again('its failure was not made by this service', pause);
          },
        );
      };
      return attempt(FIRST_PAUSE_SECONDS);
    },

    startChildWorkflowExecution: (input, next) =>
      next({
        ...input,
        options: {
          ...input.options,
          args: placeAll(SLOTS.child(input.workflowType), input.options.args),
        },
      }),

    signalWorkflow: (input, next) => next({ ...input, args: placeAll(SLOTS.signal(input.signalName), input.args) }),

    continueAsNew: (input, next) =>
      next({ ...input, args: placeAll(SLOTS.continued(workflowInfo().workflowType), input.args) }),
  };

  return {
    inbound: [
      {
        // Async, since only a rejection ends the workflow: what is thrown at once fails the task, again and again.
        async execute(input, next) {
          const args = unplaceAll(input.args, startSlot());
          const fault = args.length === 0 ? NOTHING : args.find((arg) => arg instanceof Unreadable);
          if (fault) refuseStart(fault.why);
          return next({ ...input, args });
        },
        handleSignal: (input, next) => next({ ...input, args: unplaceAll(input.args, SLOTS.signal(input.signalName)) }),
        validateUpdate: (input, next) => next({ ...input, args: unplaceAll(input.args, SLOTS.update(input.name)) }),
        handleUpdate: (input, next) => next({ ...input, args: unplaceAll(input.args, SLOTS.update(input.name)) }),
        async handleQuery(input, next) {
          return place(SLOTS.answer(input.queryName), await next(input));
        },
      },
    ],
    outbound: [outbound],
  };
};

const NOTHING = new Unreadable('nothing came');

const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 60;

/**
 * Names an activity by the run that began it, over workflow resets: what was made for an activity of an earlier or restarted run opens for no
 * other one.
 */
function activityIdOf(type: string, number: number): string {
  return `${type}:${workflowInfo().originalExecutionRunId.slice(0, 18)}:${number}`;
}

/** A run begins with a start, as a child, or where the last run of its own chain left the case. */
function startSlot(): string {
  const { workflowType, continuedFromExecutionRunId, parent } = workflowInfo();
  if (continuedFromExecutionRunId !== undefined) return SLOTS.continued(workflowType);
  return parent === undefined ? SLOTS.start(workflowType) : SLOTS.child(workflowType);
}

/** Ends a workflow that never was a case. One that was goes on when it can be read again: its tasks fail until then. */
function refuseStart(why: string): never {
  const message = `the start of this workflow cannot be read: ${why}; start cases with the client library, the starter or the gateway`;
  const { unsafe, historyLength } = workflowInfo();
  if (unsafe.isReplaying || historyLength > LONGEST_FIRST_TASK) throw new Error(message);
  throw ApplicationFailure.nonRetryable(message, START_UNREADABLE);
}

/** Events before a first task ends, unless messages came with it: started, scheduled, begun, and a few tries. */
const LONGEST_FIRST_TASK = 10_000;

/** Calls to FinHub say on whose behalf; look-ups of our own do not. */
function isCall([call]: unknown[]): boolean {
  return typeof call === 'object' && call !== null && 'for' in call;
}

/** Our activities always bring something, if only its slot: whoever completes one with nothing is not ours. */
function resultOf(result: unknown, type: string): unknown {
  return result === undefined ? NOTHING : unplace(result, SLOTS.result(type));
}

function unclear(type: string, why: string): ApplicationFailure {
  const details: FailureDetails = { operation: type, unclear: true };
  return ApplicationFailure.nonRetryable(`${type}: ${why}`, FAILURES.unreachable, details);
}

/**
 * What an activity's failure is worth: a cancellation that the case asked for, a time-out of Temporal's own where there can be one, or a failure
 * that our own activity made, as its details prove. Undefined for what somebody else reported.
 */
function authentic(error: unknown, type: string, mayTimeOut: boolean): unknown {
  if (isCancellation(error)) return CancellationScope.current().consideredCancelled ? error : undefined;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) return mayTimeOut ? error : undefined;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const read = unplace(cause.details?.[0], SLOTS.failure(type));
  if (read instanceof Unreadable || typeof read !== 'object' || read === null) return undefined;
  const { type: failureType, message, details, nonRetryable } = read as MadeFailure;
  return ApplicationFailure.create({ type: failureType, message, details, nonRetryable });
}
