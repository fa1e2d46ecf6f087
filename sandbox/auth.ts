import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Call, Caller } from './call.js';
import { DAY, iso, MINUTE } from './clock.js';
import type { Tenant } from './fixtures.js';
import { headerOf, type Headers } from './headers.js';
import { signJwt, TOKEN_SECONDS, verifyJwt } from './jwt.js';
import type { OpenedSession } from './profiles/runner-shapes.js';
import { read, Refusal } from './refusal.js';
import type { Session, User } from './records.js';
import type { World } from './world.js';

const MAX_ATTEMPTS = 5;
const LOCK_MS = 30 * MINUTE;

const credentials = z.looseObject({
  username: z.string().min(1),
  password: z.string().min(1),
  tenantKey: z.string().min(1),
  tenantSecret: z.string().min(1),
});

/**
 * Opens a session for `user` by the credentials in the call's body.
 * @throws Refusal 400 missing credentials, 403 wrong tenant key or secret, 401 wrong password or locked account (F2).
 */
export function login(call: Call, user: User, customerId: string): OpenedSession {
  const { username, password, tenantKey, tenantSecret } = read(credentials, call.body);
  const { world, tenant, now } = call;
  const { state } = world;
  if (tenantKey !== tenant.key || tenantSecret !== tenant.secret) throw new Refusal(403, 'Tenant access denied');
  if (user.lockedUntil !== undefined && user.lockedUntil > now) throw locked(user.lockedUntil);
  if (username !== user.username || password !== user.password) throw failedAttempt(world, user, now);
  state.users.patch(user.id, { failedAttempts: 0, lockedUntil: 0 });
  const session = state.sessions.put({
    id: randomUUID(),
    tenantId: tenant.id,
    userId: user.id,
    customerId,
    createdAt: iso(now),
  });
  return {
    session,
    user,
    token: sessionToken(world, session, user, now),
    refreshToken: randomUUID(),
    expiresAt: iso(now + DAY).slice(0, -1),
    ip: call.ip,
    userAgent: call.userAgent,
    platform: headerOf(call.headers, 'platform'),
  };
}

/** The caller of a bearer token. @throws Refusal 401 unknown, expired or closed; 403 another tenant's token. */
export function authenticate({ state }: World, headers: Headers, tenant: Tenant, now: number): Caller {
  const token = /^Bearer (\S+)$/i.exec(headerOf(headers, 'Authorization'))?.[1];
  const claims = token === undefined ? undefined : verifyJwt(token, state.signingSecret());
  const session = claims && state.sessions.get(String(claims['jti']));
  const user = session && state.users.get(session.userId);
  if (!user || session.closedAt !== undefined || Number(claims?.['exp']) * 1000 <= now) {
    throw new Refusal(401, 'Invalid or expired token');
  }
  if (session.tenantId !== tenant.id) throw new Refusal(403, 'Tenant access denied');
  return {
    kind: user.userType === 'ADMIN' ? 'admin' : 'customer',
    sessionId: session.id,
    userId: user.id,
    customerId: session.customerId,
    roles: user.roles,
  };
}

function sessionToken({ state }: World, session: Session, user: User, now: number): string {
  const iat = Math.floor(now / 1000);
  const { tenantId, customerId } = session;
  const { id: userId, userType, roles } = user;
  return signJwt(
    // prettier-ignore
    { iss: 'bff', aud: 'bff-clients', sub: userId, iat, exp: iat + TOKEN_SECONDS, tenantId, customerId, userId, userType, roles, jti: session.id },
    state.signingSecret(),
  );
}

function failedAttempt({ state }: World, user: User, now: number): Refusal {
  const attempts = (user.lockedUntil ? 0 : user.failedAttempts) + 1;
  if (attempts >= MAX_ATTEMPTS) {
    state.users.patch(user.id, { failedAttempts: attempts, lockedUntil: now + LOCK_MS });
    return locked(now + LOCK_MS);
  }
  state.users.patch(user.id, { failedAttempts: attempts, lockedUntil: 0 });
  return new Refusal(401, 'Authentication failed', {
    success: false,
    errorType: 'AUTHENTICATION',
    message: 'Invalid username or password',
    attempts,
    maxAttempts: MAX_ATTEMPTS,
    lockoutTime: null,
  });
}

function locked(until: number): Refusal {
  return new Refusal(401, 'Account locked', {
    success: false,
    errorType: 'AUTHENTICATION',
    message: 'Account locked after too many failed attempts',
    attempts: MAX_ATTEMPTS,
    maxAttempts: MAX_ATTEMPTS,
    lockoutTime: iso(until),
    lockoutDuration: `${LOCK_MS / MINUTE} minutes`,
  });
}
