import { createHmac } from 'node:crypto';
import { SEALED, SEALED_ALONE, SEALED_PREFIX } from '../lifecycle/sealed.js';
import { BoxError, close, KeyMissing, open } from './box.js';
import { deriveKey, type KeyRing } from './key-ring.js';

/** A sealed text does not open; the message contains nothing of it. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Seals a secret with the current key: `sealed:v1:<keyId>:<base64url>`. Everything before the last colon is authenticated. */
export function seal(keys: KeyRing, plain: string): string {
  const head = `${SEALED_PREFIX}${keys.current}`;
  return `${head}:${close(keys, 'seal v1', head, Buffer.from(plain)).toString('base64url')}`;
}

/** Replaces the sealed parts of a text. */
export function hideSealed(text: string): string {
  return text.replaceAll(new RegExp(SEALED, 'g'), '[sealed]');
}

/**
 * Opens a text from `seal`, with the key that it names.
 * @throws SealError if the text is not sealed, or was changed; KeyMissing if its key is not in the ring
 */
export function unseal(keys: KeyRing, text: string): string {
  const [, keyId, body] = SEALED_ALONE.exec(text) ?? [];
  if (keyId === undefined || body === undefined) throw new SealError('this text is not sealed');
  try {
    return open(keys, keyId, 'seal v1', `${SEALED_PREFIX}${keyId}`, Buffer.from(body, 'base64url')).toString('utf8');
  } catch (error) {
    if (error instanceof KeyMissing) throw error;
    if (error instanceof BoxError)
      throw new SealError(`a sealed text does not open: ${error.message}`, { cause: error });
    throw error;
  }
}

/** A short value that distinguishes key rings without revealing them; the same after rotations. */
export function ringCheck(keys: KeyRing): string {
  return checkValue(keys, 'key ring');
}

/** A short value that only holders of the same key ring can compute from the same text. */
export function checkValue(keys: KeyRing, text: string): string {
  return fingerprint(keys, `check ${text}`).slice(0, 8);
}

/**
 * A value that is equal for equal content and does not reveal it: HMAC-SHA-256, hex. Keyed, because a plain hash of an application could be
 * guessed. Uses the ring's `fingerprint` key, not the current one, so it is the same after rotations.
 */
export function fingerprint(keys: KeyRing, canonicalText: string): string {
  const key = deriveKey(keys, keys.fingerprint, 'fingerprint v1');
  if (!key) throw new SealError(`the key ring has no key "${keys.fingerprint}"`);
  return createHmac('sha256', key).update(canonicalText).digest('hex');
}
