import { setTimeout as pause } from 'node:timers/promises';
import type { CallObserver } from './call-observer.js';
import type { Credentials, Endpoint, Host, Tenant } from './endpoint.js';
import { FinHubError } from './error.js';
import type { Lease } from './lease.js';
import { outgoing, sendable } from './outgoing.js';
import { ServiceLogins, type ServiceLoginWatch } from './service-logins.js';
import { Sessions, type Actor, type Session } from './sessions.js';
import { Transport } from './transport.js';
import { Turns } from './turns.js';
import { understood } from './understood.js';

export interface FinHubOptions {
  baseUrl: string;
  tenantId: string;
  tenantKey: string;
  tenantSecret: string;
  admin: Actor;
  /** Decides on high-risk customers. */
  powerTenant?: Actor | undefined;
  /** The older host, for look-ups that exist only there. */
  legacy?: { baseUrl: string; apiKey: string } | undefined;
  /** Milliseconds for one request in all. */
  timeoutMs: number;
  /** The tenant's concurrent requests to each host; more wait for their turn. */
  maxConnections: number;
  /** Look-ups that show a new object immediately. Only these prove that an object does not exist. */
  promptLookUps?: readonly string[] | undefined;
  /** FinHub's `deviceId` header. */
  deviceId: string;
  /** Sees every request, for metrics and traces. */
  observer?: CallObserver | undefined;
  /** Milliseconds between two tries of a service login that FinHub refused; by default a minute. */
  loginRetryMs?: number | undefined;
  /** Called when FinHub refuses a login of the service itself. */
  logins?: ServiceLoginWatch | undefined;
}

/** On whose behalf a call is made, and under which key. */
export interface CallContext {
  /** The same for every try of one call; sent as `Idempotency-Key`, though we do not rely on it. */
  key: string;
  /** The customer's own address and user agent, which FinHub stores permanently. */
  origin?: { ipAddress: string; userAgent: string } | undefined;
  /** The customer's login, for calls that the customer makes. */
  session?: Credentials | undefined;
  /** Uses the rights of the admin or the power tenant, even if the customer is logged in. */
  actAs?: 'admin' | 'powerTenant' | undefined;
  signal?: AbortSignal | undefined;
  /** Taken before anything with an effect is sent; logins need none. */
  lease?: Lease | undefined;
}

const LOGIN_RETRY_MS = 60_000;

const APPLICATION = 'finhub-onboarding';

/** How long closing the sessions may delay the end of the process, in milliseconds. */
const CLOSING_MS = 2000;

/** The parts of a base address. */
interface Base {
  origin: string;
  prefix: string;
}

/** Typed calls to FinHub: one attempt each, every failure a {@link FinHubError}. */
export class FinHubClient {
  readonly sessions: Sessions;
  /** The tries of one call, one after the other. */
  readonly turns: Turns;
  readonly #options: FinHubOptions;
  readonly #logins: ServiceLogins;
  readonly #transport: Transport;
  readonly #bases: Record<Host, Base | undefined>;
  readonly #headers: Record<string, string>;

