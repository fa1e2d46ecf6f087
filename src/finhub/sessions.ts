import { createHash } from 'node:crypto';
import {
  closeAdminSession,
  closeCustomerSession,
  closeOrganizationSession,
  openAdminSession,
  openCustomerSession,
  openOrganizationSession,
} from './catalogue/sessions.js';
import type { Credentials, Endpoint } from './endpoint.js';
import { FinHubError } from './error.js';
import { LOCK_MS, type ServiceLogin, type ServiceLogins } from './service-logins.js';

/** Someone the tenant acts as. */
export interface Actor {
  organizationId: string;
  userId: string;
  username: string;
  password: string;
  /** The user's roles, as sent to FinHub. */
  roles: readonly string[];
}

/** Sends a login or logout with the given token and no other; provided by the client. */
export type SendSession = <I, R>(endpoint: Endpoint<I, R>, input: I, token?: string) => Promise<R>;

/** An open session of this process. */
export interface Session {
  openedAt: number;
  /** User and password: another password needs its own session. */
  key: string;
  token: string;
  /** FinHub's id of the session, if it returns one. */
  sessionId: string | undefined;
  /** When to renew, in milliseconds since the epoch by our clock; a margin before FinHub ends the session. */
  renewAt: number;
  /** Logs out. */
  close: () => Promise<unknown>;
}

interface Login {
  key: string;
  /** The service login whose refusal stops all cases; undefined for a customer's login, which concerns one case. */
  service?: ServiceLogin;
  open: () => Promise<{ token: string; sessionId?: string | undefined }>;
  close: (sessionId: string, token: string) => Promise<unknown>;
}

/** Sessions are renewed this long before they end, so that no call starts with a token about to expire. */
const RENEWAL_MARGIN_MS = 60_000;

/** FinHub's documented lifetime of a token without a readable `exp`. Facts §13. */
const DEFAULT_LIFE_MS = 3600_000;

/** We use no token longer than this, whatever its `exp`. */
const LONGEST_LIFE_MS = 24 * 3600_000;

/** If an admin's login worked this recently, FinHub accepts the tenant's key. */
const PROOF_MS = 60_000;

/**
 * The sessions of this process. Each is opened once, however many calls wait for it, renewed before it ends, closed with the client, and
 * never stored. A customer's refused login is not tried again while a lock could last, since five refusals lock the account (facts F2).
 * {@link ServiceLogins} handles refused logins of the service itself.
 */
export class Sessions {
  readonly #send: SendSession;
  readonly #tenant: { tenantId: string; tenantKey: string; tenantSecret: string };
  readonly #open = new Map<string, Session>();
  readonly #opening = new Map<string, Promise<Session>>();
  readonly #refused = new Map<string, { error: FinHubError; until: number }>();
  readonly #admin: Actor;
  readonly #logins: ServiceLogins;

  constructor(
    tenant: { tenantId: string; tenantKey: string; tenantSecret: string; admin: Actor },
    logins: ServiceLogins,
    send: SendSession,
  ) {
    const { tenantId, tenantKey, tenantSecret, admin } = tenant;
    this.#tenant = { tenantId, tenantKey, tenantSecret };
    this.#admin = admin;
    this.#logins = logins;
    this.#send = send;
  }

  /** Sessions and refusals that are remembered. */
  get remembered(): number {
    return this.#open.size + this.#refused.size;
  }

