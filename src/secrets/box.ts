import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey, type KeyRing } from './key-ring.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a box is for; each purpose has keys of its own, so nothing of one opens as another. */
export type Purpose =
  'seal v1' | 'payload v2' | 'document v1' | 'signers v1' | 'store v1' | 'session v1' | 'sign-in v1' | 'signed-out v1';

/** Something that was encrypted cannot be opened; the message holds nothing of it. */
export class BoxError extends Error {
  override readonly name: string = 'BoxError';
}

/** The key ring lacks the key: what was encrypted may be in order, and opens where the key is. */
export class KeyMissing extends BoxError {
  override readonly name = 'KeyMissing';
}

/**
 * Encrypts with AES-256-GCM and a random nonce under the ring's current key.
 * @param bound authenticated with the content, and needed again to open it
 * @returns nonce, ciphertext and tag, one after the other
 */
export function close(keys: KeyRing, purpose: Purpose, bound: string, content: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(keys, keys.current, purpose), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what `close` made with the key of that id.
 * @throws BoxError if the key is not in the ring, or content or `bound` are not what they were
 */
export function open(keys: KeyRing, keyId: string, purpose: Purpose, bound: string, box: Buffer): Buffer {
  const end = box.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw new BoxError('it is cut short');
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(keys, keyId, purpose), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(box.subarray(end));
  try {
    return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch (cause) {
    throw new BoxError(`it was changed, or belongs elsewhere (key "${keyId}")`, { cause });
  }
}

/** As {@link close}, with a line before it that names the key: for what is kept longer than a key is the current one. */
export function closeNamed(keys: KeyRing, purpose: Purpose, bound: string, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${keys.current}\n`), close(keys, purpose, bound, content)]);
}

/**
 * Opens what `closeNamed` made; `isOld` where that was with another key than the ring's current one.
 * @throws BoxError as {@link open}
 */
export function openNamed(
  keys: KeyRing,
  purpose: Purpose,
  bound: string,
  stored: Buffer,
): { content: Buffer; isOld: boolean } {
  const end = Math.max(stored.indexOf('\n'), 0);
  const keyId = stored.toString('utf8', 0, end);
  return { content: open(keys, keyId, purpose, bound, stored.subarray(end + 1)), isOld: keyId !== keys.current };
}

/** Derived keys by ring: a payload should not cost a derivation each time. */
const derived = new WeakMap<KeyRing, Map<string, Buffer>>();

function keyOf(keys: KeyRing, keyId: string, purpose: Purpose): Buffer {
  const known = derived.get(keys) ?? new Map<string, Buffer>();
  derived.set(keys, known);
  const name = `${purpose} ${keyId}`;
  const key = known.get(name) ?? deriveKey(keys, keyId, purpose);
  if (!key) throw new KeyMissing(`the key ring holds no key "${keyId}"`);
  known.set(name, key);
  return key;
}
