import type { IdempotencyClass, Method } from './endpoint.js';

/** A request to FinHub as it may be shown: what kind it is, nothing of what it carries. */
export interface ObservedCall {
  operation: string;
  class: IdempotencyClass;
  method: Method;
  /** The path's template, without ids. */
  path: string;
  /** Scheme, host and port. */
  origin: string;
}

/** Watches requests to FinHub; it must not throw. */
export interface CallObserver {
  /** A request is about to be made. Returns the headers to send along, and what is told of its end: nothing, or the error. */
  started(call: ObservedCall): { headers?: Record<string, string> | undefined; ended: (error?: unknown) => void };
}

/** Two observers as one. */
export function both(one: CallObserver, other: CallObserver): CallObserver {
  return {
    started(call) {
      const [first, second] = [one.started(call), other.started(call)];
      return {
        headers: { ...first.headers, ...second.headers },
        ended(error) {
          first.ended(error);
          second.ended(error);
        },
      };
    },
  };
}
