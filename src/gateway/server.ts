import { randomUUID } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Code } from '../client/codes.js';
import { traceOf } from '../tracing/header.js';
import { inSpan, SpanKind } from '../tracing/spans.js';
import { admitted, countIn } from './admission.js';
import { type Caller, CredentialsUnavailable } from './caller.js';
import { handled } from './handle-route.js';
import { isLoopback } from './loopback.js';
import { gatewayMetrics, type GatewayMetrics } from './metrics.js';
import { notedPaths } from './other-methods.js';
import type { GatewayOptions } from './options.js';
import { People } from './people/people.js';
import type { Session } from './people/session.js';
import { serveSignIn } from './people/sign-in.js';
import { type Problem, problemOf, problemOfError, Refused } from './problem.js';
import { tell, told } from './request-log.js';
import type { Route } from './route.js';
import { ROUTES } from './routes/index.js';
import { renewing, tlsOptions } from './tls.js';
import { serveDocumentation, serveHealth } from './service-pages.js';
import { Watch } from './watch.js';
import { receiveWebhooks, WEBHOOKS_PATH } from './webhooks.js';

export interface Gateway {
  url: string;
  metrics: GatewayMetrics;
  /** Takes no more, lets whoever waits go, ends what is under way, then ends. */
  close(): Promise<void>;
}

/** A document in base64 and what goes with it; larger ones are uploaded by themselves. */
const MAX_BODY = 8 * 1024 * 1024;
/** For all of a request: 20 MB over a slow line. */
const BODY_MS = 120_000;
/** Bodies that are read at a time: more than that are never in memory. */
const MAX_BODIES = 16;
/** What is under way at the end has so long. */
const DRAIN_MS = 15_000;
const DRAIN_LOOK_MS = 20;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
    problem: Code | undefined;
    begun: number;
    /** Of whoever signs in or out. */
    signedIn: Session | undefined;
  }
}

/** Serves the HTTP API. It keeps nothing: run as many as you like. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { client, credentials, host, port, tls, log } = options;
  if (!credentials && !isLoopback(host)) {
    throw new CredentialsUnavailable(
      `without credentials to check, a gateway listens on this machine only, and ${host} can be reached from elsewhere: set GATEWAY_API_KEYS_FILE or GATEWAY_OAUTH_…, or GATEWAY_HOST=127.0.0.1`,
    );
  }
  const watch = new Watch({ client, perCaller: options.waitsPerCaller });
  const metrics = gatewayMetrics(() => watch.open);
  const server = fastify({
    // Typed as if it spoke no TLS: nothing here is different where it does.
    ...({ https: tls ? await tlsOptions(tls) : null } as object),
    logger: false,
    bodyLimit: MAX_BODY,
    requestTimeout: BODY_MS,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
    // A request that comes while it drains is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  // Fastify takes plain text by itself, which no route of ours does.
  server.removeContentTypeParser('text/plain');
  server.decorateRequest('caller', undefined);
  server.decorateRequest('problem', undefined);
  server.decorateRequest('begun', 0);
  server.decorateRequest('signedIn', undefined);

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
  const refuseOtherMethods = notedPaths(server);
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
    if (/^\/(v1|sign-|console\/(queue|next|search|cases|keys|operators))/.test(name) || name === WEBHOOKS_PATH)
      tell(log, request, reply, seconds);
    done();
  });

  await server.register(rateLimit, {
    global: false,
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ caller, ip }) => (caller ? `${caller.tenant}/${caller.id}` : ip),
  });
  const limit = server.createRateLimit();
  const people = options.people && new People(options.people);
  if (people) {
    await serveSignIn(server, people);
    await options.console?.(server, people);
  }
  await serveDocumentation(server);
  serveHealth(server, client);

  if (options.webhooks) await receiveWebhooks(server, { ...options.webhooks, client, metrics });

  let bodies = 0;
  const flowing: Route[] = [];
  const serve = (on: FastifyInstance, route: Route): void => {
    on.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      onRequest: [
        async (request, reply) => {
          request.caller = await admitted(options, people, request, reply, route);
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
  };
  for (const route of ROUTES) {
    if (route.body?.flows) flowing.push(route);
    else serve(server, route);
  }
  await server.register((scope) => {
    scope.removeAllContentTypeParsers();
    const types = flowing.flatMap(({ body }) => [body!.mediaType!, ...body!.flows!]);
    scope.addContentTypeParser([...new Set(types)], (_, payload, done) => done(null, payload));
    for (const route of flowing) serve(scope, route);
  });
  refuseOtherMethods();
  await server.listen({ host, port });
  const { port: taken } = server.server.address() as AddressInfo;
  const stopRenewing = tls && renewing(server.server as unknown as HttpsServer, tls, log);
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    metrics,
    async close() {
      stopRenewing?.();
      watch.close();
      const closed = server.close();
      for (const end = Date.now() + DRAIN_MS; underWay > 0 && Date.now() < end;) await pause(DRAIN_LOOK_MS);
      // What is left are connections on which nobody has asked anything yet.
      server.server.closeAllConnections();
      await closed;
    },
  };
}
