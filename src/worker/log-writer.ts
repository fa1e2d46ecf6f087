import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The most bytes that wait for the log's reader; further lines are dropped and counted. */
const MOST_WAITING = 4 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** Pause for a slow reader or a full disk, in milliseconds. */
const PAUSE_MS = 50;

/**
 * Writes lines without ever blocking the caller: if nobody reads, the disk is full or the pipe is closed, lines are lost and nothing else
 * happens. Reports the number of lost lines as soon as writing works again.
 */
export class LogWriter {
  readonly #put: Put;
  readonly #onThread: boolean;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #unreported = 0;
  #dropped = 0;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(fd: number) {
    const stat = fstatSync(fd);
    const isStream = stat.isFIFO() || stat.isSocket();
    this.#put = isStream ? toStream(fd) : (chunk, done) => write(fd, chunk, done);
    this.#onThread = !isStream && !stat.isFile();
  }

  /** The number of lost lines. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether a write hangs. The process cannot end normally then. */
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

  /** Waits until all lines are written, at most `ms` milliseconds, then gives up. */
  async flush(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while ((this.#waiting.length > 0 || this.#writing) && Date.now() < end) await pause(5);
    clearTimeout(this.#timer);
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#unreported += lines;
  }

  #next(): void {
    if (this.#writing || this.#timer || this.#waiting.length === 0) return;
    const chunk = this.#take();
    this.#writing = true;
    this.#put(chunk, (error, written) => {
      this.#writing = false;
      if (!error) {
        if (written < chunk.length) this.#giveBack(chunk.subarray(written));
        else this.#report();
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

  #report(): void {
    if (this.#unreported === 0) return;
    const line = {
      level: 40,
      time: Date.now(),
      dropped: this.#unreported,
      msg: 'log lines were lost: nobody read them',
    };
    this.#unreported = 0;
    this.write(`${JSON.stringify(line)}\n`);
  }
}

const NEWLINE = 0x0a;

type Put = (chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

/** Writes to pipes do not block; those to files and terminals run on their own thread. */
function toStream(fd: number): Put {
  const stream = new Socket({ fd, readable: false, writable: true });
  stream.unref();
  // The write's own callback gets the error.
  stream.on('error', () => undefined);
  return (chunk, done) => void stream.write(chunk, (error) => done(error ?? null, chunk.length));
}
