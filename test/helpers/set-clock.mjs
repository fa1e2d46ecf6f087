// node --import=tsx --import=./test/helpers/set-clock.mjs: lets the process's clock begin at TEST_CLOCK, a moment's name or an ISO 8601 time.
import { isMainThread } from 'node:worker_threads';

const at = process.env['TEST_CLOCK'];
// Threads that run workflows have Temporal's time, and cannot import TypeScript.
if (at && isMainThread) {
  const { setClock } = await import('./clock.js');
  const { readMoment } = await import('./moments.js');
  setClock(readMoment(at, new Date()));
}
