import { createHash } from 'node:crypto';
import type { DocumentReference } from '../contract/application.js';
import { BoxError, closeNamed, KeyMissing, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';
import { checkDocument } from './document-check.js';
import { isDocumentId } from './document-id.js';
import { DocumentUnavailable, type DocumentStore } from './document-store.js';

/** Stores documents encrypted, each under its own id, so that the host of the bytes reads nothing and each document can be deleted. */
export function encryptedStore(blobs: Blobs, keys: KeyRing): DocumentStore {
  return {
    async put(content, meta) {
      const mimeType = checkDocument(content, meta.mimeType);
      const { documentId, type, fileName, subject } = meta;
      if (!isDocumentId(documentId)) throw new TypeError('a document id is a UUID');
      const sha256 = hashOf(content);
      const reference = { documentId, type, fileName, mimeType, size: content.length, sha256 };
      await blobs.write(documentId, closeNamed(keys, 'document v1', bound(reference), content));
      return { ...reference, ...(subject && { subject }) };
    },

    async get(reference) {
      // The id becomes a path, so nothing but a UUID may reach the store.
      const stored = isDocumentId(reference.documentId) ? await blobs.read(reference.documentId) : undefined;
      if (stored === undefined) throw new DocumentUnavailable(reference, 'missing');
      const content = decrypted(keys, reference, stored);
      if (content.length !== reference.size || hashOf(content) !== reference.sha256) {
        throw new DocumentUnavailable(reference, 'changed');
      }
      return content;
    },

    async remove(documentId) {
      if (isDocumentId(documentId)) await blobs.remove(documentId);
    },
  };
}

function decrypted(keys: KeyRing, reference: DocumentReference, stored: Buffer): Buffer {
  try {
    return openNamed(keys, 'document v1', bound(reference), stored).content;
  } catch (error) {
    if (error instanceof KeyMissing) throw error;
    if (error instanceof BoxError) throw new DocumentUnavailable(reference, 'changed', { cause: error });
    throw error;
  }
}

/** Bytes stored for another document do not open. */
function bound({ documentId, sha256 }: DocumentReference): string {
  return JSON.stringify([documentId, sha256]);
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
