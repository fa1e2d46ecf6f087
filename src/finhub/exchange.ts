import type { Dispatcher } from 'undici';

/** A complete HTTP response. */
export interface HttpResponse {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** When a request is given up, or not sent at all. */
export interface Limits {
  /** Milliseconds from the connection to the end of the response. Waiting for a connection does not count: nothing was sent yet. */
  limitMs: number;
  /** Nothing is sent after this time, in milliseconds of `performance.now()`. */
  sendBefore?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The `code` of a request that got its connection only after `sendBefore`. */
export const TOO_LATE = 'TOO_LATE';

/**
 * Sends one request and reads the whole response.
 * @throws Error with undici's `code`: `UND_ERR_ABORTED` after a timeout or when `signal` aborts, {@link TOO_LATE} if nothing was sent
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: Limits,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const reader = new Reader(limits, resolve, reject);
    try {
      dispatcher.dispatch(request, reader);
    } catch (error) {
      reader.onResponseError(undefined, error as Error);
    }
  });
}

/** Collects a response. Replaces undici's `request`, whose stream and abort signal cost as much as the rest of a call. */
class Reader implements Dispatcher.DispatchHandler {
  readonly #limits: Limits;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Record<string, unknown> = {};
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(limits: Limits, resolve: (response: HttpResponse) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    limits.signal?.addEventListener('abort', this);
  }

  /** Called when the caller's signal aborts. */
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
    this.#end();
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
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener('abort', this);
  }
}

function abort(controller: Dispatcher.DispatchController): void {
  controller.abort(aborted());
}

function aborted(): Error {
  return Object.assign(new Error('no response in time, or cancelled'), { code: 'UND_ERR_ABORTED' });
}

function tooLate(): Error {
  return Object.assign(new Error('the connection came too late to send anything'), { code: TOO_LATE });
}
