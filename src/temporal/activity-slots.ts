import { CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, ensureApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { place, SLOTS, unplaceAll, Unreadable, type MadeFailure } from '../lifecycle/slots.js';

/** The type of the failure of an activity that nobody of ours asked for. */
export const NOT_ASKED = 'NotAsked';

/**
 * Takes an activity on only for a workflow, with arguments that a workflow of ours made for it, and binds what it comes to to its use: a failure's
 * type and message stand in clear in Temporal, so the details say them again.
 */
export function activitySlots({ info }: Context): ActivityInterceptors {
  const type = info.activityType;
  return {
    inbound: {
      async execute(input, next) {
        if (!info.workflowExecution)
          throw ApplicationFailure.nonRetryable(`${type} is carried out for workflows only`, NOT_ASKED);
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

/** What ends an attempt without a failure. */
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
