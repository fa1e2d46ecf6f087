import { closeCustomerSession } from './catalogue/sessions.js';
import { pathParameters, type Credentials, type Endpoint, type Tenant } from './endpoint.js';
import { FinHubError } from './error.js';
import { Sessions, type Actor } from './sessions.js';
import { Transport } from './transport.js';

export interface FinHubOptions {
  baseUrl: string;
  tenantId: string;
  tenantKey: string;
  tenantSecret: string;
  admin: Actor;
  /** Decides on high-risk customers. */
  powerTenant?: Actor | undefined;
  /** The older host, for the look-ups that only it documents. */
  legacy?: { baseUrl: string; apiKey: string } | undefined;
  /** Milliseconds one request may take in all. */
  timeoutMs: number;
  maxConnections: number;
  /** FinHub's `deviceId` header. */
  deviceId: string;
}

/** On whose behalf a call is made. */
export interface CallContext {
  /** The same for every try of one logical operation; sent as `Idempotency-Key`, though no rule relies on it. */
  key: string;
  /** The customer's own address and agent, which FinHub stores for good. */
  origin?: { ipAddress: string; userAgent: string } | undefined;
  /** The customer's login, for calls that the customer makes. */
  session?: Credentials | undefined;
  /** With the admin's rights, or the power tenant's. */
  actAs?: 'admin' | 'powerTenant' | undefined;
  signal?: AbortSignal | undefined;
}

const APPLICATION = 'finhub-onboarding';

/** Typed calls to FinHub: one attempt each, every failure a {@link FinHubError}. */
export class FinHubClient {
  readonly sessions: Sessions;
  readonly #options: FinHubOptions;
  readonly #transport: Transport;

  constructor(options: FinHubOptions) {
    this.#options = options;
    this.#transport = new Transport(options);
    this.sessions = new Sessions(options, (endpoint, input) =>
      this.#send(endpoint, input, { key: 'login' }, undefined),
    );
  }

  get tenantId(): string {
    return this.#options.tenantId;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  get hasPowerTenant(): boolean {
    return this.#options.powerTenant !== undefined;
  }

  /**
   * Calls an endpoint. A 401 renews the session and tries once more: FinHub refuses before any effect.
   * @throws FinHubError
   */
  async call<I, R>(endpoint: Endpoint<I, R>, input: I, context: CallContext): Promise<R> {
    const token = await this.#tokenFor(endpoint, context);
    try {
      return await this.#send(endpoint, input, context, token);
    } catch (error) {
      if (token === undefined || !(error instanceof FinHubError) || error.kind !== 'unauthorized') throw error;
      await this.sessions.forget(token);
      return this.#send(endpoint, input, context, await this.#tokenFor(endpoint, context));
    }
  }

  /** Closes the session that this process holds for a customer, if it holds one. */
  async closeSession(credentials: Credentials, context: CallContext): Promise<void> {
    const session = await this.sessions.takeOut(credentials);
    if (!session) return;
    const { customerId, userId } = credentials;
    await this.#send(
      closeCustomerSession,
      { customerId, userId, sessionId: session.sessionId },
      context,
      session.token,
    );
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  #actor(context: CallContext): Actor {
    if (context.actAs !== 'powerTenant') return this.#options.admin;
    if (!this.#options.powerTenant)
      throw new FinHubError('forbidden', 'session', 'no power-tenant credentials are configured');
    return this.#options.powerTenant;
  }

  async #tokenFor<I, R>(endpoint: Endpoint<I, R>, context: CallContext): Promise<string | undefined> {
    switch (endpoint.auth) {
      case 'none':
      case 'apiKey':
        return undefined;
      case 'customer':
        if (context.session) return this.sessions.customer(context.session);
        return this.sessions.actor(this.#actor(context));
      case 'admin':
        return this.sessions.actor(this.#actor(context));
    }
  }

  async #send<I, R>(endpoint: Endpoint<I, R>, input: I, context: CallContext, token: string | undefined): Promise<R> {
    const { operation } = endpoint;
    const checked = endpoint.request.safeParse(input);
    if (!checked.success) {
      const fieldErrors = checked.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
      throw new FinHubError('invalidRequest', operation, 'the input does not fit the request', { fieldErrors });
    }
    const tenant: Tenant = { tenantId: this.#options.tenantId, actor: this.#actor(context) };
    const payload = await this.#transport.send({
      operation,
      method: endpoint.method,
      url: this.#url(endpoint, checked.data),
      headers: { ...this.#headers(context), ...this.#authorization(endpoint, token), ...endpoint.headers?.(tenant) },
      body:
        endpoint.method === 'POST' || endpoint.method === 'PUT' ? bodyOf(endpoint, checked.data, tenant) : undefined,
      signal: context.signal,
    });
    const answer = endpoint.response.safeParse(payload);
    if (!answer.success) {
      const [issue] = answer.error.issues;
      throw new FinHubError('unexpectedAnswer', operation, `the answer does not fit: ${issue?.message ?? 'unknown'}`, {
        unclear: true,
      });
    }
    return answer.data;
  }

  #url<I, R>(endpoint: Endpoint<I, R>, input: I): URL {
    const fields = input as Record<string, string>;
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fields[name]!));
    const base = endpoint.host === 'legacy' ? this.#legacy(endpoint.operation).baseUrl : this.#options.baseUrl;
    const url = new URL(base.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(endpoint.query?.(input) ?? {})) url.searchParams.set(name, value);
    return url;
  }

  #legacy(operation: string): { baseUrl: string; apiKey: string } {
    if (!this.#options.legacy)
      throw new FinHubError('forbidden', operation, 'no access to the older host is configured');
    return this.#options.legacy;
  }

  /** The context headers that FinHub's filter asks for. Source: facts §1.2. */
  #headers({ key, origin }: CallContext): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept: 'application/json',
      'X-Tenant-ID': this.#options.tenantId,
      'X-Forwarded-For': origin?.ipAddress ?? '127.0.0.1',
      'X-Forwarded-From': APPLICATION,
      'User-Agent': origin?.userAgent ?? APPLICATION,
      platform: 'web',
      deviceId: this.#options.deviceId,
      'Idempotency-Key': key,
    };
  }

  #authorization<I, R>(endpoint: Endpoint<I, R>, token: string | undefined): Record<string, string> {
    if (endpoint.auth === 'apiKey') return { 'X-API-Key': this.#legacy(endpoint.operation).apiKey };
    return token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }
}

function bodyOf<I, R>(endpoint: Endpoint<I, R>, input: I, tenant: Tenant): unknown {
  if (endpoint.body) return endpoint.body(input, tenant);
  const inPath = new Set(pathParameters(endpoint.path));
  return Object.fromEntries(Object.entries(input as Record<string, unknown>).filter(([name]) => !inPath.has(name)));
}
