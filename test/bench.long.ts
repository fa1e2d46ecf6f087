import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchGateway } from '../bench/gateway.js';
import { compareLifecycles } from '../bench/lifecycle/compare.js';
import { measureWaiting } from '../bench/waiting/compare.js';

/** How many more events a person's lifecycle may take than bare calls in a row: docs/lab/performance.md. */
const MOST_EVENTS = 1.25;

/** What ours sends on top: it reads back before what must not be done twice, looks for a decision at FinHub, and logs out. */
const MORE = [
  'GET /v2/verification-history/{customerId}',
  'GET /api/v2.1/customer/individual/{customerId}/documents',
  'GET /api/v2.1/verifications/{verificationId}',
  'DELETE /api/v2.1/customer/individual/{customerId}/users/{userId}/sessions/{sessionId}',
];

test('our guarantees cost a quarter more history than the bare calls at the most, and no calls but those that are named', async () => {
  const { calls, atOne } = await compareLifecycles({ rounds: 1, single: 1, many: 1, concurrency: 1 });
  const ours = Object.entries(calls.ours).filter(([operation]) => !MORE.includes(operation));
  assert.deepEqual(Object.fromEntries(ours), calls.bare);
  assert.equal(Object.keys(calls.ours).length, ours.length + MORE.length);
  assert.ok(atOne.ratios.events.most <= MOST_EVENTS, `${atOne.ratios.events.most} times the events`);
});

test('a worker keeps no more cases in memory than it may', async () => {
  const { few, all } = await measureWaiting({ cases: 40, cached: 15, decisions: 2 });
  assert.equal(few.open, 10);
  assert.equal(all.open, 40);
  assert.ok(all.inMemory > few.inMemory / 2, `${all.inMemory} in memory`);
});

test('the gateway is measured beside the client library, and with many who wait', async () => {
  const options = { rounds: 1, calls: 4, concurrency: 2, waits: 50, onProgress: () => {} };
  const { start, status, waits } = await benchGateway(options);
  for (const { throughput } of [start, status]) assert.ok(throughput.median > 0);
  assert.equal(waits.open, 50);
  assert.ok(waits.loop.p99 >= waits.loop.p50);
});
