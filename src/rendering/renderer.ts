import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { bulkhead } from 'cockatiel';
import type { NotShown } from './page-image.js';

/** A page as it is shown. */
export interface ShownPage {
  png: Buffer;
  pages: number;
}

/** Why there is no picture of a page. */
export type NotRendered = NotShown | 'tooSlow' | 'tooMuchMemory' | 'busy';

export class RenderingFailed extends Error {
  override readonly name = 'RenderingFailed';
  readonly why: NotRendered;
  constructor(why: NotRendered) {
    super(`the document is not shown: ${why}`);
    this.why = why;
  }
}

/** Limits of one child process. */
export interface RenderingLimits {
  milliseconds: number;
  megabytes: number;
}

export const RENDERING_LIMITS: RenderingLimits = { milliseconds: 15_000, megabytes: 1000 };

/** At a time, and waiting: each takes a processor and some 100 MB. */
const AT_ONCE = 2;
const WAITING = 20;
const LOOK_MS = 50;
const RECENT_MS = 10_000;

/**
 * Draws pages of documents in child processes without our secrets, each for one page: whatever a document does there, it ends with the process.
 * @param program path of the program that a child runs, `render-page`
 */
export class Renderer {
  readonly #program: string;
  readonly #limits: RenderingLimits;
  readonly #places = bulkhead(AT_ONCE, WAITING);
  /** A page and its picture ask for the same. */
  readonly #recent = new Map<string, Promise<ShownPage>>();

  constructor(program: string, limits: RenderingLimits = RENDERING_LIMITS) {
    this.#program = program;
    this.#limits = limits;
  }

  /** @throws RenderingFailed */
  async page(content: Buffer, mimeType: string, page: number): Promise<ShownPage> {
    const name = `${createHash('sha256').update(content).digest('hex')}/${mimeType}/${page}`;
    const known = this.#recent.get(name);
    if (known) return known;
    const drawn = this.#inTurn(content, mimeType, page);
    this.#recent.set(name, drawn);
    setTimeout(() => this.#recent.delete(name), RECENT_MS).unref();
    // What failed may be tried again at once.
    drawn.catch(() => this.#recent.delete(name));
    return drawn;
  }

  async #inTurn(content: Buffer, mimeType: string, page: number): Promise<ShownPage> {
    if (this.#places.executionSlots === 0 && this.#places.queueSlots === 0) throw new RenderingFailed('busy');
    return this.#places.execute(() => this.#draw(content, mimeType, page));
  }

  async #draw(content: Buffer, mimeType: string, page: number): Promise<ShownPage> {
    const { milliseconds, megabytes } = this.#limits;
    const child = spawn(process.execPath, ['--max-old-space-size=512', this.#program, mimeType, String(page)], {
      // None of our variables, and so none of our secrets.
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let broken: NotRendered | undefined;
    const stop = (why: NotRendered): void => {
      broken ??= why;
      child.kill('SIGKILL');
    };
    const late = setTimeout(() => stop('tooSlow'), milliseconds);
    const watch = setInterval(() => {
      void memoryOf(child.pid).then((used) => used > megabytes && stop('tooMuchMemory'));
    }, LOOK_MS);
    try {
      // A child that is gone does not read to the end.
      child.stdin.on('error', () => undefined);
      child.stdin.end(content);
      const closed = once(child, 'close') as Promise<[number | null]>;
      const parts: Buffer[] = [];
      for await (const part of child.stdout as AsyncIterable<Buffer>) parts.push(part);
      const [code] = await closed;
      if (broken !== undefined) throw new RenderingFailed(broken);
      return readAnswer(Buffer.concat(parts), code);
    } finally {
      clearTimeout(late);
      clearInterval(watch);
    }
  }
}

/** The first line says how many pages there are, or why there is no picture. */
function readAnswer(output: Buffer, code: number | null): ShownPage {
  const end = output.indexOf('\n');
  const line = output.subarray(0, Math.max(end, 0)).toString();
  if (code === 0 && /^\d+$/.test(line)) return { pages: Number(line), png: output.subarray(end + 1) };
  const why = (['tooLarge', 'noSuchPage'] as const).find((one) => one === line);
  throw new RenderingFailed(why ?? 'unreadable');
}

/** MB that a process holds, where the system tells; otherwise the time alone bounds it. */
async function memoryOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
