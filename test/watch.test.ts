import assert from 'node:assert/strict';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { CurrentStatus } from '../src/client/index.js';
import { Watch } from '../src/gateway/watch.js';

const socket = new Socket().setMaxListeners(0);
const request = { socket } as IncomingMessage;
const ID = 'individual/tenant/1';

/** A case that is looked at: each look is answered when the test says so. */
class Looked {
  readonly #answers: ((status: CurrentStatus) => void)[] = [];
  looks = 0;

  status(): Promise<CurrentStatus> {
    this.looks += 1;
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  /** Answers the oldest look, which says the number. */
  async answer(number: number, outcome: string | null = null): Promise<void> {
    while (this.#answers.length === 0) await new Promise(setImmediate);
    this.#answers.shift()!({ round: number, outcome } as never);
    await new Promise(setImmediate);
  }
}

describe('those who wait for a case', { timeout: 60_000 }, () => {
  const wait = (watch: Watch, seconds = 30): Promise<unknown> =>
    watch.until('caller', ID, () => true, seconds, request).then((status) => (status as { round?: number }).round);

  test('share one look, however many come at once', async () => {
    const looked = new Looked();
    const watch = new Watch({ client: looked, perCaller: 100 });
    const all = Array.from({ length: 50 }, () => wait(watch));
    await looked.answer(1);
    assert.deepEqual(
      await Promise.all(all),
      Array.from({ length: 50 }, () => 1),
    );
    assert.equal(looked.looks, 1);
  });

  test('hear of no look that had begun before they came', async () => {
    const looked = new Looked();
    const watch = new Watch({ client: looked, perCaller: 100 });
    const first = wait(watch);
    await new Promise(setImmediate);
    assert.equal(looked.looks, 1);
    const second = wait(watch);
    await looked.answer(1);
    assert.equal(await first, 1);
    await looked.answer(2);
    assert.equal(await second, 2);
  });

  test('share it with those who follow the case as a stream', async () => {
    const looked = new Looked();
    const watch = new Watch({ client: looked, perCaller: 100 });
    const streams = Array.from({ length: 50 }, () => {
      const raw = new ServerResponse(request);
      return watch.follow('caller', ID, undefined, () => 'name', { request, raw, hijack: () => undefined });
    });
    const waiting = wait(watch);
    await looked.answer(1, 'completed');
    await Promise.all([...streams, waiting]);
    assert.equal(looked.looks, 1);
  });

  test('do not join where they do not wait', async () => {
    const looked = new Looked();
    const watch = new Watch({ client: looked, perCaller: 100 });
    const all = [wait(watch, 0), wait(watch, 0)];
    await looked.answer(1);
    await looked.answer(2);
    assert.deepEqual(await Promise.all(all), [1, 2]);
  });
});
