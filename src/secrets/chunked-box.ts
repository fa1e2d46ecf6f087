import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { BoxError, KeyMissing } from './box.js';
import { deriveKey, type KeyRing } from './key-ring.js';

/**
 * Boxes for what is too large to hold: AES-256-GCM over chunks of 64 KiB, each under a nonce of its number and of whether it is the last
 * (the STREAM construction), so none can be left out, moved or cut off. The key is made anew for each box, from the ring's key and a salt.
 *
 * On disk: the id of the ring's key, a line end, 32 bytes of salt, then the chunks, each followed by its tag of 16 bytes.
 */
const CIPHER = 'aes-256-gcm';
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SALT_BYTES = 32;
/** A key's id is 40 letters at most. */
const MAX_ID_BYTES = 64;

export type ChunkedPurpose = 'document v2';

/** @param bound authenticated with the content, and needed again to open it */
export async function* closeChunked(
  keys: KeyRing,
  purpose: ChunkedPurpose,
  bound: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const key = keyOf(keys, keys.current, purpose, salt);
  yield Buffer.concat([Buffer.from(`${keys.current}\n`), salt]);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let [filled, count] = [0, 0];
  const sealed = (isLast: boolean): Buffer => {
    const cipher = createCipheriv(CIPHER, key, nonceOf(count++, isLast), { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(bound));
    return Buffer.concat([cipher.update(chunk.subarray(0, filled)), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const part of content) {
    for (let at = 0; at < part.length;) {
      // Only once more comes: until then it may be the last.
      if (filled === CHUNK_BYTES) {
        yield sealed(false);
        filled = 0;
      }
      const taken = part.subarray(at, at + CHUNK_BYTES - filled);
      chunk.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  yield sealed(true);
}

/**
 * Opens what `closeChunked` made. What it yields is authentic; that it is complete is known at the end only.
 * @throws BoxError if the key is not in the ring, or content or `bound` are not what they were
 */
export async function* openChunked(
  keys: KeyRing,
  purpose: ChunkedPurpose,
  bound: string,
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let [held, count]: [Buffer, number] = [Buffer.alloc(0), 0];
  let key: Buffer | undefined;
  const opened = (sealed: Buffer, isLast: boolean): Buffer => {
    if (sealed.length < TAG_BYTES) throw new BoxError('it is cut short');
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, key!, nonceOf(count++, isLast), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(sealed.subarray(end));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
    } catch (cause) {
      throw new BoxError('it was changed, or belongs elsewhere', { cause });
    }
  };
  for await (const part of stored) {
    held = Buffer.concat([held, part]);
    if (key === undefined) {
      const end = held.indexOf('\n');
      if (end < 0 && held.length > MAX_ID_BYTES) throw new BoxError('it names no key');
      const begins = end + 1 + SALT_BYTES;
      if (end < 0 || held.length < begins) continue;
      key = keyOf(keys, held.toString('utf8', 0, end), purpose, held.subarray(end + 1, begins));
      held = held.subarray(begins);
    }
    while (held.length > CHUNK_BYTES + TAG_BYTES) {
      yield opened(held.subarray(0, CHUNK_BYTES + TAG_BYTES), false);
      held = held.subarray(CHUNK_BYTES + TAG_BYTES);
    }
  }
  if (key === undefined) throw new BoxError('it is cut short');
  yield opened(held, true);
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(count, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function keyOf(keys: KeyRing, keyId: string, purpose: ChunkedPurpose, salt: Uint8Array): Buffer {
  const key = deriveKey(keys, keyId, purpose);
  if (!key) throw new KeyMissing(`the key ring holds no key "${keyId}"`);
  return Buffer.from(hkdfSync('sha256', key, salt, '', 32));
}
