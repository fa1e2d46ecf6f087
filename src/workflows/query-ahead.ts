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
 * workflow that a query took ahead of its tasks gives up at the next one, and is built anew. It shows in a time that stood still, since each task
 * brings its own, or in a history that is too short to hold what the workflow did. What it did in a replay does not count, so that no case
 * gives up for ever.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let isLive = false;
  /** Lengths of the history: at the last activation, at the last live one that brought events, and at the next task at least. */
  let length = 0;
  let seen = 0;
  let nextTask = 0;
  let time = '';
  let isAhead = false;
  const begun = new Set<string>();
  return {
    internals: [
      {
        activate(input, next) {
          const { jobs, isReplaying, historyLength, timestamp } = input.activation;
          const events = Number(historyLength);
          const now = `${String(timestamp?.seconds)}.${timestamp?.nanos}`;
          if (jobs?.every(({ queryWorkflow }) => queryWorkflow)) return next(input);
          // An Update that is refused leaves no event.
          const bringsEvents = jobs?.some(({ doUpdate }) => !doUpdate);
          // A task's later activations, for local calls, come at the same length.
          if (events > length && now !== time && (isAhead || events < nextTask))
            throw ApplicationFailure.create({ type: READ_AHEAD, message: WHY });
          if (events > length) begun.clear();
          length = events;
          isLive = !isReplaying;
          if (isLive && events > seen && bringsEvents) {
            isAhead ||= now === time;
            seen = events;
            nextTask = events + EVENTS_BETWEEN_TASKS;
          }
          if (bringsEvents) time = now;
          next(input);
        },
        concludeActivation(input, next) {
          if (isLive) nextTask += leastEvents(input.commands, begun);
          return next(input);
        },
      },
    ],
  };
};

/**
 * The events that commands come to, at least. What is given up in the task that began it leaves none.
 * @param begun what the task began so far
 */
function leastEvents(commands: Commands, begun: Set<string>): number {
  let events = 0;
  for (const { scheduleActivity, startTimer, cancelTimer, requestCancelActivity, ...other } of commands) {
    const began = nameOf(scheduleActivity, startTimer);
    const gaveUp = nameOf(requestCancelActivity, cancelTimer);
    if (began) begun.add(began);
    if (began || other.upsertWorkflowSearchAttributes || other.startChildWorkflowExecution) events += 1;
    if (gaveUp && begun.delete(gaveUp)) events -= 1;
  }
  return events;
}

type Numbered = { seq?: number | null } | null | undefined;

function nameOf(activity: Numbered, timer: Numbered): string | undefined {
  return (activity && `activity ${activity.seq}`) ?? (timer && `timer ${timer.seq}`) ?? undefined;
}
