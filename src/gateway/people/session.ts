import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { BoxError, closeNamed, openNamed } from '../../secrets/box.js';
import type { KeyRing } from '../../secrets/key-ring.js';

/** Host-only, over TLS (or on this machine), for the whole host: no other host or path can set or read it. */
export const SESSION_COOKIE = '__Host-session';

const sessionSchema = z.strictObject({
  /** By the signers file. */
  operator: z.string(),
  /** The tenant that they work for in this session. */
  tenant: z.string(),
  /** Who says who they are, and what they are called there. */
  issuer: z.string(),
  subject: z.string(),
  /** The provider's own session. */
  sid: z.string().optional(),
  /** What a page of ours knows and another site's does not. */
  csrf: z.string(),
  /** In ms: when they signed in, and when they were last heard of. */
  begunAt: z.int(),
  seenAt: z.int(),
});
export type Session = z.infer<typeof sessionSchema>;

export interface SessionLimits {
  /** Without a request for so long, it is over. */
  idleMs: number;
  /** However busy, it is over after this. */
  wholeMs: number;
}

/** Between two renewals of the cookie while somebody works. */
const RENEW_MS = 60_000;

export function newSession(who: Pick<Session, 'operator' | 'tenant' | 'issuer' | 'subject' | 'sid'>): Session {
  const now = Date.now();
  return { ...who, csrf: randomBytes(24).toString('base64url'), begunAt: now, seenAt: now };
}

/** The session as a cookie holds it: encrypted under the key ring, so that every gateway reads it and nobody else. */
export function sealedSession(keys: KeyRing, session: Session): string {
  return sealedState(keys, 'session v1', session);
}

/** The session of a cookie, or undefined where it is none, was changed, or is over. */
export function sessionOf(keys: KeyRing, cookie: string, { idleMs, wholeMs }: SessionLimits): Session | undefined {
  const session = openState(keys, 'session v1', sessionSchema, cookie);
  const now = Date.now();
  return session && now < session.seenAt + idleMs && now < session.begunAt + wholeMs ? session : undefined;
}

/** When a session is over if nothing is heard of it any more, in ms. */
export function endOf({ seenAt, begunAt }: Session, { idleMs, wholeMs }: SessionLimits): number {
  return Math.min(seenAt + idleMs, begunAt + wholeMs);
}

export function needsRenewal({ seenAt }: Session): boolean {
  return Date.now() > seenAt + RENEW_MS;
}

/** Whether the request knows what only a page of ours can know. */
export function knowsToken({ csrf }: Session, told: unknown): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof told === 'string' && timingSafeEqual(digest(told), digest(csrf));
}

/** State that a browser keeps for us and cannot read or change. */
export function sealedState(keys: KeyRing, purpose: 'session v1' | 'sign-in v1', state: object): string {
  return closeNamed(keys, purpose, purpose, Buffer.from(JSON.stringify(state))).toString('base64url');
}

export function openState<T>(
  keys: KeyRing,
  purpose: 'session v1' | 'sign-in v1',
  schema: z.ZodType<T>,
  sealed: string,
): T | undefined {
  try {
    const { content } = openNamed(keys, purpose, purpose, Buffer.from(sealed, 'base64url'));
    return schema.parse(JSON.parse(content.toString('utf8')));
  } catch (error) {
    if (error instanceof BoxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
