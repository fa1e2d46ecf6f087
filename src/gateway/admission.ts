import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anybody } from './authentication.js';
import type { Caller, Credentials } from './caller.js';
import type { GatewayOptions } from './options.js';
import { Refused } from './problem.js';
import type { Route } from './route.js';

/** Lets a caller in to a route, before a byte of the body is read. */
export async function admitted(
  { credentials, client }: GatewayOptions,
  request: FastifyRequest,
  route: Route,
): Promise<Caller> {
  const caller = credentials ? await bearer(credentials, request) : local(request, client.tenantId);
  request.caller = caller;
  if (!route.scopes.some((scope) => caller.scopes.has(scope))) {
    throw new Refused('Forbidden', `one of the scopes ${route.scopes.join(', ')} is needed`);
  }
  return caller;
}

/** Tells a caller how much of their rate is left, before it hurts. Headers by draft-ietf-httpapi-ratelimit-headers. */
export function countIn(
  counted: Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>,
  reply: FastifyReply,
): void {
  if (counted.isAllowed) return;
  const { max, remaining, ttlInSeconds } = counted;
  void reply.header('ratelimit-policy', `"client";q=${max};w=60`);
  void reply.header('ratelimit', `"client";r=${remaining};t=${ttlInSeconds}`);
  if (!counted.isExceeded) return;
  void reply.header('retry-after', String(ttlInSeconds));
  throw new Refused('TooManyRequests', `at most ${max} requests a minute; again in ${ttlInSeconds} s`);
}

async function bearer(credentials: Credentials, { headers }: FastifyRequest): Promise<Caller> {
  const [, token] = /^Bearer ([\w.~+/=-]{1,8000})$/i.exec(headers.authorization ?? '') ?? [];
  const caller = token === undefined ? undefined : await credentials.callerOf(token);
  if (!caller) throw new Refused('Unauthenticated');
  return caller;
}

/** Without credentials. A page in somebody's browser can be led here under another name; it is sent away. */
function local({ headers }: FastifyRequest, tenantId: string | undefined): Caller {
  const name = (headers.host ?? '').replace(/:\d+$/, '');
  if (!isLoopback(name)) throw new Refused('Unauthenticated', 'a gateway without credentials is for this machine only');
  if (tenantId === undefined) throw new Refused('Unauthenticated', 'FINHUB_TENANT_ID is not set');
  return anybody(tenantId);
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}
