import { EnvHttpProxyAgent } from 'undici';
import { errorIn, unwrap } from './response.js';
import { Breaker, type Outcome } from './breaker.js';
import { ACCEPTED_ENCODINGS, MAX_RESPONSE, textOf, UnreadableContent } from './content.js';
import type { Method } from './endpoint.js';
import { FinHubError } from './error.js';
import { exchange, TOO_LATE, type HttpResponse } from './exchange.js';
import { parseJson } from './json.js';
import type { Lease } from './lease.js';
import { Slots } from './slots.js';

export interface HttpRequest {
  operation: string;
  /** It changes something at FinHub, so a missing response leaves the effect unclear. */
  effect: boolean;
  method: Method;
  /** Scheme, host and port. */
  origin: string;
  /** Includes the query. */
  path: string;
  headers: Record<string, string>;
  /** JSON; null where the method has none. */
  body: string | null;
  /** Aborts the request when the activity is cancelled. */
  signal?: AbortSignal | undefined;
  /** Taken when the request's turn comes; nothing is sent without it. */
  lease?: Lease | undefined;
}

export interface TransportOptions {
  /** Milliseconds for one request; also the length of a pause for a host that is down. */
  timeoutMs: number;
  /** Concurrent requests to a host; more wait for their turn. */
  maxConnections: number;
}

/** Codes of failures in which no connection was made, so nothing reached FinHub. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|TOO_LATE|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/** The most leases one request takes, if each expires before there is a connection. */
const MOST_LEASES = 3;

/** HTTP to FinHub: one attempt per call, since Temporal is the only retry layer. */
export class Transport {
  readonly #timeoutMs: number;
  readonly #maxConnections: number;
  readonly #agent: EnvHttpProxyAgent;
  readonly #hosts = new Map<string, { breaker: Breaker; slots: Slots }>();

  constructor({ timeoutMs, maxConnections }: TransportOptions) {
    this.#timeoutMs = timeoutMs;
    this.#maxConnections = maxConnections;
    // Through HTTPS_PROXY or HTTP_PROXY, where they are set and NO_PROXY does not name the host.
    this.#agent = new EnvHttpProxyAgent({
      connections: maxConnections,
      connect: { timeout: Math.min(timeoutMs, 5000) },
      // Our own deadline for the whole request replaces undici's, which cover parts of it.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: MAX_RESPONSE,
    });
  }

  /**
   * Sends a request and returns the unwrapped payload of a success. The timeout starts when the request's turn comes.
   * @throws FinHubError for everything else
   */
  async send(http: HttpRequest): Promise<unknown> {
    const { breaker, slots } = this.#hostOf(http.origin);
    const outcome = await breaker.run(http.operation, () => slots.run(() => this.#exchange(http)));
    if ('error' in outcome) throw outcome.error;
    return outcome.payload;
  }

  /** Closes all connections; requests under way get no response. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #exchange(http: HttpRequest): Promise<Outcome> {
    const { origin, path, method, body, signal, lease } = http;
    const headers = { 'accept-encoding': ACCEPTED_ENCODINGS, ...http.headers };
    const request = { origin, path, method, headers, body };
    for (let leases = 1; ; leases += 1) {
      const sendBefore = await lease?.();
      try {
        return outcomeOf(http, await exchange(this.#agent, request, { limitMs: this.#timeoutMs, sendBefore, signal }));
      } catch (error) {
        // A connection that was slow to open is ready for the next try.
        if ((error as { code?: string }).code === TOO_LATE && leases < MOST_LEASES) continue;
        if (isOurFault(error)) return { error: notBuilt(http.operation, error), outage: false };
        return { error: noAnswer(http, error), outage: !signal?.aborted };
      }
    }
  }

  #hostOf(origin: string): { breaker: Breaker; slots: Slots } {
    let host = this.#hosts.get(origin);
    if (!host) {
      host = { breaker: new Breaker(this.#timeoutMs), slots: new Slots(this.#maxConnections) };
      this.#hosts.set(origin, host);
    }
    return host;
  }
}

function outcomeOf(http: HttpRequest, { status, headers, body }: HttpResponse): Outcome {
  let payload: unknown = {};
  try {
    const text = textOf(body, headers['content-encoding']);
    if (text !== '') payload = parseJson(text);
  } catch (fault) {
    // A proxy's error page is not JSON either, but its status still says what happened.
    if (status < 400) {
      const why = fault instanceof UnreadableContent ? fault.message : 'it is not JSON';
      const what = `FinHub answered ${status} with an unreadable body: ${why}`;
      const error = new FinHubError('unexpectedAnswer', http.operation, what, { status, unclear: http.effect });
      return { error, outage: false };
    }
  }
  const error = errorIn(http, status, headers, payload);
  return error ? { error, outage: status >= 500 } : { payload: unwrap(payload) };
}

/** Our HTTP library refused to build the request. Nothing was sent, so the host is not at fault. */
function isOurFault(error: unknown): boolean {
  const { code } = error as { code?: string };
  return (
    code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'
  );
}

function notBuilt(operation: string, cause: unknown): FinHubError {
  return new FinHubError('unsendable', operation, 'not sent: HTTP cannot carry a part of the request', { cause });
}

function noAnswer({ operation, effect }: HttpRequest, error: unknown): FinHubError {
  const { code, name } = error as { code?: string; name?: string };
  return new FinHubError('unreachable', operation, `no response (${code ?? name ?? 'unknown'})`, {
    unclear: effect && !NEVER_SENT.test(code ?? ''),
    cause: error,
  });
}
