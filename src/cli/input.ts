import { X509Certificate } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { InvalidInput } from '../client/index.js';
import { parseJson } from '../files/json.js';

const STDIN = '-';

/** A JSON file, and the folder that its paths are relative to; `-` is standard input and the current folder. */
export async function readJson(file: string): Promise<{ content: unknown; folder: string }> {
  const raw = file === STDIN ? await buffer(process.stdin) : await readFile(file).catch(unreadable(file));
  try {
    return { content: parseJson(raw), folder: file === STDIN ? process.cwd() : dirname(resolve(file)) };
  } catch (error) {
    throw new InvalidInput('the input', [{ path: file, message: (error as Error).message }]);
  }
}

/** The lines of a file or of standard input, and the folder that their paths are relative to. */
export async function readLines(file: string): Promise<{ lines: AsyncIterable<string>; folder: string }> {
  const fromStandardInput = file === STDIN;
  const input = fromStandardInput ? process.stdin : (await open(file).catch(unreadable(file))).createReadStream();
  const folder = fromStandardInput ? process.cwd() : dirname(resolve(file));
  return { lines: createInterface({ input, crlfDelay: Infinity }), folder };
}

/** A secret from standard input, so that it appears in no process list and no shell history. */
export async function readSecret(argument: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== STDIN) return argument;
  if (process.stdin.isTTY) process.stderr.write('type it, then Enter and Ctrl-D: ');
  return (await text(process.stdin)).trim();
}

/** A certificate from a PEM file. */
export async function readCertificate(file: string): Promise<X509Certificate> {
  const content = await readText(file);
  try {
    return new X509Certificate(content);
  } catch {
    throw new InvalidInput('the certificate', [{ path: file, message: 'a certificate in PEM is expected' }]);
  }
}

/** `TYPE` or `TYPE@SUBJECT`; the subject is the ref of a person in the application. */
function typeAndSubject(argument: string): { type: string; subject?: string } {
  const [type = '', subject] = argument.split('@', 2);
  return { type, ...(subject && { subject }) };
}

/** `TYPE`, `TYPE@SUBJECT`, `TYPE=WHY` or `TYPE@SUBJECT=WHY`. */
export function documentRequest(argument: string): { type: string; subject?: string; why?: string } {
  const at = argument.indexOf('=');
  if (at < 0) return typeAndSubject(argument);
  return { ...typeAndSubject(argument.slice(0, at)), why: argument.slice(at + 1) };
}

/** `TYPE=FILE` or `TYPE@SUBJECT=FILE`. */
export function documentArgument(argument: string): { type: string; subject?: string; file: string } {
  const at = argument.indexOf('=');
  if (at < 1 || at === argument.length - 1) {
    throw new InvalidInput('the documents', [{ path: argument, message: 'expected TYPE=FILE or TYPE@SUBJECT=FILE' }]);
  }
  return { ...typeAndSubject(argument.slice(0, at)), file: argument.slice(at + 1) };
}

/** A text from a file or, with `-`, standard input, so that it appears in no process list. */
export async function readText(file: string): Promise<string> {
  if (file === STDIN && process.stdin.isTTY) process.stderr.write('type it, then Enter and Ctrl-D: ');
  const content = file === STDIN ? await text(process.stdin) : await readFile(file, 'utf8').catch(unreadable(file));
  return content.trim();
}

/** A text given directly or in a file. */
export async function textOf(given: string | undefined, file: string | undefined): Promise<string | undefined> {
  return file === undefined ? given : readText(file);
}

/** Whether the person at the terminal confirms. */
export async function confirmed(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await asked(`${question} [y/N] `));
}

/** One line typed at the terminal. */
export async function asked(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      asking.question(question, resolve);
      asking.once('close', () => resolve(''));
    });
    return answer.trim();
  } finally {
    asking.close();
  }
}

/** Checks that a time is ISO 8601 with a zone. */
export function isoTime(argument: string): string {
  if (
    !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(argument) ||
    Number.isNaN(Date.parse(argument))
  ) {
    const message = 'expected a time with a zone, for example 2026-01-29T17:00:00+02:00';
    throw new InvalidInput('the command', [{ path: argument, message }]);
  }
  return argument;
}

export function wholeNumber(argument: string): number {
  if (!/^[1-9]\d{0,8}$/.test(argument)) {
    throw new InvalidInput('the command', [{ path: argument, message: 'expected a whole number from 1' }]);
  }
  return Number(argument);
}

function unreadable(file: string) {
  return (error: NodeJS.ErrnoException): never => {
    const message = error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`;
    throw new InvalidInput('the input', [{ path: file, message }]);
  };
}
