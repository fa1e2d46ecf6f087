import { closeNamed, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from '../store/blobs.js';
import type { SignersHistory } from './signers-file.js';

const NEWEST = 'signers-newest';

/** Stores every version of the signers file that was used in the document store, for audits that name one by its hash. */
export function signersHistory(blobs: Blobs, keys: KeyRing): SignersHistory {
  const write = (name: string, content: Uint8Array): Promise<void> =>
    blobs.write(name, closeNamed(keys, 'signers v1', name, content));
  return {
    async newest() {
      const stored = await blobs.read(NEWEST);
      if (stored === undefined) return undefined;
      const { content, isOld } = openNamed(keys, 'signers v1', NEWEST, stored);
      // Written again before the old key leaves the ring: we must not forget which version is the newest.
      if (isOld) await write(NEWEST, content);
      return JSON.parse(content.toString('utf8')) as { version: number; hash: string };
    },
    async remember({ version, hash }, content) {
      await write(`signers-${hash}`, content);
      await write(NEWEST, Buffer.from(JSON.stringify({ version, hash })));
    },
  };
}
