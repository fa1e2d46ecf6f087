/** The largest document that FinHub accepts: 20 MB. Source: facts V03. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** The kinds of documents that FinHub accepts, by their first bytes. Source: facts I09, O20. */
const SIGNATURES = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
} as const;

export type DocumentMimeType = keyof typeof SIGNATURES;

const DOCUMENT_MIME_TYPES = Object.keys(SIGNATURES) as DocumentMimeType[];

/** A rejected document. The message says why, without the document's content. */
export class DocumentRefused extends Error {
  override readonly name = 'DocumentRefused';
}

/**
 * The type of a document, by its content.
 * @param declared the type that the sender claims; must match the content
 * @throws DocumentRefused for an empty, too large, unknown or wrongly declared document
 */
export function checkDocument(content: Uint8Array, declared?: string): DocumentMimeType {
  if (content.length === 0) throw new DocumentRefused('the document is empty');
  if (content.length > MAX_DOCUMENT_BYTES) {
    throw new DocumentRefused(
      `the document has ${content.length} bytes; at most ${MAX_DOCUMENT_BYTES} (20 MB) are allowed`,
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

/** Bytes at the start of a file that may hold a PDF's header, and at its end that may hold the closing marks. */
const NEAR = 1024;

function whyUnknown(content: Uint8Array): string {
  const start = Buffer.from(content.subarray(0, NEAR)).indexOf('%PDF-');
  if (start > 0) {
    return `the document has ${start} bytes before "%PDF-", for example a byte order mark or mail headers; send only the PDF`;
  }
  return 'the document is neither a PDF nor a JPEG nor a PNG';
}

/** Finds damage that makes a document unreadable. Cheap searches for marks: a parser could be attacked with hostile files. */
const damageOf: Record<DocumentMimeType, (content: Buffer) => string | undefined> = {
  'application/pdf': (content) => {
    const end = content.subarray(-NEAR);
    if (end.indexOf('%%EOF') < 0) return 'the PDF is cut off: its end mark "%%EOF" is missing';
    // The trailer names the encryption, where readers look first.
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

/** The parts of a PDF that describe how to read it: the text after each `trailer`, and the dictionaries of cross-reference streams. */
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
