import { createHmac } from 'node:crypto';
import { SEALED, SEALED_ALONE, SEALED_PREFIX } from '../lifecycle/sealed.js';
import { BoxError, close, KeyMissing, open } from './box.js';
import { deriveKey, type KeyRing } from './key-ring.js';

/** A sealed text that cannot be opened; the message holds nothing of it. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Seals a secret with the current key: `sealed:v1:<keyId>:<base64url>`; everything before the last colon is authenticated with it. */
export function seal(keys: KeyRing, plain: string): string {
  const head = `${SEALED_PREFIX}${keys.current}`;
  return `${head}:${close(keys, 'seal v1', head, Buffer.from(plain)).toString('base64url')}`;
}

/** A text with what is sealed in it blanked out. */
export function hideSealed(text: string): string {
  return text.replaceAll(new RegExp(SEALED, 'g'), '[sealed]');
}

/**
 * Opens what `seal` closed, with whichever key of the ring it names.
 * @throws SealError if the text is not sealed, or it was changed; KeyMissing if its key is not in the ring
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

/** Tells one key ring from another without giving it away; the same over rotations. */
export function ringCheck(keys: KeyRing): string {
  return checkValue(keys, 'key ring');
}

/** A short value that only holders of the same key ring and the same text come to. */
export function checkValue(keys: KeyRing, text: string): string {
  return fingerprint(keys, `check ${text}`).slice(0, 8);
}

/**
 * Tells equal content from other content without giving the content away: HMAC-SHA-256, hex. Keyed, since a plain hash of an application
 * could be guessed; the same over rotations, since its key is the ring's `fingerprint` key and not the current one.
 */
export function fingerprint(keys: KeyRing, canonicalText: string): string {
  const key = deriveKey(keys, keys.fingerprint, 'fingerprint v1');
  if (!key) throw new SealError(`the key ring holds no key "${keys.fingerprint}"`);
  return createHmac('sha256', key).update(canonicalText).digest('hex');
}
