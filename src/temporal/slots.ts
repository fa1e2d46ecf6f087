import type { WorkflowClientInterceptor } from '@temporalio/client';
import { place, SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';

/** An answer that the case's own workers did not give. */
export class AnswerUnreadable extends Error {
  override readonly name = 'AnswerUnreadable';
}

/** Binds what a client sends to its use, and takes answers only that were made for the question. */
export const clientSlots: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    next({
      ...input,
      options: {
        ...input.options,
        args: input.options.args.map((arg) => place(SLOTS.start(input.workflowType), arg)),
      },
    }),
  signal: (input, next) =>
    next({ ...input, args: input.args.map((arg) => place(SLOTS.signal(input.signalName), arg)) }),
  signalWithStart: (input, next) =>
    next({
      ...input,
      signalArgs: input.signalArgs.map((arg) => place(SLOTS.signal(input.signalName), arg)),
      options: {
        ...input.options,
        args: input.options.args.map((arg) => place(SLOTS.start(input.workflowType), arg)),
      },
    }),
  startUpdate: (input, next) =>
    next({ ...input, args: input.args.map((arg) => place(SLOTS.update(input.updateName), arg)) }),
  async query(input, next) {
    // The SDK answers its own questions past all interceptors.
    if (input.queryType.startsWith('__')) return next(input);
    const answer = unplace(await next(input), SLOTS.answer(input.queryType));
    if (answer instanceof Unreadable)
      throw new AnswerUnreadable(`the answer to "${input.queryType}" cannot be used: ${answer.why}`);
    return answer;
  },
};
