import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { pino } from 'pino';
import type { Route } from './call.js';
import { Clock, iso } from './clock.js';
import { registerControl } from './control.js';
import { dispatch, refuse, type Incoming } from './dispatch.js';
import { FAULT_KINDS, Faults } from './faults.js';
import { seed } from './fixtures.js';
import { inject } from './injection.js';
import { DEFAULTS, type SandboxOptions } from './options.js';
import { PROFILES } from './profiles/index.js';
import { Refusal } from './refusal.js';
import { Requests } from './requests.js';
import { ROUTES } from './routes/index.js';
import { State } from './state.js';
import { WebhookSender } from './webhooks/sender.js';
import type { World } from './world.js';

/** A running sandbox. */
export interface Sandbox {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Closes all connections, drops late effects that are still to come, and closes the journal. */
  close(): Promise<void>;
}

interface Running {
  readonly world: World;
  readonly faults: Faults;
  readonly requests: Requests;
  readonly closing: AbortSignal;
}

/** Starts FinHub on this machine. @throws Error when the port is taken or the journal cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = { ...DEFAULTS, ...options };
  const state = new State(settings.journal);
  seed(state);
  state.commit();
  const world: World = { state, clock: new Clock(state), settings, profile: PROFILES[settings.profile] };
  const faults = new Faults(settings.faultRate, settings.faultKinds ?? FAULT_KINDS, settings.seed ?? 0);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const running: Running = { world, faults, requests: new Requests(), closing: closing.signal };

  const logger: FastifyBaseLogger = pino({ level: settings.logLevel }, pino.destination(2));
  const app = fastify({ loggerInstance: logger, forceCloseConnections: true });
  acceptEmptyJson(app);
  for (const route of ROUTES) {
    app.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
      handler: (request, reply) => serve(running, route, request, reply),
    });
  }
  const webhooks = new WebhookSender(world);
  registerControl(app, { ...running, webhooks });
  const answerRefusal = (reply: FastifyReply, refusal: Refusal) => {
    const { status, body } = refuse(world, { access: 'session' }, refusal);
    return reply.code(status).send(body);
  };
  app.setNotFoundHandler((request, reply) =>
    answerRefusal(reply, new Refusal(404, `No such operation: ${request.method} ${request.url}`)),
  );
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) return answerRefusal(reply, error);
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) request.log.error(error);
    return answerRefusal(reply, new Refusal(status, (error as Error).message));
  });

  await app.listen({ port: settings.port, host: settings.host });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    close: async () => {
      closing.abort();
      await webhooks.close();
      await app.close();
      state.close();
    },
  };
}

/** An `application/json` request without a body is one without a body, as on FinHub's gateway. */
function acceptEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'ignore');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

async function serve(running: Running, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { world, faults, requests, closing } = running;
  const operation = `${route.method} ${route.path}`;
  const login = route.access === 'login';
  const fault = faults.next(route.method, route.path, login);
  const incoming: Incoming = {
    headers: request.headers,
    params: request.params as Incoming['params'],
    query: request.query as Incoming['query'],
    body: request.body,
  };
  const run = () => dispatch(world, route, incoming);
  const refusal = (status: number, message: string, data = {}) =>
    refuse(world, route, new Refusal(status, message, data));
  const outgoing = fault ? await inject(fault, { request, reply, closing, run, refuse: refusal }) : run();
  requests.add(request.headers, {
    at: iso(world.clock.now()),
    method: route.method,
    operation,
    url: request.url,
    status: outgoing?.status ?? null,
    fault: fault?.kind ?? null,
  });
  if (!outgoing) return reply;
  return reply.code(outgoing.status).send(outgoing.body);
}
