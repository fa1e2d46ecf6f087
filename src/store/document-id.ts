import { createHash } from 'node:crypto';

/** What a document's id depends on, besides the case. */
export interface Identity {
  type: string;
  subject?: string | undefined;
  /** Hex digest of the content. */
  sha256: string;
}

/**
 * The id of a case's document: a UUID in the form of version 4, as FinHub requires (facts V03), derived from the document and its case.
 * Sending a document again therefore adds nothing, and nobody can pass off another case's document as their own.
 */
export function documentIdOf(workflowId: string, { type, subject, sha256 }: Identity): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([workflowId, type, subject ?? null, sha256]))
    .digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function isDocumentId(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}
