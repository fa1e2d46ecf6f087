import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** An answer as it goes over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What is done to an answer; `text` says what, for whoever reads a counterexample. */
export interface Change {
  text: string;
  apply(answer: Answer): Answer;
}

type Path = (string | number)[];

const LONG = '9'.repeat(40);

/** Values that systems put where others are expected: times, numbers and texts in every form, and nothing at all. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, '', ' ', {}, [], [null], [[]], { a: {} }),
  fc.constantFrom<unknown>(0, -1, 0.1, 1e21, -0.001, Number.MAX_SAFE_INTEGER + 2, 1796075940000, 1796075940),
  fc.constantFrom<unknown>(
    '30.11.2026 23:59',
    '31.02.2026',
    '9999-12-31T23:59:59Z',
    '-500',
    '1,5',
    'NaN',
    'PENDING',
    LONG,
  ),
  fc.constantFrom<unknown>(
    '..',
    '.',
    'a/b',
    '\u0000',
    '\u001b[2J',
    '\u202e',
    '%2e%2e',
    '__proto__',
    'constructor',
    'x'.repeat(70_000),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const json = fc
  .record({ at: fc.nat(), how: fc.option(value, { nil: undefined, freq: 6 }) })
  .map(({ at, how }): Change => ({
    text:
      how === undefined
        ? `without the field number ${at}`
        : `${JSON.stringify(how)?.slice(0, 60)} in place number ${at}`,
    apply: (answer) => withBody(answer, (parsed) => replaced(parsed, at, how)),
  }));

const whole = fc
  .oneof(
    value.map((one) => JSON.stringify(one) ?? ''),
    fc.constantFrom('', '{', '<html></html>', '\ufeff{}', '{"code":200}', '[[[[', LONG),
  )
  .map((text): Change => ({
    text: `the whole answer is ${text.slice(0, 60)}`,
    apply: (answer) => ({ ...answer, body: Buffer.from(text) }),
  }));

const bytes = fc.uint8Array({ maxLength: 200 }).map((body): Change => ({
  text: `the bytes ${Buffer.from(body).toString('hex').slice(0, 60)}`,
  apply: (answer) => ({ ...answer, body: Buffer.from(body) }),
}));

const cut = fc.integer({ min: 1, max: 40 }).map((by): Change => ({
  text: `the last ${by} bytes are missing`,
  apply: (answer) => ({ ...answer, body: answer.body.subarray(0, -by) }),
}));

const status = fc
  .constantFrom(
    201,
    202,
    204,
    206,
    300,
    302,
    304,
    400,
    401,
    402,
    403,
    404,
    405,
    409,
    410,
    413,
    418,
    422,
    429,
    500,
    502,
    503,
    504,
    599,
  )
  .map((code): Change => ({ text: `status ${code}`, apply: (answer) => ({ ...answer, status: code }) }));

const encoding = fc
  .tuple(fc.constantFrom('gzip', 'br', 'zstd', 'constructor', 'gzip, gzip'), fc.constantFrom('right', 'wrong'))
  .map(([name, how]): Change => ({
    text: `content-encoding ${name}, ${how}`,
    apply: (answer) => ({
      ...answer,
      headers: { ...answer.headers, 'content-encoding': name },
      body: how === 'wrong' ? answer.body : name === 'br' ? brotliCompressSync(answer.body) : gzipSync(answer.body),
    }),
  }));

const header = fc
  .constantFrom<[string, string]>(
    ['retry-after', '-1'],
    ['retry-after', 'soon'],
    ['retry-after', 'Fri, 31 Dec 1999 23:59:59 GMT'],
    ['content-type', 'text/html; charset=utf-16'],
    ['content-type', 'constructor'],
    ['location', 'http://127.0.0.1:1/'],
    ['date', 'never'],
  )
  .map(([name, given]): Change => ({
    text: `${name}: ${given}`,
    apply: (answer) => ({
      ...answer,
      status: name === 'retry-after' ? 429 : answer.status,
      headers: { ...answer.headers, [name]: given },
    }),
  }));

/** What may become of an answer of FinHub's. */
export const change: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: json, weight: 6 },
  whole,
  bytes,
  cut,
  status,
  encoding,
  header,
);

function withBody(answer: Answer, patch: (parsed: unknown) => unknown): Answer {
  try {
    return { ...answer, body: Buffer.from(JSON.stringify(patch(JSON.parse(answer.body.toString())))) };
  } catch {
    return answer;
  }
}

/** A value with its part number `at`, counted round and round, replaced or left out. */
function replaced(parsed: unknown, at: number, by: unknown): unknown {
  const paths = pathsOf(parsed);
  if (paths.length === 0) return by ?? null;
  const path = paths[at % paths.length]!;
  const parent = path.slice(0, -1).reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], parsed);
  const last = path.at(-1)!;
  if (by !== undefined) (parent as Record<string, unknown>)[last] = by;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, unknown>)[last];
  return parsed;
}

function pathsOf(parsed: unknown, above: Path = []): Path[] {
  if (typeof parsed !== 'object' || parsed === null) return [];
  return Object.entries(parsed).flatMap(([key, part]) => [[...above, key], ...pathsOf(part, [...above, key])]);
}
