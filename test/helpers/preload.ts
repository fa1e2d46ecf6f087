import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';
import { setClock } from './clock.js';
import { readMoment } from './moments.js';

/* Imported before each test file. Threads that run workflows have Temporal's time. */

/** Milliseconds. */
const LEFT_OPEN = 10_000;

if (isMainThread) {
  // A moment's name or an ISO 8601 time, at which the clock of the tests' processes begins.
  const at = process.env['TEST_CLOCK'];
  if (at) setClock(readMoment(at, new Date()));
  // What a set-up that failed left open must not hold up the other files. Node's own --test-force-exit loses suites.
  if (process.env['NODE_TEST_CONTEXT'] !== undefined)
    after(() => void setTimeout(() => process.exit(), LEFT_OPEN).unref());
}
