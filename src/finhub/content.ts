import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Bytes of an answer that are read at the most, packed or not. */
export const MAX_ANSWER = 4 * 1024 * 1024;

/** The encodings that an answer may come in; what `Accept-Encoding` asks for. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

/** Encodings on top of each other that are taken off; more is nobody's honest answer. */
const MOST_LAYERS = 3;

type Unpack = (packed: Buffer) => Buffer;
const LIMIT = { maxOutputLength: MAX_ANSWER };

const UNPACK: Readonly<Record<string, Unpack>> = {
  identity: (plain) => plain,
  gzip: (packed) => gunzipSync(packed, LIMIT),
  'x-gzip': (packed) => gunzipSync(packed, LIMIT),
  br: (packed) => brotliDecompressSync(packed, LIMIT),
  deflate: inflate,
};

/** Servers disagree on whether "deflate" has zlib's header. */
function inflate(packed: Buffer): Buffer {
  const hasHeader = packed.length > 1 && (packed[0]! & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
  return hasHeader ? inflateSync(packed, LIMIT) : inflateRawSync(packed, LIMIT);
}

/** An answer's body that is no text; its message says why, without the body. */
export class UnreadableContent extends Error {}

/**
 * The text of an answer's body, unpacked and decoded. Nothing is replaced: a name with a broken letter in it would be another name.
 * @throws UnreadableContent
 */
export function textOf(body: Buffer, contentEncoding: unknown): string {
  if (body.length === 0) return '';
  return decoded(unpacked(body, namesIn(contentEncoding)));
}

function namesIn(contentEncoding: unknown): string[] {
  const header = Array.isArray(contentEncoding) ? contentEncoding.join(',') : contentEncoding;
  if (typeof header !== 'string') return [];
  return header
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

function unpacked(body: Buffer, encodings: string[]): Buffer {
  if (encodings.length > MOST_LAYERS) throw new UnreadableContent('it is packed too many times over');
  // The last one named was put on last.
  return encodings.reduceRight((packed, name) => {
    const unpack = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
    if (!unpack) throw new UnreadableContent('its content-encoding is none of those that were asked for');
    try {
      return unpack(packed);
    } catch (cause) {
      const tooLong = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
      const why = tooLong
        ? `unpacked it is longer than ${MAX_ANSWER} bytes`
        : `it is not the ${name} that it says it is`;
      throw new UnreadableContent(why, { cause });
    }
  }, body);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new UnreadableContent('it is not UTF-8', { cause });
  }
}
