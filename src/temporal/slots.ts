import type { WorkflowClientInterceptor } from '@temporalio/client';
import { placeAll, SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';

/** An answer that does not come from the case's own workers. */
export class AnswerUnreadable extends Error {
  override readonly name = 'AnswerUnreadable';
}

/** Binds what a client sends to its use, and accepts only answers made for the question. */
export const clientSlots: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next(startPlaced(input)),
  signal: (input, next) => next({ ...input, args: placeAll(SLOTS.signal(input.signalName), input.args) }),
  signalWithStart: (input, next) =>
    next({ ...startPlaced(input), signalArgs: placeAll(SLOTS.signal(input.signalName), input.signalArgs) }),
  startUpdate: (input, next) => next({ ...input, args: placeAll(SLOTS.update(input.updateName), input.args) }),
  async query(input, next) {
    // The SDK's own queries bypass the interceptors of workflows.
    if (input.queryType.startsWith('__')) return next(input);
    const answer = unplace(await next(input), SLOTS.answer(input.queryType));
    if (answer instanceof Unreadable)
      throw new AnswerUnreadable(`the answer to "${input.queryType}" cannot be used: ${answer.why}`);
    return answer;
  },
};

function startPlaced<Input extends { workflowType: string; options: { args: unknown[] } }>(input: Input): Input {
  const args = placeAll(SLOTS.start(input.workflowType), input.options.args);
  return { ...input, options: { ...input.options, args } };
}
