import { openAdminSession, openCustomerSession, openOrganizationSession } from './catalogue/sessions.js';
import type { Credentials, Endpoint } from './endpoint.js';
import { FinHubError } from './error.js';

/** Someone the tenant acts as. */
export interface Actor {
  organizationId: string;
  userId: string;
  username: string;
  password: string;
}

/** Sends a login without any session; the client provides it. */
export type SendLogin = <I, R>(endpoint: Endpoint<I, R>, input: I) => Promise<R>;

interface Session {
  token: string;
  sessionId: string | undefined;
  /** Milliseconds since the epoch, from the token's own `exp`. */
  expiresAt: number;
}

/** Renewed this long before it ends, so that no call starts with a token about to die. */
const RENEWAL_MARGIN_MS = 60_000;

/** FinHub's stated life of a token without a readable `exp`. Facts §13. */
const DEFAULT_LIFE_MS = 3600_000;

/**
 * Tokens of this process: opened once however many calls wait, renewed before they end, never written anywhere. A refused login blocks its
 * credentials until the process restarts with others, since five refusals lock the account for half an hour (facts F2).
 */
export class Sessions {
  readonly #login: SendLogin;
  readonly #tenant: { tenantId: string; tenantKey: string; tenantSecret: string };
  readonly #open = new Map<string, Promise<Session>>();
  readonly #refused = new Map<string, FinHubError>();

  constructor(tenant: { tenantId: string; tenantKey: string; tenantSecret: string }, login: SendLogin) {
    const { tenantId, tenantKey, tenantSecret } = tenant;
    this.#tenant = { tenantId, tenantKey, tenantSecret };
    this.#login = login;
  }

  /** The token of an admin of the tenant or power tenant. */
  async actor(actor: Actor): Promise<string> {
    const { organizationId, userId, username, password } = actor;
    const session = await this.#session(`admin/${organizationId}/${userId}`, password, () =>
      this.#login(openAdminSession, { organizationId, userId, username, password, ...this.#tenant }),
    );
    return session.token;
  }

  /** The token of a customer or of an organization's user. */
  async customer(credentials: Credentials): Promise<string> {
    return (await this.open(credentials)).token;
  }

  /** Opens a customer's session, or finds it open. */
  open(credentials: Credentials): Promise<Session> {
    const { kind, customerId, userId, username, password } = credentials;
    const endpoint = kind === 'individual' ? openCustomerSession : openOrganizationSession;
    return this.#session(customerKey(credentials), password, () =>
      this.#login(endpoint, { customerId, userId, username, password, ...this.#tenant }),
    );
  }

  /** Forgets a token that FinHub no longer takes, unless another call has renewed it already. */
  async forget(token: string): Promise<void> {
    for (const [key, open] of this.#open) {
      const session = await open.catch(() => undefined);
      if (session?.token === token && this.#open.get(key) === open) this.#open.delete(key);
    }
  }

  /** Takes a customer's session out of use; the caller closes it at FinHub. */
  async takeOut(credentials: Credentials): Promise<{ sessionId: string; token: string } | undefined> {
    const key = customerKey(credentials);
    const session = await this.#open.get(key)?.catch(() => undefined);
    this.#open.delete(key);
    return session?.sessionId === undefined ? undefined : { sessionId: session.sessionId, token: session.token };
  }

  #session(
    key: string,
    password: string,
    login: () => Promise<{ token: string; sessionId?: string | undefined }>,
  ): Promise<Session> {
    // A corrected password is another credential: its refusal must not block this one.
    const credential = `${key}\n${password}`;
    const refused = this.#refused.get(credential);
    if (refused) return Promise.reject(refused);
    const current = this.#open.get(key) ?? Promise.resolve(undefined);
    const next = current.then(async (session) => {
      if (session && session.expiresAt - RENEWAL_MARGIN_MS > Date.now()) return session;
      const { token, sessionId } = await login();
      return { token, sessionId, expiresAt: expiryOf(token) };
    });
    this.#open.set(key, next);
    next.catch((error: unknown) => {
      if (this.#open.get(key) === next) this.#open.delete(key);
      if (error instanceof FinHubError && error.kind === 'unauthorized') this.#refused.set(credential, error);
    });
    return next;
  }
}

function customerKey({ kind, customerId, userId }: Credentials): string {
  return `${kind}/${customerId}/${userId}`;
}

/** FinHub's `expiresAt` contradicts the token; the token's own `exp` counts (facts I03). */
function expiryOf(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown;
    };
    if (typeof exp === 'number') return exp * 1000;
  } catch {
    // Not a JWT: its life is FinHub's stated one.
  }
  return Date.now() + DEFAULT_LIFE_MS;
}
