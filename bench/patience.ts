import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';

const FIRST_LOOK = 0.8;
const LOOKS = 20;
const SHORTEST_PAUSE_MS = 20;

/**
 * Looks seldom: it sleeps nearly as long as it usually takes, since each look is work for server and worker. Who is not told how long that is
 * learns it, from waits that its own sleep has made longer.
 */
export class Patience {
  readonly #learns: boolean;
  #usualMs: number;

  constructor(usualMs?: number) {
    this.#learns = usualMs === undefined;
    this.#usualMs = usualMs ?? 0;
  }

  /** @throws Error after two minutes */
  async until(isThere: () => Promise<boolean>, lifecycle: WorkflowHandle): Promise<void> {
    const startedAt = performance.now();
    await sleep(this.#usualMs * FIRST_LOOK);
    while (!(await isThere())) {
      if (performance.now() - startedAt > LIMIT_MS) throw tooLong(lifecycle);
      await sleep(Math.max(SHORTEST_PAUSE_MS, this.#usualMs / LOOKS));
    }
    if (this.#learns) this.#usualMs += (performance.now() - startedAt - this.#usualMs) / 4;
  }
}

/** A lifecycle that needs this long will not end by itself, in milliseconds. */
const LIMIT_MS = 120_000;

/** @throws Error after two minutes */
export async function inTime<T>(result: Promise<T>, lifecycle: WorkflowHandle): Promise<T> {
  const limit = new AbortController();
  const late = sleep(LIMIT_MS, undefined, { signal: limit.signal }).then(() => Promise.reject(tooLong(lifecycle)));
  try {
    return await Promise.race([result, late]);
  } finally {
    late.catch(() => {});
    limit.abort();
  }
}

const tooLong = ({ workflowId }: WorkflowHandle): Error =>
  new Error(`${workflowId} does not go on after ${LIMIT_MS / 1000} s`);
