import { CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, ensureApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { place, SLOTS, unplaceAll, Unreadable, type MadeFailure } from '../lifecycle/slots.js';

/** The failure type of an activity that our workflows did not ask for. */
export const NOT_ASKED = 'NotAsked';

/**
 * Runs an activity only for a workflow, with arguments that our workflow made for it, and binds its result to its use. A failure's type and
 * message are not protected in Temporal, so its details repeat them.
 */
export function activitySlots({ info }: Context): ActivityInterceptors {
  const type = info.activityType;
  return {
    inbound: {
      async execute(input, next) {
        if (!info.workflowExecution)
          throw ApplicationFailure.nonRetryable(`${type} runs for workflows only`, NOT_ASKED);
        const args = unplaceAll(input.args, SLOTS.args(type));
        const fault = args.find((arg) => arg instanceof Unreadable);
        if (fault) throw ApplicationFailure.nonRetryable(`${type}: ${fault.why}`, NOT_ASKED);
        try {
          return place(SLOTS.result(type), await next({ ...input, args }));
        } catch (error) {
          if (isEnd(error)) throw error;
          throw placedFailure(ensureApplicationFailure(error), type);
        }
      },
    },
  };
}

/** Whether an error ends an attempt without a failure. */
function isEnd(error: unknown): boolean {
  const isAborted = error instanceof Error && error.name === 'AbortError';
  return isAborted || error instanceof CancelledFailure || error instanceof CompleteAsyncError;
}

function placedFailure(failure: ApplicationFailure, activity: string): ApplicationFailure {
  const { message, cause } = failure;
  const category = failure.category ?? undefined;
  const nextRetryDelay = failure.nextRetryDelay as number | undefined;
  const details: unknown[] = failure.details ?? [];
  const type = failure.type ?? 'Unknown';
  const nonRetryable = failure.nonRetryable === true;
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable,
    details: [place(SLOTS.failure(activity), { type, message, details, nonRetryable } satisfies MadeFailure)],
    ...(category && { category }),
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay }),
    ...(cause && { cause }),
  });
}
