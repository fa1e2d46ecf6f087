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
  if (actual === undefined) throw new DocumentRefused(whyUnknown(content));
  if (declared !== undefined && declared !== actual) {
    throw new DocumentRefused(`the document is declared as ${declared}, but its content is ${actual}`);
  }
  const damage = damageOf[actual](Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  if (damage !== undefined) throw new DocumentRefused(damage);
  return actual;
}

/** How far into a file a PDF's own header is looked for, and from its end the marks that close one. */
const NEAR = 1024;

function whyUnknown(content: Uint8Array): string {
  const start = Buffer.from(content.subarray(0, NEAR)).indexOf('%PDF-');
  if (start > 0) {
    return `the document has ${start} bytes before "%PDF-", such as a byte order mark or mail headers; send the PDF alone`;
  }
  return 'the document is neither a PDF nor a JPEG nor a PNG';
}

/** What shows at once that nobody could read a document: cheap searches for marks, no parser for hostile files to attack. */
const damageOf: Record<DocumentMimeType, (content: Buffer) => string | undefined> = {
  'application/pdf': (content) => {
    const end = content.subarray(-NEAR);
    if (end.indexOf('%%EOF') < 0) return 'the PDF is cut off: its end mark "%%EOF" is missing';
    // The trailer names what encrypts the file; readers find it there before anything else.
    if (/\/Encrypt\s+\d+\s+\d+\s+R|\/Encrypt\s*<</.test(trailersOf(content))) {
      return 'the PDF is encrypted; send it without a password';
    }
    return undefined;
  },
  'image/png': (content) => {
    if (content.length < 45 || content.toString('latin1', 12, 16) !== 'IHDR') return 'the PNG has no image header';
    return content.toString('latin1', content.length - 8, content.length - 4) === 'IEND'
      ? undefined
      : 'the PNG is cut off: its end chunk is missing';
  },
  'image/jpeg': (content) => {
    const end = content.subarray(-NEAR).lastIndexOf(Buffer.from([0xff, 0xd9]));
    return end < 0 ? 'the JPEG is cut off: its end mark is missing' : undefined;
  },
};

/** The parts of a PDF that say how to read it: what follows each `trailer`, and the dictionaries of cross-reference streams. */
function trailersOf(content: Buffer): string {
  const parts: string[] = [];
  for (const mark of ['trailer', '/XRef']) {
    for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + mark.length)) {
      parts.push(content.toString('latin1', Math.max(0, at - (mark === '/XRef' ? NEAR : 0)), at + NEAR));
      if (parts.length >= MOST_TRAILERS) return parts.join('\n');
    }
  }
  return parts.join('\n');
}

const MOST_TRAILERS = 100;
