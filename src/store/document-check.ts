/** The largest document FinHub takes: 20 MB. Source: facts V03. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** Kinds of documents FinHub takes, by how their content begins. Source: facts I09, O20. */
const SIGNATURES = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
} as const;

export type DocumentMimeType = keyof typeof SIGNATURES;

const DOCUMENT_MIME_TYPES = Object.keys(SIGNATURES) as DocumentMimeType[];

/** A document that is not taken in; the message says why and holds nothing of it. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
}

/**
 * The type of a document by its content.
 * @param declared what the sender says it is; the content has to agree
 * @throws DocumentRefused for an empty, too large, unknown or wrongly declared document
 */
export function checkDocument(content: Uint8Array, declared?: string): DocumentMimeType {
  if (content.length === 0) throw new DocumentRefused('the document is empty');
  if (content.length > MAX_DOCUMENT_BYTES) {
    throw new DocumentRefused(
      `the document has ${content.length} bytes; at most ${MAX_DOCUMENT_BYTES} (20 MB) are taken`,
    );
  }
  const actual = DOCUMENT_MIME_TYPES.find((type) => SIGNATURES[type].every((byte, index) => content[index] === byte));
  if (actual === undefined) throw new DocumentRefused('the document is neither a PDF nor a JPEG nor a PNG');
  if (declared !== undefined && declared !== actual) {
    throw new DocumentRefused(`the document is declared as ${declared}, but its content is ${actual}`);
  }
  return actual;
}
