import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Change } from './table.js';

/** An append-only file with one JSON line per committed request. A line that a crash cut short is dropped on opening. */
export class Journal {
  readonly #fd: number;

  /** Replays the whole lines that `file` holds, then opens it for appending. @throws Error for another kind of file. */
  constructor(file: string, replay: (changes: readonly Change[]) => void) {
    const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const whole = text.subarray(0, text.lastIndexOf('\n') + 1);
    for (const line of whole.toString('utf8').split('\n')) {
      if (line !== '') replay(changesOf(line, file));
    }
    this.#fd = openSync(file, 'a');
    ftruncateSync(this.#fd, whole.length);
  }

  append(changes: readonly Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    for (let written = 0; written < line.length;) written += writeSync(this.#fd, line, written);
  }

  truncate(): void {
    ftruncateSync(this.#fd, 0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function changesOf(line: string, file: string): Change[] {
  try {
    return JSON.parse(line) as Change[];
  } catch (cause) {
    throw new Error(`Not a journal of the sandbox: ${file}`, { cause });
  }
}
