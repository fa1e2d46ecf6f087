import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { CurrentStatus, OnboardingClient, Waited, WaitTarget } from '../client/index.js';
import { progress } from '../client/wait.js';
import { Refused } from './problem.js';

export interface WatchOptions {
  client: Pick<OnboardingClient, 'status'>;
  /** Waits and streams that one caller may have open. */
  perCaller: number;
  /** Questions to workers a second at the most, however many cases are watched. */
  looksPerSecond?: number | undefined;
  /** Between two signs of life of a stream, in milliseconds. */
  beatMs?: number | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** A reader who does not read is let go. */
const MOST_UNREAD = 1024 * 1024;

type Listener = { seen: (status: CurrentStatus) => void; failed: (error: unknown) => void };

interface Watched {
  listeners: Set<Listener>;
  /** Has the next look be taken at once. */
  wake: () => void;
}

/** Waits for cases to change: whoever waits for the same case shares the looks at it, and with very many cases each is looked at less often. */
export class Watch {
  readonly #options: { [Name in keyof WatchOptions]-?: NonNullable<WatchOptions[Name]> };
  readonly #watched = new Map<string, Watched>();
  readonly #open = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor({ looksPerSecond = 100, beatMs = 15_000, ...options }: WatchOptions) {
    this.#options = { ...options, looksPerSecond, beatMs };
  }

  /** Waits and streams that are open now. */
  get open(): number {
    return [...this.#open.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Lets everybody who waits go with what is known; nobody can wait any more. */
  close(): void {
    this.#closing.abort();
    for (const { wake } of this.#watched.values()) wake();
  }

  /**
   * The first status that is as wanted, or the last one seen after `seconds`. Whoever waits joins those who wait for the same case already, so
   * that a thousand who come at once ask it once.
   * @throws CaseNotFound
   */
  async until(
    caller: string,
    id: string,
    isWanted: (status: CurrentStatus) => boolean,
    seconds: number,
    request: IncomingMessage,
  ): Promise<CurrentStatus> {
    if (seconds <= 0) return this.#options.client.status(id);
    return this.#slot(caller, async () => {
      let last: CurrentStatus | undefined;
      const left = AbortSignal.any([AbortSignal.timeout(seconds * 1000), this.#closing.signal, gone(request)]);
      await this.#listen(id, left, (status) => {
        last = status;
        return isWanted(status) || status.outcome !== null;
      });
      return last ?? this.#options.client.status(id);
    });
  }

  /** Waits for a target, as the client library does. @throws CaseNotFound */
  async wait(
    caller: string,
    id: string,
    target: WaitTarget,
    seconds: number,
    request: IncomingMessage,
  ): Promise<Waited> {
    const judge = progress(target, {});
    let waited: Waited | undefined;
    const status = await this.until(caller, id, (seen) => (waited = judge(seen)) !== undefined, seconds, request);
    return waited ?? { reached: false, needsAttention: false, status };
  }

  /** Sends the status and each change of it as server-sent events until the case has ended. @throws CaseNotFound */
  async follow(
    caller: string,
    id: string,
    last: string | undefined,
    nameOf: (status: CurrentStatus) => string,
    { request, raw, hijack }: { request: IncomingMessage; raw: FastifyReply['raw']; hijack: () => void },
  ): Promise<void> {
    await this.#slot(caller, async () => {
      let known = last;
      let beat: NodeJS.Timeout | undefined;
      // Whether there is such a case is told before the stream begins.
      const begin = (): NodeJS.Timeout => {
        hijack();
        raw.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        });
        raw.write('retry: 2000\n\n');
        return setInterval(() => raw.write(': still here\n\n'), this.#options.beatMs);
      };
      const tell = (status: CurrentStatus): boolean => {
        beat ??= begin();
        const name = nameOf(status);
        if (name !== known) raw.write(`id: ${name}\nevent: status\ndata: ${JSON.stringify(status)}\n\n`);
        known = name;
        if (raw.writableLength > MOST_UNREAD) raw.destroy();
        return status.outcome !== null;
      };
      try {
        await this.#listen(id, AbortSignal.any([this.#closing.signal, gone(request)]), tell);
        if (!beat) tell(await this.#options.client.status(id));
      } finally {
        clearInterval(beat);
        if (beat) raw.end();
      }
    });
  }

  /** Hears every look at a case until it is satisfied or time is up. */
  async #listen(id: string, until: AbortSignal, isDone: (status: CurrentStatus) => boolean): Promise<void> {
    if (until.aborted) return;
    await new Promise<void>((resolve, reject) => {
      const listener: Listener = {
        seen: (status) => {
          if (isDone(status)) leave();
        },
        failed: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const leave = (): void => {
        watched.listeners.delete(listener);
        until.removeEventListener('abort', leave);
        resolve();
      };
      until.addEventListener('abort', leave);
      const watched = this.#watched.get(id) ?? this.#begin(id);
      watched.listeners.add(listener);
      watched.wake();
    });
  }

  #begin(id: string): Watched {
    const watched: Watched = { listeners: new Set(), wake: () => undefined };
    this.#watched.set(id, watched);
    void this.#look(id, watched);
    return watched;
  }

  async #look(id: string, watched: Watched): Promise<void> {
    let seen: string | undefined;
    // Whoever has it begin joins first.
    await Promise.resolve();
    for (let pause = FIRST_PAUSE_MS; watched.listeners.size > 0; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      // Those who join while a look is under way hear the next one, which comes at once: what they know may be newer than this look.
      const hearing = [...watched.listeners];
      let isWoken = false;
      watched.wake = () => (isWoken = true);
      try {
        const status = await this.#options.client.status(id);
        const sight = JSON.stringify(status);
        if (sight !== seen) pause = FIRST_PAUSE_MS;
        seen = sight;
        for (const one of hearing) if (watched.listeners.has(one)) one.seen(status);
      } catch (error) {
        for (const one of hearing) if (watched.listeners.has(one)) one.failed(error);
      }
      if (isWoken) continue;
      const busy = (this.#watched.size / this.#options.looksPerSecond) * 1000;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(pause, busy));
        watched.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#watched.delete(id);
  }

  async #slot<T>(caller: string, use: () => Promise<T>): Promise<T> {
    const open = this.#open.get(caller) ?? 0;
    if (open >= this.#options.perCaller) {
      throw new Refused('TooManyRequests', `${open} waits of this caller are open; no more are taken`);
    }
    this.#open.set(caller, open + 1);
    try {
      return await use();
    } finally {
      const left = (this.#open.get(caller) ?? 0) - 1;
      if (left > 0) this.#open.set(caller, left);
      else this.#open.delete(caller);
    }
  }
}

/** Aborts when the caller hangs up. */
function gone({ socket }: IncomingMessage): AbortSignal {
  const controller = new AbortController();
  if (socket.destroyed) controller.abort();
  else
    void once(socket, 'close').then(
      () => controller.abort(),
      () => controller.abort(),
    );
  return controller.signal;
}
