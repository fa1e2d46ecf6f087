import {
  ApplicationFailure,
  type WorkflowInterceptorsFactory,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';

type Commands = Parameters<NonNullable<WorkflowInternalsInterceptor['concludeActivation']>>[0]['commands'];

/** The type of the failure of such a task. */
export const READ_AHEAD = 'QueryReadAhead';

const WHY = 'a query has read on beyond the last workflow task; the case is built anew from its history';

/** From the start of one workflow task to the start of the next: the end of the one, that the next is due, and its start. */
const EVENTS_BETWEEN_TASKS = 3;

/**
 * Keeps a query from bringing a case where no replay can follow. A worker that reads a case for a query may be given events which no workflow
 * task has taken up yet: a timer that fired while no worker was there. The SDK lets the workflow act on them, and sends its commands with the
 * next workflow task, in front of what that task's messages lead to; a replay hands events and messages over together, messages first. So a
 * workflow that a query took ahead of its tasks gives up at the next one, and is built anew. It shows in a history that is too short to hold
 * what the workflow did.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let isLive = false;
  let seen = 0;
  let nextTask = 0;
  return {
    internals: [
      {
        activate(input, next) {
          const { jobs, isReplaying, historyLength } = input.activation;
          const events = Number(historyLength);
          isLive = !isReplaying;
          if (isLive && events > seen) {
            if (events < nextTask) throw ApplicationFailure.create({ type: READ_AHEAD, message: WHY });
            // An Update that is refused leaves no event.
            if (jobs?.some(({ queryWorkflow, doUpdate }) => !queryWorkflow && !doUpdate)) {
              seen = events;
              nextTask = events + EVENTS_BETWEEN_TASKS;
            }
          }
          next(input);
        },
        concludeActivation(input, next) {
          if (isLive) nextTask += input.commands.reduce((sum, command) => sum + lasting(command), 0);
          return next(input);
        },
      },
    ],
  };
};

/** The events that a command comes to, at least: what is begun and given up within a task leaves none. */
function lasting({ scheduleActivity, startTimer, cancelTimer, requestCancelActivity }: Commands[number]): number {
  if (scheduleActivity || startTimer) return 1;
  return cancelTimer || requestCancelActivity ? -1 : 0;
}
