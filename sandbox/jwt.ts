import { createHmac, timingSafeEqual } from 'node:crypto';

export const TOKEN_SECONDS = 3600;

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** Signs `claims` as a JWT, HS256. */
export function signJwt(claims: Record<string, unknown>, secret: string): string {
  const content = `${HEADER}.${encode(claims)}`;
  return `${content}.${mac(content, secret)}`;
}

/** The claims of a JWT whose signature is ours; `undefined` for anything else. Expiry is the caller's to check. */
export function verifyJwt(token: string, secret: string): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) return undefined;
  const expected = Buffer.from(mac(`${header}.${payload}`, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function mac(content: string, secret: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
