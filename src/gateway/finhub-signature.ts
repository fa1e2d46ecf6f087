import { createHmac, timingSafeEqual } from 'node:crypto';

/** Where FinHub puts the signature of a webhook. Source: facts §10. */
export const SIGNATURE_HEADER = 'x-finhub-signature';

const FORM = /^sha256=([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/i;

/**
 * Whether a body is signed with one of the secrets. FinHub's pages show `sha256=…` and no more of it (facts §10): we take it for the HMAC-SHA-256
 * of the body as it came, in hex or in base64.
 * @param secrets two while FinHub moves from one to the other
 */
export function isSigned(body: Buffer, header: string | undefined, secrets: readonly string[]): boolean {
  const [, text] = FORM.exec(header ?? '') ?? [];
  if (text === undefined) return false;
  const given = Buffer.from(text, text.length === 64 ? 'hex' : 'base64');
  // All are compared, so that the time tells nothing.
  return secrets.map((secret) => timingSafeEqual(given, signatureOf(body, secret))).includes(true);
}

function signatureOf(body: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}