  constructor(options: FinHubOptions) {
    const { baseUrl, legacy, tenantId, deviceId, timeoutMs } = options;
    this.#options = options;
    this.#transport = new Transport(options);
    this.#bases = { main: baseOf(baseUrl), legacy: legacy && baseOf(legacy.baseUrl) };
    // The context headers that FinHub requires. Source: facts §1.2.
    this.#headers = {
      accept: 'application/json',
      'X-Tenant-ID': tenantId,
      'X-Forwarded-From': APPLICATION,
      platform: 'web',
      deviceId,
    };
    this.turns = new Turns(timeoutMs);
    this.#logins = new ServiceLogins(options.loginRetryMs ?? LOGIN_RETRY_MS, options.logins);
    this.sessions = new Sessions(options, this.#logins, (endpoint, input, token) =>
      this.#send(
        endpoint,
        input,
        { key: 'session' },
        token === undefined ? undefined : { token, sessionId: undefined },
      ),
    );
  }

  get tenantId(): string {
    return this.#options.tenantId;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** Whether a look-up shows a new object immediately. */
  showsAtOnce(operation: string): boolean {
    return this.#options.promptLookUps?.includes(operation) === true;
  }

  /**
   * Calls an endpoint. After a 401 it renews the session and tries once more, because FinHub refuses before any effect.
   * @throws FinHubError
   */
  async call<I, R>(endpoint: Endpoint<I, R>, input: I, context: CallContext): Promise<R> {
    if (endpoint.auth === 'apiKey') return this.#callWithKey(endpoint, input, context);
    const session = await this.#sessionFor(endpoint, context);
    try {
      return await this.#send(endpoint, input, context, session);
    } catch (error) {
      if (session === undefined || !(error instanceof FinHubError) || error.kind !== 'unauthorized') throw error;
      this.sessions.forget(session);
      return this.#send(endpoint, input, context, await this.#sessionFor(endpoint, context));
    }
  }

  /** Calls the older host with the service's own key. While FinHub refuses the key, nothing is sent there. */
  async #callWithKey<I, R>(endpoint: Endpoint<I, R>, input: I, context: CallContext): Promise<R> {
    this.#logins.check('legacyKey');
    try {
      const result = await this.#send(endpoint, input, context, undefined);
      this.#logins.works('legacyKey');
      return result;
    } catch (error) {
      if (error instanceof FinHubError && error.kind === 'unauthorized') throw this.#logins.failed('legacyKey', error);
      throw error;
    }
  }

  /** Closes this process's sessions at FinHub, waiting only briefly, then its connections. */
  async close(): Promise<void> {
    await Promise.race([this.sessions.closeAll(), pause(CLOSING_MS, undefined, { ref: false })]);
    await this.#transport.close();
  }

  #actor({ actAs }: Pick<CallContext, 'actAs'>): Actor {
    if (actAs !== 'powerTenant') return this.#options.admin;
    if (!this.#options.powerTenant)
      throw new FinHubError('forbidden', 'session', 'no power-tenant credentials are configured');
    return this.#options.powerTenant;
  }

  #actorSession(context: CallContext): Session | Promise<Session> {
    return this.sessions.actor(this.#actor(context), context.actAs === 'powerTenant' ? 'powerTenant' : 'admin');
  }

  #sessionFor<I, R>(endpoint: Endpoint<I, R>, context: CallContext): Session | Promise<Session> | undefined {
    switch (endpoint.auth) {
      case 'none':
      case 'apiKey':
        return undefined;
      case 'customer':
        if (context.session && !context.actAs) return this.sessions.open(context.session);
        return this.#actorSession(context);
      case 'admin':
        return this.#actorSession(context);
    }
  }

  async #send<I, R>(
    endpoint: Endpoint<I, R>,
    input: I,
    context: CallContext,
    session: Pick<Session, 'token' | 'sessionId'> | undefined,
  ): Promise<R> {
    const { observer } = this.#options;
    if (!observer) return this.#exchange(endpoint, input, context, session);
    const { operation, idempotency, method, path } = endpoint;
    const { origin } = this.#baseOf(endpoint);
    const { headers, ended } = observer.started({ operation, class: idempotency.class, method, path, origin });
    try {
      const result = await this.#exchange(endpoint, input, context, session, headers);
      ended();
      return result;
    } catch (error) {
      ended(error);
      throw error;
    }
  }

  async #exchange<I, R>(
    endpoint: Endpoint<I, R>,
    input: I,
    context: CallContext,
    session: Pick<Session, 'token' | 'sessionId'> | undefined,
    observed?: Record<string, string>,
  ): Promise<R> {
    const { operation, method, idempotency } = endpoint;
    const effect = idempotency.class !== 'safe';
    const checked = endpoint.request.safeParse(input);
    if (!checked.success) {
      const fieldErrors = checked.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
      throw new FinHubError('invalidRequest', operation, 'the input does not fit the request', { fieldErrors });
    }
    const tenant: Tenant = { tenantId: this.#options.tenantId, actor: this.#actor(context) };
    const { origin, prefix } = this.#baseOf(endpoint);
    const { path, body } = outgoing(endpoint, checked.data, tenant);
    const headers = sendable(operation, {
      ...this.#headers,
      ...(body === null ? undefined : { 'content-type': 'application/json' }),
      'X-Forwarded-For': context.origin?.ipAddress ?? '127.0.0.1',
      'User-Agent': context.origin?.userAgent ?? APPLICATION,
      ...(effect ? { 'Idempotency-Key': context.key } : undefined),
      ...this.#authorization(endpoint, session?.token),
      ...endpoint.headers?.(tenant, { sessionId: session?.sessionId }),
      ...observed,
    });
    const payload = await this.#transport.send({
      ...{ operation, effect, method, origin, body, headers },
      path: prefix + path,
      signal: context.signal,
      lease: effect ? context.lease : undefined,
    });
    return understood(endpoint, checked.data, payload);
  }

  #baseOf({ host, operation }: Pick<Endpoint<never, never>, 'host' | 'operation'>): Base {
    const base = this.#bases[host];
    if (!base) throw new FinHubError('forbidden', operation, 'no access to the older host is configured');
    return base;
  }

  #authorization({ auth }: Pick<Endpoint<never, never>, 'auth'>, token: string | undefined): Record<string, string> {
    if (auth === 'apiKey') return { 'X-API-Key': this.#options.legacy?.apiKey ?? '' };
    return token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }
}

function baseOf(url: string): Base {
  const { origin, pathname } = new URL(url);
  return { origin, prefix: pathname.replace(/\/$/, '') };
}
