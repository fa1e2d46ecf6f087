import { isMainThread } from 'node:worker_threads';
import { setClock } from './clock.js';
import { readMoment } from './moments.js';

// Imported before a test: lets its process's clock begin at TEST_CLOCK, a moment's name or an ISO 8601 time. Threads that run workflows have Temporal's time.
const at = process.env['TEST_CLOCK'];
if (at && isMainThread) setClock(readMoment(at, new Date()));
