import { Agent, request } from 'undici';
import { errorIn, unwrap } from './answer.js';
import { FinHubError } from './error.js';

export interface HttpRequest {
  operation: string;
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: unknown;
  /** Ends the request when the activity is cancelled. */
  signal?: AbortSignal | undefined;
}

export interface TransportOptions {
  /** Milliseconds one request may take in all. */
  timeoutMs: number;
  /** Connections per host. */
  maxConnections: number;
}

/** Bytes of an answer that are read at the most. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** The request cannot have reached FinHub: no connection came about. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** HTTP to FinHub: one attempt per call, since Temporal is the only retry layer. */
export class Transport {
  readonly timeoutMs: number;
  readonly #agent: Agent;

  constructor(options: TransportOptions) {
    this.timeoutMs = options.timeoutMs;
    this.#agent = new Agent({
      connections: options.maxConnections,
      connect: { timeout: Math.min(options.timeoutMs, 5000) },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      maxResponseSize: MAX_ANSWER,
    });
  }

  /**
   * Sends a request and returns the unwrapped payload of a good answer.
   * @throws FinHubError for everything else
   */
  async send(http: HttpRequest): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const signal = http.signal ? AbortSignal.any([http.signal, timeout]) : timeout;
    let answer: { status: number; headers: Record<string, unknown>; text: string };
    try {
      const response = await request(http.url, {
        dispatcher: this.#agent,
        method: http.method,
        headers: http.headers,
        body: http.body === undefined ? null : JSON.stringify(http.body),
        signal,
      });
      answer = { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    } catch (error) {
      throw noAnswer(http.operation, error);
    }
    const body = parseJson(http.operation, answer.status, answer.text);
    const failure = errorIn(http.operation, answer.status, answer.headers, body);
    if (failure) throw failure;
    return unwrap(body);
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

function noAnswer(operation: string, error: unknown): FinHubError {
  const { code, name } = error as { code?: string; name?: string };
  return new FinHubError('unreachable', operation, `no answer (${code ?? name ?? 'unknown'})`, {
    unclear: !NEVER_SENT.has(code ?? ''),
    cause: error,
  });
}

function parseJson(operation: string, status: number, text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // A proxy's error page is no JSON either, but its status still says what happened.
    if (status >= 400) return {};
    throw new FinHubError('unexpectedAnswer', operation, `FinHub answered ${status} with something that is not JSON`, {
      status,
      unclear: true,
      cause,
    });
  }
}
