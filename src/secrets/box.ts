import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveKey, type KeyRing } from './key-ring.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a box is for; each purpose has keys of its own, so nothing of one opens as another. */
export type Purpose =
  | 'seal v1'
  | 'payload v2'
  | 'order v1'
  | 'approvers v1'
  | 'signers v1'
  | 'store v1'
  | 'session v1'
  | 'sign-in v1'
  | 'signed-out v1';

/** Encrypted content does not open; the message contains nothing of it. */
export class BoxError extends Error {
  override readonly name: string = 'BoxError';
}

/** The key is not in the ring. The content may be intact, and opens once the key is there. */
export class KeyMissing extends BoxError {
  override readonly name = 'KeyMissing';
}

/**
 * Encrypts with AES-256-GCM and a random nonce under the ring's current key.
 * @param bound authenticated with the content; needed to open it
 * @returns nonce, ciphertext and tag, concatenated
 */
export function close(keys: KeyRing, purpose: Purpose, bound: string, content: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(keys, keys.current, purpose), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts the result of `close` with the key of that id.
 * @throws BoxError if the key is not in the ring, or content or `bound` were changed
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

/** Like {@link close}, preceded by a line with the key's id, for content that outlives the current key. */
export function closeNamed(keys: KeyRing, purpose: Purpose, bound: string, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${keys.current}\n`), close(keys, purpose, bound, content)]);
}

/**
 * Decrypts the result of `closeNamed`; `isOld` if the key was not the ring's current one.
 * @throws BoxError like {@link open}
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

/** Derived keys by ring, cached because each payload needs one. */
const derived = new WeakMap<KeyRing, Map<string, Buffer>>();

function keyOf(keys: KeyRing, keyId: string, purpose: Purpose): Buffer {
  const known = derived.get(keys) ?? new Map<string, Buffer>();
  derived.set(keys, known);
  const name = `${purpose} ${keyId}`;
  const key = known.get(name) ?? deriveKey(keys, keyId, purpose);
  if (!key) throw new KeyMissing(`the key ring has no key "${keyId}"`);
  known.set(name, key);
  return key;
}
