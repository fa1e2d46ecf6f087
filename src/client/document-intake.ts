import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { DocumentReference } from '../lifecycle/application.js';
import { checkDocument, DocumentRefused } from '../store/document-check.js';
import type { DocumentStore } from '../store/document-store.js';
import { InvalidInput, type Fault } from './errors.js';
import { faultsOf, pathText } from './faults.js';
import { document as documentSchema, type DocumentInput } from './field-schemas.js';

/** A document that was read and checked, and is not stored yet. */
export interface ReadDocument {
  content: Uint8Array;
  type: string;
  fileName: string;
  mimeType: string;
  subject: string | undefined;
}

/**
 * Reads the documents that are well described and checks their contents; says what is wrong with the others' contents.
 * @param folder that `file` paths start from; without it no file is read, so that an input from elsewhere cannot name one
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
    const field = described.file === undefined ? 'content' : 'file';
    try {
      const content = await contentOf(described, folder);
      const mimeType = checkDocument(content, described.mimeType);
      const fileName = described.fileName ?? basename(described.file!);
      documents.push({ content, mimeType, fileName, type: described.type, subject: described.subject });
    } catch (error) {
      if (!(error instanceof DocumentRefused)) throw error;
      faults.push({ path: pathText(['documents', index, field]), message: error.message });
    }
  }
  return { documents, faults };
}

/** As `readDocuments`, for documents that are sent on their own. */
export async function readSubmission(
  inputs: readonly DocumentInput[],
  folder: string | undefined,
): Promise<ReadDocument[]> {
  const parsed = z.strictObject({ documents: z.array(documentSchema).min(1).max(50) }).safeParse({ documents: inputs });
  const { documents, faults } = await readDocuments(inputs, folder);
  const all = [...faultsOf(parsed.error), ...faults];
  if (all.length > 0) throw new InvalidInput('the documents', all);
  return documents;
}

/** Stores documents and gives their references. The same document of the same lifecycle always gets the same id. */
export async function storeDocuments(
  store: DocumentStore,
  workflowId: string,
  documents: readonly ReadDocument[],
): Promise<DocumentReference[]> {
  return Promise.all(
    documents.map(({ content, ...meta }) =>
      store.put(content, { ...meta, documentId: documentIdOf(workflowId, meta.type, meta.subject, content) }),
    ),
  );
}

async function contentOf({ file, content }: DocumentInput, folder: string | undefined): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content;
  if (content !== undefined) {
    const bytes = z.base64().safeParse(content).data;
    if (bytes === undefined) throw new DocumentRefused('base64 is expected');
    return Buffer.from(bytes, 'base64');
  }
  if (folder === undefined) throw new DocumentRefused('no files are read here; give the content');
  return readFile(resolve(folder, file!)).catch((error: NodeJS.ErrnoException) => {
    throw new DocumentRefused(error.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${error.code})`);
  });
}

/** A UUID in the form of version 4, as FinHub asks for (facts V03), made from what the document is, so that sending it again adds nothing. */
function documentIdOf(workflowId: string, type: string, subject: string | undefined, content: Uint8Array): string {
  const contentHash = createHash('sha256').update(content).digest('hex');
  const bytes = createHash('sha256')
    .update(JSON.stringify([workflowId, type, subject ?? null, contentHash]))
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
