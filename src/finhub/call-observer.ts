import type { IdempotencyClass, Method } from './endpoint.js';

/** What an observer sees of a request to FinHub: its kind, none of its content. */
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
  /** Called before a request. Returns headers to add, and a callback for the end: without an error if the request succeeded. */
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
