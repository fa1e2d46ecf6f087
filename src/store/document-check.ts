import { createHash } from 'node:crypto';
import { DOCUMENT_MIME_TYPES, type DocumentMimeType } from '../contract/document-types.js';

/** The largest document that FinHub accepts: 20 MB. Source: facts V03. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** How each kind of file begins. */
const SIGNATURES: Record<DocumentMimeType, readonly number[]> = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
};

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
  const check = new DocumentCheck(declared);
  for (const piece of piecesOf(content)) check.update(piece);
  return check.end().mimeType;
}

const PIECE_BYTES = 64 * 1024;

/** Content that is in memory, as it would flow. */
export function* piecesOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}

/** What a check found. */
export interface Checked {
  mimeType: DocumentMimeType;
  /** Bytes. */
  size: number;
  /** Hex digest of the content. */
  sha256: string;
}

/** Checks a document while it flows by: what shows early is refused early, and no more than a few KB of it are held. */
export class DocumentCheck {
  readonly #declared: string | undefined;
  readonly #hash = createHash('sha256');
  readonly #encryption = new EncryptionSearch();
  #size = 0;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #type: DocumentMimeType | undefined;

  /** @param declared what the sender says it is; the content has to agree */
  constructor(declared?: string) {
    this.#declared = declared;
  }

  /** @throws DocumentRefused as soon as it shows */
  update(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > MAX_DOCUMENT_BYTES) {
      throw new DocumentRefused(
        `the document has ${this.#size} bytes or more; at most ${MAX_DOCUMENT_BYTES} (20 MB) are allowed`,
      );
    }
    this.#hash.update(part);
    if (this.#head.length < NEAR) this.#head = Buffer.concat([this.#head, part.subarray(0, NEAR - this.#head.length)]);
    this.#tail = part.length >= NEAR ? Buffer.from(part.subarray(-NEAR)) : joined(this.#tail, part).subarray(-NEAR);
    if (this.#type === undefined && this.#head.length === NEAR) this.#type = this.#typeByHead();
    if (this.#type === undefined || this.#type === 'application/pdf') this.#encryption.update(part);
  }

  /** @throws DocumentRefused */
  end(): Checked {
    if (this.#size === 0) throw new DocumentRefused('the document is empty');
    const mimeType = this.#type ?? this.#typeByHead();
    const damage = damageOf[mimeType]({ head: this.#head, tail: this.#tail, size: this.#size });
    if (damage !== undefined) throw new DocumentRefused(damage);
    if (mimeType === 'application/pdf' && this.#encryption.end()) {
      throw new DocumentRefused('the PDF is encrypted; send it without a password');
    }
    return { mimeType, size: this.#size, sha256: this.#hash.digest('hex') };
  }

  #typeByHead(): DocumentMimeType {
    const actual = DOCUMENT_MIME_TYPES.find((type) =>
      SIGNATURES[type].every((byte, index) => this.#head[index] === byte),
    );
    if (actual === undefined) throw new DocumentRefused(whyUnknown(this.#head));
    if (this.#declared !== undefined && this.#declared !== actual) {
      throw new DocumentRefused(`the document is declared as ${this.#declared}, but its content is ${actual}`);
    }
    return actual;
  }
}

/** Bytes at the start of a file that may hold a PDF's header, and at its end that may hold the closing marks. */
const NEAR = 1024;

function whyUnknown(head: Buffer): string {
  const start = head.indexOf('%PDF-');
  if (start > 0) {
    return `the document has ${start} bytes before "%PDF-", for example a byte order mark or mail headers; send only the PDF`;
  }
  return 'the document is neither a PDF nor a JPEG nor a PNG';
}

interface Ends {
  /** The first and the last KB. */
  head: Buffer;
  tail: Buffer;
  size: number;
}

/** Finds damage that makes a document unreadable. Cheap searches for marks: a parser could be attacked with hostile files. */
const damageOf: Record<DocumentMimeType, (ends: Ends) => string | undefined> = {
  'application/pdf': ({ tail }) =>
    tail.includes('%%EOF') ? undefined : 'the PDF is cut off: its end mark "%%EOF" is missing',
  'image/png': ({ head, tail, size }) => {
    if (size < 45 || head.toString('latin1', 12, 16) !== 'IHDR') return 'the PNG has no image header';
    return tail.toString('latin1', tail.length - 8, tail.length - 4) === 'IEND'
      ? undefined
      : 'the PNG is cut off: its end chunk is missing';
  },
  'image/jpeg': ({ tail }) =>
    tail.includes(Buffer.from([0xff, 0xd9])) ? undefined : 'the JPEG is cut off: its end mark is missing',
};

const MOST_TRAILERS = 100;
const ENCRYPTED = /\/Encrypt\s+\d+\s+\d+\s+R|\/Encrypt\s*<</;

/**
 * Looks whether a PDF says that it is encrypted: readers find that in the parts that say how to read it, which follow each `trailer`, or stand
 * around `/XRef` in the dictionary of a cross-reference stream.
 */
class EncryptionSearch {
  #held: Buffer = Buffer.alloc(0);
  /** Where in what is held the search goes on. */
  #from = 0;
  #trailers = 0;
  #found = false;

  update(part: Uint8Array): void {
    if (this.#found || this.#trailers >= MOST_TRAILERS) return;
    this.#held = joined(this.#held, part);
    // A mark counts once all that belongs to it is here.
    const until = this.#held.length - 2 * NEAR;
    if (until <= this.#from) return;
    this.#search(until);
    const begin = Math.max(0, until - NEAR);
    this.#held = Buffer.from(this.#held.subarray(begin));
    this.#from = until - begin;
  }

  end(): boolean {
    this.#search(this.#held.length);
    return this.#found;
  }

  #search(until: number): void {
    for (const [mark, before] of [
      ['trailer', 0],
      ['/XRef', NEAR],
    ] as const) {
      for (let at = this.#next(mark, this.#from); at < until; at = this.#next(mark, at + mark.length)) {
        this.#trailers += 1;
        const part = this.#held.toString('latin1', Math.max(0, at - before), at + NEAR);
        if (ENCRYPTED.test(part)) this.#found = true;
        if (this.#found || this.#trailers >= MOST_TRAILERS) return;
      }
    }
  }

  #next(mark: string, from: number): number {
    const at = this.#held.indexOf(mark, from);
    return at < 0 ? Infinity : at;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.concat([one, other]);
}
