import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DocumentReference } from '../lifecycle/application.js';
import { BoxError, close, open as openBox } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { checkDocument } from './document-check.js';
import { DocumentUnavailable, type DocumentMeta, type DocumentStore } from './document-store.js';

/**
 * Keeps documents in a folder, encrypted, each under the SHA-256 of its content. Starter and workers have to see the same folder.
 * @param folder made when the first document comes, readable by its owner alone
 */
export function folderStore(folder: string, keys: KeyRing): DocumentStore {
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  return {
    async put(content: Uint8Array, meta: DocumentMeta): Promise<DocumentReference> {
      const mimeType = checkDocument(content, meta.mimeType);
      const sha256 = hashOf(content);
      await writeWhole(pathOf(sha256), encrypted(keys, sha256, content));
      const { documentId, type, fileName, subject } = meta;
      return { documentId, type, fileName, mimeType, size: content.length, sha256, ...(subject && { subject }) };
    },

    async get(reference: DocumentReference): Promise<Buffer> {
      // The hash becomes a path: whatever else a reference may hold never reaches the file system.
      if (!/^[0-9a-f]{64}$/.test(reference.sha256)) throw new DocumentUnavailable(reference, 'missing');
      const stored = await readFile(pathOf(reference.sha256)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw new DocumentUnavailable(reference, 'missing');
        throw error;
      });
      const content = decrypted(keys, reference, stored);
      if (content.length !== reference.size || hashOf(content) !== reference.sha256) {
        throw new DocumentUnavailable(reference, 'changed');
      }
      return content;
    },
  };
}

/** A line with the key's id, then the box; the content's hash is authenticated with it. */
function encrypted(keys: KeyRing, sha256: string, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${keys.current}\n`), close(keys, 'document v1', sha256, content)]);
}

function decrypted(keys: KeyRing, reference: DocumentReference, stored: Buffer): Buffer {
  const end = stored.indexOf('\n');
  try {
    return openBox(keys, stored.toString('utf8', 0, end), 'document v1', reference.sha256, stored.subarray(end + 1));
  } catch (error) {
    if (error instanceof BoxError) throw new DocumentUnavailable(reference, 'changed', { cause: error });
    throw error;
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes beside, then renames: whoever reads sees all of it or nothing. Both syncs, so that a power cut takes nothing back. */
async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomUUID()}`;
  try {
    await withFile(beside, 'wx', async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await withFile(dirname(path), 'r', (folder) => folder.sync());
}

async function withFile(
  path: string,
  flags: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
