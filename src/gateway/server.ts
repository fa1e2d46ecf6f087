import { createHash, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ZodType } from 'zod';
import { CODES, type Code } from '../client/codes.js';
import { InvalidInput, type OnboardingClient } from '../client/index.js';
import { faultsOf } from '../intake/faults.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { fingerprint } from '../secrets/seal.js';
import { traceOf } from '../tracing/header.js';
import { inSpan, SpanKind } from '../tracing/spans.js';
import { anybody } from './authentication.js';
import { CredentialsUnavailable, type Caller, type Credentials } from './caller.js';
import { gatewayMetrics, type GatewayMetrics } from './metrics.js';
import { LONGEST_WAIT, openApi } from './openapi.js';
import { problemOf, problemOfError, PROBLEMS_PATH, Refused, type Problem } from './problem.js';
import type { Call, Route } from './route.js';
import { ROUTES } from './routes/index.js';
import { Watch } from './watch.js';
import { receiveWebhooks, WEBHOOKS_PATH, type WebhookOptions } from './webhooks.js';

export interface GatewayOptions {
  client: OnboardingClient;
  /** Without them whoever reaches it is let in: on this machine only. */
  credentials: Credentials | undefined;
  /** The environment's name, which envelopes are for. */
  environment: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Requests that a caller may make in a minute. */
  requestsPerMinute: number;
  /** Waits and streams that a caller may have open. */
  waitsPerCaller: number;
  /** How FinHub's webhooks are known; none are taken without it. */
  webhooks?: WebhookOptions | undefined;
  /** Gets a line for each request: who, what, with which outcome; never what was in it. */
  log: Logger;
}

export interface Gateway {
  url: string;
  metrics: GatewayMetrics;
  /** Takes no more, lets whoever waits go, ends what is under way, then ends. */
  close(): Promise<void>;
}

/** A document in base64 and what goes with it; larger ones are uploaded by themselves. */
const MAX_BODY = 8 * 1024 * 1024;
const BODY_MS = 30_000;
/** Bodies that are read at a time: more than that are never in memory. */
const MAX_BODIES = 16;
const READY_MS = 2_000;
/** What is under way at the end has so long. */
const DRAIN_MS = 15_000;
const DRAIN_LOOK_MS = 20;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
    problem: Code | undefined;
    begun: number;
  }
}

/** Serves the HTTP API. It keeps nothing: run as many as you like. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { client, credentials, host, port, log } = options;
  if (!credentials && !isLoopback(host)) {
    throw new CredentialsUnavailable(
      `without credentials to check, a gateway listens on this machine only, and ${host} can be reached from elsewhere: set GATEWAY_API_KEYS_FILE or GATEWAY_OAUTH_…, or GATEWAY_HOST=127.0.0.1`,
    );
  }
  const watch = new Watch({ client, perCaller: options.waitsPerCaller });
  const metrics = gatewayMetrics(() => watch.open);
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY,
    requestTimeout: BODY_MS,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
    // A request that comes while it drains is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  server.decorateRequest('caller', undefined);
  server.decorateRequest('problem', undefined);
  server.decorateRequest('begun', 0);

  const fail = (request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply => {
    request.problem = problem.code as Code;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 503) void reply.header('retry-after', '2');
    return reply.status(problem.status).type('application/problem+json').send(problem);
  };
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOfError(error, request.id);
    if (problem.status >= 500) log.error({ requestId: request.id, code: problem.code, error: told(error) }, 'failed');
    // What is left of a body that nobody is going to read.
    if (problem.status === 413) void reply.header('connection', 'close');
    return fail(request, reply, problem);
  });
  server.setNotFoundHandler((request, reply) => fail(request, reply, problemOf('NoSuchRoute', request.id)));
  /** Requests that are under way. */
  let underWay = 0;
  server.addHook('onRequest', (request, reply, done) => {
    request.begun = performance.now();
    underWay += 1;
    reply.raw.once('close', () => (underWay -= 1));
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const seconds = (performance.now() - request.begun) / 1000;
    const name = request.routeOptions.url ?? 'none';
    metrics.answered(`${request.method} ${name}`, reply.statusCode, request.problem ?? 'ok', seconds);
    if (name.startsWith('/v1') || name === WEBHOOKS_PATH) tell(log, request, reply, seconds);
    done();
  });

  await server.register(rateLimit, {
    global: false,
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ caller, ip }) => (caller ? `${caller.tenant}/${caller.id}` : ip),
  });
  const limit = server.createRateLimit();
  await serveDocumentation(server);
  serveHealth(server, client);

  if (options.webhooks) await receiveWebhooks(server, { ...options.webhooks, client, metrics });

  let bodies = 0;
  for (const route of ROUTES) {
    server.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      onRequest: [
        async (request, reply) => {
          request.caller = await admitted(options, request, route);
          countIn(await limit(request), reply);
        },
        (_, reply, done) => {
          if (!route.body) return done();
          if (bodies >= MAX_BODIES) return done(new Refused('TooManyRequests', 'too many bodies at a time'));
          bodies += 1;
          reply.raw.once('close', () => (bodies -= 1));
          return done();
        },
      ],
      handler: (request, reply) => {
        const parent = traceOf(request.headers);
        const attributes = { 'http.request.method': route.method, 'http.route': route.path };
        return inSpan(`${route.method} ${route.path}`, { kind: SpanKind.SERVER, parent, attributes }, () =>
          handled(route, options, watch, request, reply),
        );
      },
    });
  }
  await server.listen({ host, port });
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    metrics,
    async close() {
      watch.close();
      const closed = server.close();
      for (const end = Date.now() + DRAIN_MS; underWay > 0 && Date.now() < end;) await pause(DRAIN_LOOK_MS);
      // What is left are connections on which nobody has asked anything yet.
      server.server.closeAllConnections();
      await closed;
    },
  };
}

