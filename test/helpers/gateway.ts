import { pino } from 'pino';
import { fetch as undici, type Dispatcher } from 'undici';
import { startGateway, type Gateway } from '../../src/gateway/server.js';
import { type GatewayOptions } from '../../src/gateway/options.js';
import type { Lane } from './lane.js';

/** What an HTTP request was answered. */
export interface Heard<Body = unknown> {
  status: number;
  headers: Headers;
  /** Of JSON; of anything else its text. */
  body: Body;
}

export interface Asking {
  token?: string | undefined;
  body?: unknown;
  /** Of a POST, made anew where there is none. */
  key?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Connections that show a certificate. */
  dispatcher?: Dispatcher;
}

/** Serves the HTTP API of a lane's service. */
export async function gatewayOf(lane: Pick<Lane, 'client'>, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  return startGateway({
    client: lane.client,
    credentials: undefined,
    environment: 'default',
    host: '127.0.0.1',
    port: 0,
    requestsPerMinute: 1_000_000,
    waitsPerCaller: 100,
    log: pino({ level: 'silent' }),
    ...options,
  });
}

let keys = 0;

/** Sends a request as a program in any language would. */
export async function ask<Body = unknown>(
  url: string,
  method: string,
  path: string,
  { token, body, key, headers = {}, signal, dispatcher }: Asking = {},
): Promise<Heard<Body>> {
  keys += 1;
  const answer = await (dispatcher ? (undici as unknown as typeof fetch) : fetch)(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': key ?? `key-${keys}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
    ...(dispatcher && { dispatcher }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}
