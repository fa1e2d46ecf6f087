import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, whatever folder the command was typed in. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Tells the person at the terminal what is going on; standard output stays free for the command's own answer. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the command with one line that says what is missing and how to get it. */
export function fail(line) {
  say(line);
  process.exit(1);
}
