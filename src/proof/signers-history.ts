import { close, open } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from '../store/blobs.js';
import type { SignersHistory } from './signers-file.js';

const NEWEST = 'signers-newest';

/** Keeps every version of the signers file that was used in the document store, for audits that name one by its hash. */
export function signersHistory(blobs: Blobs, keys: KeyRing): SignersHistory {
  const write = (name: string, content: Uint8Array): Promise<void> =>
    blobs.write(name, Buffer.concat([Buffer.from(`${keys.current}\n`), close(keys, 'signers v1', name, content)]));
  return {
    async newest() {
      const stored = await blobs.read(NEWEST);
      if (stored === undefined) return undefined;
      const end = stored.indexOf('\n');
      const text = open(keys, stored.toString('utf8', 0, end), 'signers v1', NEWEST, stored.subarray(end + 1));
      return JSON.parse(text.toString('utf8')) as { version: number; hash: string };
    },
    async remember({ version, hash }, content) {
      await write(`signers-${hash}`, content);
      await write(NEWEST, Buffer.from(JSON.stringify({ version, hash })));
    },
  };
}
