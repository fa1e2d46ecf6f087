import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** The most bytes that we read of a response, packed or unpacked. */
export const MAX_RESPONSE = 4 * 1024 * 1024;

/** The encodings we accept; the value of `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

/** The most encodings we unpack one after the other; no honest server uses more. */
const MOST_LAYERS = 3;

type Unpack = (packed: Buffer) => Buffer;
const LIMIT = { maxOutputLength: MAX_RESPONSE };

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

/** The body of a response is not text. The message says why, without the body. */
export class UnreadableContent extends Error {}

/**
 /**
  * The text of a response's body, unpacked and decoded. Broken characters are an error, not replaced: they would change a name.
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
  if (encodings.length > MOST_LAYERS) throw new UnreadableContent('it has too many encodings');
  // The last encoding named was applied last.
  return encodings.reduceRight((packed, name) => {
    const unpack = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
    if (!unpack) throw new UnreadableContent('we did not ask for its content-encoding');
    try {
      return unpack(packed);
    } catch (cause) {
      const tooLong = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
      const why = tooLong ? `it unpacks to more than ${MAX_RESPONSE} bytes` : `it is not valid ${name}`;
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
