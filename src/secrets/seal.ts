import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deriveKey, type KeyRing } from './key-ring.js';

const PREFIX = 'sealed:v1:';
const PATTERN = /^sealed:v1:([A-Za-z0-9._-]{1,40}):([A-Za-z0-9_-]+)$/;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text that cannot be opened; the message holds nothing of it. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Whether a text is in the form that `seal` gives. */
export function isSealed(text: string): boolean {
  return PATTERN.test(text);
}

/**
 * Seals a secret with the current key: `sealed:v1:<keyId>:<base64url of nonce, ciphertext, tag>`, AES-256-GCM with a random nonce and
 * everything before the last colon as associated data.
 */
export function seal(keys: KeyRing, plain: string): string {
  const head = `${PREFIX}${keys.current}`;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKey(keys, keys.current), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(head));
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${head}:${sealed.toString('base64url')}`;
}

/**
 * Opens what `seal` closed, with whichever key of the ring it names.
 * @throws SealError if the text is not sealed, its key is not in the ring, or it was changed
 */
export function unseal(keys: KeyRing, text: string): string {
  const [, keyId, body] = PATTERN.exec(text) ?? [];
  if (keyId === undefined || body === undefined) throw new SealError('this text is not sealed');
  const bytes = Buffer.from(body, 'base64url');
  const end = bytes.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw new SealError('the sealed text is cut short');
  const decipher = createDecipheriv(CIPHER, sealingKey(keys, keyId), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(`${PREFIX}${keyId}`));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString('utf8');
  } catch {
    throw new SealError(`the sealed text was changed, or its key "${keyId}" is not the one it was sealed with`);
  }
}

/**
 * Tells equal content from other content without giving the content away: HMAC-SHA-256, hex. Keyed, since a plain hash of an application
 * could be guessed; the same over rotations, since its key is the ring's `fingerprint` key and not the current one.
 */
export function fingerprint(keys: KeyRing, canonicalText: string): string {
  return createHmac('sha256', required(keys, keys.fingerprint, 'fingerprint v1'))
    .update(canonicalText)
    .digest('hex');
}

function sealingKey(keys: KeyRing, keyId: string): Buffer {
  return required(keys, keyId, 'seal v1');
}

function required(keys: KeyRing, keyId: string, purpose: string): Buffer {
  const key = deriveKey(keys, keyId, purpose);
  if (key === undefined) throw new SealError(`the key ring holds no key "${keyId}"`);
  return key;
}