/** Lets a caller in to a route, before a byte of the body is read. */
async function admitted(
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
function countIn(
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

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

async function handled(
  route: Route,
  { client, environment }: GatewayOptions,
  watch: Watch,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = request.caller!;
  const params = paramsOf(route, request);
  const query = checked('the query', route.query?.strict(), request.query);
  const key = keyOf(route, request);
  const sent = route.body?.mayBeMissing ? (request.body ?? {}) : request.body;
  const body = route.body?.checked ? checked('the body', route.body.checked, sent) : sent;
  const wait = route.waits ? waitOf(request) : undefined;
  const call: Call<unknown, unknown, unknown> = {
    ...{ caller, params, query, body, watch, environment, request, reply },
    client: client.speakingFor(caller.id),
    waitSeconds: wait,
    messageId: (content) => messageId(client, caller, key, [route.operation, content]),
  };
  const answer = await route.handle(call as Call<never, never, never>);
  if (!answer) return reply;
  if (wait !== undefined) void reply.header('preference-applied', `wait=${wait}`);
  return reply
    .status(answer.status)
    .headers({ 'cache-control': 'no-store', ...answer.headers })
    .send(answer.body);
}

function paramsOf({ params, method }: Route, request: FastifyRequest): unknown {
  const parsed = params?.safeParse(request.params);
  if (!parsed || parsed.success) return parsed?.data;
  if (method === 'PUT') throw new InvalidInput('the address', faultsOf(parsed.error));
  throw new Refused('CaseNotFound');
}

function checked(what: string, schema: ZodType | undefined, value: unknown): unknown {
  const parsed = schema?.safeParse(value);
  if (!parsed) return undefined;
  if (!parsed.success) throw new InvalidInput(what, faultsOf(parsed.error));
  return parsed.data;
}

function keyOf({ once }: Route, { headers }: FastifyRequest): string | undefined {
  if (!once) return undefined;
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) throw new Refused('IdempotencyKeyMissing');
  return key;
}

/** The key names the message, what it says marks it: see `AnsweredMessage`. Secrets get another seal each time, so the plain content counts. */
function messageId(
  { keys }: OnboardingClient,
  { tenant, id }: Caller,
  key: string | undefined,
  content: unknown,
): string {
  const name = createHash('sha256')
    .update(JSON.stringify([tenant, id, key ?? randomUUID()]))
    .digest('hex');
  return `${name.slice(0, 32)}.${fingerprint(keys, canonicalJson(content)).slice(0, 16)}`;
}

/** Seconds that the caller would wait, as far as they are granted. */
function waitOf({ headers }: FastifyRequest): number | undefined {
  const [, seconds] = /(?:^|[,; ])wait=(\d{1,4})/.exec(String(headers['prefer'] ?? '')) ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), LONGEST_WAIT);
}

/** One line for each request; who was refused is told louder. */
function tell(log: Logger, request: FastifyRequest, reply: FastifyReply, seconds: number): void {
  const { caller, problem } = request;
  const line = {
    requestId: request.id,
    route: `${request.method} ${request.routeOptions.url}`,
    path: caller ? request.url.split('?', 1)[0] : undefined,
    client: caller?.id ?? null,
    tenant: caller?.tenant ?? null,
    operator: caller?.operator === '*' ? undefined : caller?.operator,
    status: reply.statusCode,
    code: problem,
    ms: Math.round(seconds * 1000),
  };
  if (reply.statusCode === 401 || reply.statusCode === 403 || reply.statusCode >= 500) log.warn(line, 'request');
  else log.info(line, 'request');
}

/** An error for the log: what InvalidInput says of a body stays out of it. */
function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function serveDocumentation(server: FastifyInstance): Promise<void> {
  const document = openApi();
  server.get('/openapi.json', (_, reply) => reply.send(document));
  server.get(PROBLEMS_PATH, (_, reply) => reply.send(CODES));
  await server.register(swagger, { mode: 'static', specification: { document: document as never } });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true, validatorUrl: null },
  });
}

/** For a platform: alive while it runs, ready while Temporal answers. */
function serveHealth(server: FastifyInstance, { temporal }: OnboardingClient): void {
  server.get('/healthz', (_, reply) => reply.send({ gateway: 'RUNNING' }));
  server.get('/readyz', async (_, reply) => {
    const answers = await temporal
      .withDeadline(Date.now() + READY_MS, () => temporal.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
    return reply.status(answers ? 200 : 503).send({ temporal: answers ? 'answers' : 'does not answer' });
  });
}