  /** The session of an admin of the tenant or power tenant. */
  actor(actor: Actor, login: ServiceLogin = 'admin'): Session | Promise<Session> {
    const { organizationId, userId, username, password } = actor;
    const key = adminKey(actor);
    return (
      this.#current(key) ??
      this.#opened({
        key,
        service: login,
        open: () => this.#send(openAdminSession, { organizationId, userId, username, password, ...this.#tenant }),
        close: (sessionId, token) => this.#send(closeAdminSession, { organizationId, userId, sessionId }, token),
      })
    );
  }

  /** The session of a customer or of an organization's user; opens it if necessary. */
  open(credentials: Credentials): Session | Promise<Session> {
    const { kind, customerId, userId, username, password } = credentials;
    const key = customerKey(credentials);
    const [login, logout] =
      kind === 'individual'
        ? [openCustomerSession, closeCustomerSession]
        : [openOrganizationSession, closeOrganizationSession];
    return (
      this.#current(key) ??
      this.#opened({
        key,
        open: () => this.#send(login, { customerId, userId, username, password, ...this.#tenant }),
        close: (sessionId, token) => this.#send(logout, { customerId, userId, sessionId }, token),
      })
    );
  }

  /** Forgets a session that FinHub no longer accepts, unless another call has already renewed it. */
  forget(session: Session): void {
    if (this.#open.get(session.key) === session) this.#open.delete(session.key);
  }

  /** Logs a customer out if this process holds a session; one that FinHub ended counts as closed. */
  async close(credentials: Credentials): Promise<void> {
    const session = this.#open.get(customerKey(credentials));
    if (session) await this.#close(session);
  }

  /** Logs everybody out if FinHub lets us; any remaining session ends by itself within the hour. */
  async closeAll(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    await Promise.allSettled([...this.#open.values()].map((session) => this.#close(session)));
  }

  async #close(session: Session): Promise<void> {
    this.forget(session);
    try {
      await session.close();
    } catch (error) {
      if (error instanceof FinHubError && ['unauthorized', 'notFound'].includes(error.kind)) return;
      if (!this.#open.has(session.key)) this.#open.set(session.key, session);
      throw error;
    }
  }

  /** The open session, unless it is about to end. */
  #current(key: string): Session | undefined {
    const open = this.#open.get(key);
    return open && open.renewAt > Date.now() ? open : undefined;
  }

  /** One login that all callers wait for. */
  #opened(login: Login): Promise<Session> {
    const { key, service } = login;
    const opening = this.#opening.get(key);
    if (opening) return opening;
    if (service) {
      try {
        this.#logins.check(service);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    const refused = this.#refused.get(key);
    if (refused && refused.until > Date.now()) return Promise.reject(refused.error);
    const started = this.#logIn(login).finally(() => this.#opening.delete(key));
    this.#opening.set(key, started);
    return started;
  }

  async #logIn({ key, service, open, close }: Login): Promise<Session> {
    this.#forgetOld();
    try {
      const { token, sessionId } = await open();
      const session: Session = {
        ...{ key, token, sessionId, openedAt: Date.now() },
        renewAt: renewalOf(token),
        close: () => (sessionId === undefined ? Promise.resolve() : close(sessionId, token)),
      };
      this.#open.set(key, session);
      if (service) this.#logins.works(service);
      return session;
    } catch (error) {
      if (service) throw this.#logins.failed(service, error);
      if (error instanceof FinHubError && ['unauthorized', 'forbidden'].includes(error.kind)) {
        await this.#proveTenant();
        if (error.kind === 'unauthorized') {
          this.#refused.set(key, { error, until: Date.now() + LOCK_MS });
        }
      }
      throw error;
    }
  }

  /** What has ended by itself: a worker sees more customers than it should remember. */
  #forgetOld(): void {
    const now = Date.now();
    for (const [key, { until }] of this.#refused) if (until <= now) this.#refused.delete(key);
    for (const session of this.#open.values()) if (session.renewAt + RENEWAL_MARGIN_MS <= now) this.forget(session);
  }

  /**
   * Checks the tenant's key with the admin's login. Every login carries that key, so FinHub also refuses customers when it no longer
   * accepts the key.
   * @throws FinHubError of kind `serviceLogin` if the key is refused
   */
  async #proveTenant(): Promise<void> {
    const session = this.#current(adminKey(this.#admin));
    if (session && session.openedAt + PROOF_MS > Date.now()) return;
    if (session) this.forget(session);
    await this.actor(this.#admin);
    if (session) await session.close().catch(() => undefined);
  }
}

function adminKey({ organizationId, userId, password }: Actor): string {
  return keyOf(`admin/${organizationId}/${userId}`, password);
}

function customerKey({ kind, customerId, userId, password }: Credentials): string {
  return keyOf(`${kind}/${customerId}/${userId}`, password);
}

function keyOf(identity: string, password: string): string {
  return `${identity}/${createHash('sha256').update(password).digest('hex')}`;
}

/**
 * When to renew a new token. FinHub's `expiresAt` contradicts the token, so the token's `exp` counts (facts I03). Its `iat` makes the
 * lifetime independent of both clocks.
 */
function renewalOf(token: string): number {
  const { iat, exp } = claimsOf(token);
  const now = Date.now();
  const stated = exp === undefined ? NaN : exp * 1000 - (iat === undefined ? now : iat * 1000);
  // An impossible lifetime is ignored.
  const life = stated > 0 && stated <= LONGEST_LIFE_MS ? stated : DEFAULT_LIFE_MS;
  return now + life - Math.min(RENEWAL_MARGIN_MS, life / 10);
}

function claimsOf(token: string): { iat?: number; exp?: number } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object | null;
    const { iat, exp } = { ...claims } as Record<string, unknown>;
    return { ...(typeof iat === 'number' && { iat }), ...(typeof exp === 'number' && { exp }) };
  } catch {
    return {}; // Not a JWT: the documented lifetime counts.
  }
}
