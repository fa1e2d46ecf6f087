import { randomUUID } from 'node:crypto';
import { BoxError, closeNamed, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { checkValue } from '../secrets/seal.js';
import type { Blobs } from './blobs.js';

/** The blob with a store's id. */
const NAME = 'store-id';
const BOUND = 'store id';

/** The store's id was written with another key ring; the message says how to fix it. */
export class StoreOfOthers extends Error {
  override readonly name = 'StoreOfOthers';
}

/**
 * The id of a store: random, written by the first process that uses it, and readable only with the key ring.
 * @throws StoreOfOthers, or the store's own error if it does not respond
 */
export async function storeId(blobs: Blobs, keys: KeyRing): Promise<string> {
  const existing = await existingStoreId(blobs, keys);
  if (existing !== undefined) return existing;
  await blobs.create(NAME, boxed(keys, randomUUID()));
  const made = await existingStoreId(blobs, keys);
  if (made === undefined) throw new Error('the document store loses what is written to it');
  return made;
}

/** Like {@link storeId}, but writes none: undefined for a store that nobody has used yet, or an empty folder in its place. */
export async function existingStoreId(blobs: Blobs, keys: KeyRing): Promise<string | undefined> {
  const stored = await blobs.read(NAME);
  if (stored === undefined) return undefined;
  try {
    const { content, isOld } = openNamed(keys, 'store v1', BOUND, stored);
    const id = content.toString('utf8');
    // Written again before the old key leaves the ring.
    if (isOld) await blobs.write(NAME, boxed(keys, id));
    return id;
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    throw new StoreOfOthers(
      'the document store belongs to another key ring than ONBOARDING_KEYS or ONBOARDING_KEYS_FILE names; ' +
        'give this process the ring that the store was first used with, or an empty DOCUMENT_STORE',
      { cause: error },
    );
  }
}

/** A short value that distinguishes stores and may be shown. */
export function storeCheck(keys: KeyRing, id: string): string {
  return checkValue(keys, `store ${id}`);
}

function boxed(keys: KeyRing, id: string): Buffer {
  return closeNamed(keys, 'store v1', BOUND, Buffer.from(id));
}
