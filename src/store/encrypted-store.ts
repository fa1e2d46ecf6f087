import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BoxError, KeyMissing } from '../secrets/box.js';
import { closeChunked, openChunked } from '../secrets/chunked-box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';
import { type Checked, DocumentCheck, DocumentRefused, piecesOf } from './document-check.js';
import { isDocumentId } from './document-id.js';
import { DocumentUnavailable, type DocumentStore, type Named } from './document-store.js';

/** Stores documents encrypted, each under its own id, so that the host of the bytes reads nothing and each document can be deleted. */
export function encryptedStore(blobs: Blobs, keys: KeyRing): DocumentStore {
  const opened = async function* (named: Named): AsyncGenerator<Buffer> {
    // The id becomes a path: whatever else a reference may hold never reaches the store.
    const stored = isDocumentId(named.documentId) ? await blobs.stream(named.documentId) : undefined;
    if (stored === undefined) throw new DocumentUnavailable(named, 'missing');
    try {
      yield* openChunked(keys, 'document v2', bound(named), stored);
    } catch (error) {
      if (error instanceof KeyMissing || !(error instanceof BoxError)) throw error;
      throw new DocumentUnavailable(named, 'changed', { cause: error });
    }
  };

  const store: DocumentStore = {
    put: (content, meta) =>
      store.take(Readable.from(piecesOf(content)) as AsyncIterable<Uint8Array>, {
        ...meta,
        sha256: createHash('sha256').update(content).digest('hex'),
      }),

    async take(content, meta) {
      const { documentId, type, fileName, subject, sha256 } = meta;
      if (!isDocumentId(documentId)) throw new TypeError('a document id is a UUID');
      let found: Checked | undefined;
      const checked = async function* (): AsyncGenerator<Uint8Array> {
        const check = new DocumentCheck(meta.mimeType);
        for await (const part of content) {
          check.update(part);
          yield part;
        }
        found = check.end();
        if (found.sha256 !== sha256) throw new DocumentRefused(`the document's SHA-256 is ${found.sha256}`);
      };
      const named = { documentId, sha256 };
      await blobs.write(documentId, closeChunked(keys, 'document v2', bound(named), checked()));
      const { mimeType, size } = found!;
      return { documentId, type, fileName, mimeType, size, sha256, ...(subject && { subject }) };
    },

    async find(named) {
      const check = new DocumentCheck();
      for await (const part of opened(named)) check.update(part);
      const { mimeType, size, sha256 } = check.end();
      if (sha256 !== named.sha256) throw new DocumentUnavailable(named, 'changed');
      return { mimeType, size };
    },

    async get(reference) {
      const parts: Buffer[] = [];
      for await (const part of opened(reference)) parts.push(part);
      const content = Buffer.concat(parts);
      const sha256 = createHash('sha256').update(content).digest('hex');
      if (content.length !== reference.size || sha256 !== reference.sha256) {
        throw new DocumentUnavailable(reference, 'changed');
      }
      return content;
    },

    async remove(documentId) {
      if (isDocumentId(documentId)) await blobs.remove(documentId);
    },
  };
  return store;
}

/** Bytes that were stored for another document do not open. */
function bound({ documentId, sha256 }: Named): string {
  return JSON.stringify([documentId, sha256]);
}
