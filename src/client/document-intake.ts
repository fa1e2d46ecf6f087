import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import type { DocumentReference } from '../contract/application.js';
import { checkDocument, DocumentRefused } from '../store/document-check.js';
import { documentIdOf } from '../store/document-id.js';
import { DocumentUnavailable, type DocumentStore } from '../store/document-store.js';
import { readInside } from './document-file.js';
import { InvalidInput, type Fault } from './errors.js';
import { faultsOf } from '../intake/faults.js';
import { pathText } from '../lifecycle/path-text.js';
import { document as documentSchema, type DocumentInput } from '../contract/field-schemas.js';

/** A document that was read and checked, and is not stored yet; or one that was uploaded before. */
export type ReadDocument = { type: string; fileName: string; subject: string | undefined; index: number } & (
  { content: Uint8Array; mimeType: string } | { sha256: string; mimeType: string | undefined }
);

/**
 * Reads the well-described documents and checks their contents; returns the faults of the others.
 * @param folder that `file` paths are relative to; without it no file is read, so that remote input cannot name one
 */
export async function readDocuments(
  inputs: readonly unknown[],
  folder: string | undefined,
): Promise<{ documents: ReadDocument[]; faults: Fault[] }> {
  const documents: ReadDocument[] = [];
  const faults: Fault[] = [];
  for (const [index, input] of inputs.entries()) {
    const described = documentSchema.safeParse(input).data;
    if (described === undefined) continue;
    const { type, subject, sha256 } = described;
    if (sha256 !== undefined) {
      documents.push({ index, type, subject, sha256, fileName: described.fileName!, mimeType: described.mimeType });
      continue;
    }
    const field = described.file === undefined ? 'content' : 'file';
    try {
      const content = await contentOf(described, folder);
      const mimeType = checkDocument(content, described.mimeType);
      const fileName = described.fileName ?? basename(described.file!);
      documents.push({ index, content, mimeType, fileName, type, subject });
    } catch (error) {
      if (!(error instanceof DocumentRefused)) throw error;
      faults.push({ path: pathText(['documents', index, field]), message: error.message });
    }
  }
  return { documents, faults };
}

/** Like `readDocuments`, for documents sent on their own. */
export async function readSubmission(inputs: unknown, folder: string | undefined): Promise<ReadDocument[]> {
  const parsed = z.strictObject({ documents: z.array(documentSchema).min(1).max(50) }).safeParse({ documents: inputs });
  const { documents, faults } = await readDocuments(Array.isArray(inputs) ? inputs : [], folder);
  const all = [...faultsOf(parsed.error), ...faults];
  if (all.length > 0) throw new InvalidInput('the documents', all);
  return documents;
}

/**
 * Stores documents and gives their references. The same document of the same lifecycle always gets the same id.
 * @throws InvalidInput for what is said to be uploaded and is not
 */
export async function storeDocuments(
  store: DocumentStore,
  workflowId: string,
  documents: readonly ReadDocument[],
): Promise<DocumentReference[]> {
  const faults: Fault[] = [];
  const stored = await Promise.all(
    documents.map(async ({ index, ...document }) => {
      if ('content' in document) {
        const { content, ...meta } = document;
        const documentId = documentIdOf(workflowId, { ...meta, sha256: hashOf(content) });
        return [await store.put(content, { ...meta, documentId })];
      }
      const found = await uploaded(store, workflowId, document);
      if (typeof found !== 'string') return [found];
      faults.push({ path: pathText(['documents', index, 'sha256']), message: found });
      return [];
    }),
  );
  if (faults.length > 0) throw new InvalidInput('the documents', faults);
  return stored.flat();
}

/** The reference of a document that was uploaded for the case, or what is wrong with what is said of it. */
async function uploaded(
  store: DocumentStore,
  workflowId: string,
  { type, subject, sha256, fileName, mimeType }: Omit<ReadDocument & { sha256: string }, 'index'>,
): Promise<DocumentReference | string> {
  const documentId = documentIdOf(workflowId, { type, subject, sha256 });
  try {
    const found = await store.find({ documentId, sha256 });
    if (mimeType !== undefined && mimeType !== found.mimeType) return `the document is ${found.mimeType}`;
    return { documentId, type, fileName, ...found, sha256, ...(subject !== undefined && { subject }) };
  } catch (error) {
    if (!(error instanceof DocumentUnavailable)) throw error;
    return 'no such document was uploaded for this case, type and subject';
  }
}

async function contentOf({ file, content }: DocumentInput, folder: string | undefined): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  if (content !== undefined) {
    const bytes = z.base64().safeParse(content).data;
    if (bytes === undefined) throw new DocumentRefused('base64 is expected');
    return Buffer.from(bytes, 'base64');
  }
  if (folder === undefined) throw new DocumentRefused('no files are read here; give the content');
  return readInside(folder, file!);
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
