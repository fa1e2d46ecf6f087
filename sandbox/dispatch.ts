import { createHash } from 'node:crypto';
import { authenticate } from './auth.js';
import { tenantById, type Call, type Caller, type Route } from './call.js';
import { TENANTS, type Tenant } from './fixtures.js';
import { checkContextHeaders, clientIp, headerOf, type Headers } from './headers.js';
import { runDueJobs } from './jobs.js';
import type { Answer } from './profiles/answer.js';
import { Refusal } from './refusal.js';
import type { World } from './world.js';

/** A call as it came over HTTP. */
export interface Incoming {
  readonly headers: Headers;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** An answer as it goes over HTTP. */
export interface Outgoing {
  readonly status: number;
  readonly body: unknown;
}

/** Executes a call without a break, so that no other call comes between; its effect is in the journal before it returns. */
export function dispatch(world: World, route: Route, incoming: Incoming): Outgoing {
  try {
    runDueJobs(world);
    const { tenant, caller } = admit(world, route, incoming.headers);
    return once(world, route, tenant, incoming, () => execute(world, route, tenant, caller, incoming));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuse(world, route, error);
  } finally {
    world.state.commit();
  }
}

/** A refusal in the form of the route's generation: legacy calls answer flat (S4). */
export function refuse({ profile }: World, { access }: Pick<Route, 'access'>, refusal: Refusal): Outgoing {
  const { status, message, data } = refusal;
  if (access !== 'api-key') return { status, body: profile.refusal(refusal) };
  const names: Record<number, string> = { 400: 'VALIDATION_ERROR', 429: 'RATE_LIMIT_EXCEEDED' };
  const { errors, retryAfter } = data;
  return {
    status,
    body: {
      error: names[status] ?? message.toUpperCase().replace(/\W+/g, '_'),
      message,
      ...(errors !== undefined && { details: errors }),
      ...(retryAfter !== undefined && { retryAfter }),
    },
  };
}

function execute(world: World, route: Route, tenant: Tenant, caller: Caller | undefined, incoming: Incoming): Outgoing {
  const { headers, params, query, body } = incoming;
  const call: Call = {
    ...{ world, tenant, caller, headers, query, body },
    now: world.clock.now(),
    ip: clientIp(headers),
    userAgent: headerOf(headers, 'User-Agent'),
    param: (name) => params[name] ?? '',
  };
  const answer: Answer = route.handle(call);
  const { status = 200, bare, data } = answer;
  return { status, body: bare ? data : world.profile.envelope(answer) };
}

/** The filters before every handler: context headers, tenant, token, rights. */
function admit(world: World, route: Route, headers: Headers): { tenant: Tenant; caller: Caller | undefined } {
  if (route.access === 'api-key') return { tenant: tenantOfKey(headerOf(headers, 'X-API-Key')), caller: undefined };
  checkContextHeaders(headers, route.actingUser ?? false);
  const tenant = tenantById(headerOf(headers, 'X-Tenant-ID'));
  if (!tenant) throw new Refusal(403, 'Tenant access denied');
  if (route.access === 'login') return { tenant, caller: undefined };
  const caller = authenticate(world, headers, tenant, world.clock.now());
  if (route.access === 'admin' && caller.kind !== 'admin') throw new Refusal(403, 'Admin rights are required');
  return { tenant, caller };
}

function tenantOfKey(apiKey: string): Tenant {
  const tenant = TENANTS.find((one) => one.apiKey === apiKey);
  if (!tenant) throw new Refusal(401, 'Unauthorized - Invalid API key');
  return tenant;
}

/** With idempotency keys honoured, a repeated key gets the answer that its first call got. */
function once(
  world: World,
  route: Route,
  tenant: Tenant,
  { headers, params, body }: Incoming,
  run: () => Outgoing,
): Outgoing {
  const key = headerOf(headers, 'Idempotency-Key');
  if (!world.settings.honourIdempotencyKeys || key === '' || route.method === 'GET') return run();
  const id = `${tenant.id}|${route.method} ${route.path}|${key}`;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([params, body]))
    .digest('hex');
  const stored = world.state.storedResponses.get(id);
  if (stored && stored.fingerprint !== fingerprint)
    throw new Refusal(422, 'Idempotency-Key was used for another request');
  if (stored) return { status: stored.status, body: stored.body };
  const { status, body: answer } = run();
  world.state.storedResponses.put({ id, fingerprint, status, body: answer });
  return { status, body: answer };
}
