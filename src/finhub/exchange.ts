import type { Dispatcher } from 'undici';

/** What came back, read to its end. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

/**
 * Sends one request and reads its answer to the end. The time counts from when the request gets a connection: waiting for one is no sign that
 * anything was sent.
 * @param limitMs milliseconds from the connection to the end of the answer
 * @throws Error with undici's `code`; `UND_ERR_ABORTED` when the time is over or `signal` aborts
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Reader(limitMs, signal, resolve, reject));
  });
}

/** Collects an answer. It stands in for undici's own `request`, whose stream and abort signal cost as much as the rest of a call. */
class Reader implements Dispatcher.DispatchHandler {
  readonly #limitMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Record<string, unknown> = {};
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(
    limitMs: number,
    signal: AbortSignal | undefined,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#limitMs = limitMs;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal?.addEventListener('abort', this);
  }

  /** The caller's signal. */
  handleEvent(): void {
    this.#abort();
    this.#fail(aborted());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted) return this.handleEvent();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(abort, this.#limitMs, controller);
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
    this.#resolve({ status: this.#status, headers: this.#headers, text: body.toString('utf8') });
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
    this.#signal?.removeEventListener('abort', this);
  }
}

function abort(controller: Dispatcher.DispatchController): void {
  controller.abort(aborted());
}

function aborted(): Error {
  return Object.assign(new Error('no answer in time, or cancelled'), { code: 'UND_ERR_ABORTED' });
}
