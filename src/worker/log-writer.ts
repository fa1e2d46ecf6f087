import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Lines that wait for the log's reader, in bytes; what is more is dropped and counted. */
const MOST_WAITING = 4 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** How long a reader that is behind, or a disk that is full, is left alone. */
const PAUSE_MS = 50;

/**
 * Takes lines and never holds up who writes them: a reader that has stopped reading, a full disk or a closed pipe costs lines, nothing else.
 * What was dropped is told as soon as lines go through again.
 */
export class LogWriter {
  readonly #put: Put;
  readonly #onThread: boolean;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #untold = 0;
  #dropped = 0;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    const stat = fstatSync(fd);
    const isStream = stat.isFIFO() || stat.isSocket();
    this.#put = isStream ? toStream(fd) : (chunk, done) => write(fd, chunk, done);
    this.#onThread = !isStream && !stat.isFile();
  }

  /** Lines that were lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether a write is under way that nothing can end: the process then cannot end in the ordinary way either. */
  get isStuck(): boolean {
    return this.#writing && this.#onThread;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > MOST_WAITING) {
      this.#drop(1);
      return;
    }
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#next();
  }

  /** Waits until all lines are written, for so many milliseconds at the most; then it lets them go. */
  async flush(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while ((this.#waiting.length > 0 || this.#writing) && Date.now() < end) await pause(5);
    clearTimeout(this.#timer);
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#untold += lines;
  }

  #next(): void {
    if (this.#writing || this.#timer || this.#waiting.length === 0) return;
    const chunk = this.#take();
    this.#writing = true;
    this.#put(chunk, (error, written) => {
      this.#writing = false;
      if (!error) {
        if (written < chunk.length) this.#giveBack(chunk.subarray(written));
        else this.#tell();
        this.#next();
        return;
      }
      if (error.code === 'EAGAIN') this.#giveBack(chunk);
      else this.#drop(chunk.filter((byte) => byte === NEWLINE).length);
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, PAUSE_MS).unref();
    });
  }

  #take(): Buffer {
    let [count, size] = [0, 0];
    while (count < this.#waiting.length && (count === 0 || size + this.#waiting[count]!.length <= CHUNK)) {
      size += this.#waiting[count]!.length;
      count += 1;
    }
    this.#bytes -= size;
    return Buffer.concat(this.#waiting.splice(0, count));
  }

  #giveBack(rest: Buffer): void {
    this.#waiting.unshift(rest);
    this.#bytes += rest.length;
  }

  #tell(): void {
    if (this.#untold === 0) return;
    const line = { level: 40, time: Date.now(), dropped: this.#untold, msg: 'log lines were lost: nobody took them' };
    this.#untold = 0;
    this.write(`${JSON.stringify(line)}\n`);
  }
}

const NEWLINE = 0x0a;

type Put = (chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

/** Writes that wait for a reader hold up nothing; those to files and terminals are made on a thread of their own. */
function toStream(fd: number): Put {
  const stream = new Socket({ fd, readable: false, writable: true });
  stream.unref();
  // The write's own callback tells of it.
  stream.on('error', () => undefined);
  return (chunk, done) => void stream.write(chunk, (error) => done(error ?? null, chunk.length));
}
