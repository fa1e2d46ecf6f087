import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkLoopback } from './loopback.js';
import type { People } from './people/people.js';
import { anybody } from './authentication.js';
import type { Caller, Credentials } from './caller.js';
import type { GatewayOptions } from './options.js';
import { Refused } from './problem.js';
import type { Route } from './route.js';
import { certificateOf } from './tls.js';

/** Lets a caller in to a route, before a byte of the body is read. Where there is a token, a cookie says nothing. */
export async function admitted(
  { credentials, client }: GatewayOptions,
  people: People | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
): Promise<Caller> {
  const person = request.headers.authorization === undefined ? await people?.callerOf(request, reply) : undefined;
  const caller = person ?? (credentials ? await proven(credentials, request) : local(request, client.tenantId));
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

/** A token counts more than a certificate: whoever sends one means it. */
async function proven(credentials: Credentials, { headers, raw }: FastifyRequest): Promise<Caller> {
  const [, token] = /^Bearer ([\w.~+/=-]{1,8000})$/i.exec(headers.authorization ?? '') ?? [];
  // A browser shows its certificate for whatever page asks.
  const isBrowser = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
  const certificate = isBrowser ? undefined : certificateOf(raw.socket, new Date());
  const isReadable = token !== undefined || headers.authorization === undefined;
  const caller = isReadable ? await credentials.callerOf({ token, certificate }) : undefined;
  if (!caller) throw new Refused('Unauthenticated');
  return caller;
}

/** Without credentials. */
function local({ headers }: FastifyRequest, tenantId: string | undefined): Caller {
  checkLoopback(headers.host);
  if (tenantId === undefined) throw new Refused('Unauthenticated', 'FINHUB_TENANT_ID is not set');
  return anybody(tenantId);
}
