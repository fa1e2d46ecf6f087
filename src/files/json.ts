/** What is wrong with a text that should be JSON, and where; never what stands there, which may be secret or personal. */
export class NotJson extends Error {
  override name = 'NotJson';
}

/**
 * The value of a JSON file, of its bytes or its text. A byte order mark says nothing in UTF-8 and is passed over.
 * @throws NotJson
 */
export function parseJson(content: Uint8Array | string): unknown {
  const text = typeof content === 'string' ? content.replace(/^\ufeff/, '') : decoded(content);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotJson(whyNoJson(text, error as Error));
  }
}

function decoded(bytes: Uint8Array): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) throw new NotJson('is UTF-16; save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new NotJson('is not UTF-8; save it as UTF-8');
  }
}

/** Where a text stops being JSON. */
function whyNoJson(text: string, { message }: Error): string {
  if (text.trim() === '') return 'is empty; JSON is expected';
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  const place = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
  const comma = /,\s*$/.test(text.slice(0, position)) && /^\s*[}\]]/.test(text.slice(position));
  return `JSON is expected; it breaks off at ${place}${comma ? ': a comma stands before a closing bracket' : ''}`;
}
