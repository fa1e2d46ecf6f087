import type { Dispatcher } from 'undici';

/** What came back, read to its end. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** When a request is given up, or not even begun. */
export interface Limits {
  /** Milliseconds from the connection to the end of the answer: waiting for a connection is no sign that anything was sent. */
  limitMs: number;
  /** Not sent at all after this time, in milliseconds of `performance.now()`. */
  sendBefore?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The `code` of a request that had its connection only after `sendBefore`. */
export const TOO_LATE = 'TOO_LATE';

/**
 * Sends one request and reads its answer to the end.
 * @throws Error with undici's `code`; `UND_ERR_ABORTED` when the time is over or `signal` aborts, {@link TOO_LATE} when nothing was sent
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: Limits,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const reader = new Reader(limits, resolve, reject);
    try {
      dispatcher.dispatch(request, reader);
    } catch (error) {
      reader.onResponseError(undefined, error as Error);
    }
  });
}

/** Collects an answer. It stands in for undici's own `request`, whose stream and abort signal cost as much as the rest of a call. */
class Reader implements Dispatcher.DispatchHandler {
  readonly #limits: Limits;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Record<string, unknown> = {};
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(limits: Limits, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    limits.signal?.addEventListener('abort', this);
  }

  /** The caller's signal. */
  handleEvent(): void {
    this.#abort();
    this.#fail(aborted());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { limitMs, sendBefore, signal } = this.#limits;
    this.#controller = controller;
    if (signal?.aborted) return this.handleEvent();
    if (sendBefore !== undefined && performance.now() > sendBefore) return controller.abort(tooLate());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(abort, limitMs, controller);
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle();
    const [only, ...more] = this.#chunks;
    const body = only && more.length === 0 ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#fail(error);
  }

  #abort(): void {
    if (this.#controller) abort(this.#controller);
  }

  #fail(error: Error): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener('abort', this);
  }
}

function abort(controller: Dispatcher.DispatchController): void {
  controller.abort(aborted());
}

function aborted(): Error {
  return Object.assign(new Error('no answer in time, or cancelled'), { code: 'UND_ERR_ABORTED' });
}

function tooLate(): Error {
  return Object.assign(new Error('the connection came too late to send anything'), { code: TOO_LATE });
}
