import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { runChaos } from './chaos/chaos.js';

test('whatever is killed in the middle, the promise holds', async (t) => {
  const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(2 ** 31));
  t.diagnostic(`seed ${seed} (CHAOS_SEED repeats its plan and faults)`);
  const { broken, figures } = await runChaos({
    ...{ lifecycles: 8, concurrency: 8, seed },
    faultRate: Number(process.env['CHAOS_FAULT_RATE'] ?? 0.1),
    limit: Number(process.env['CHAOS_LIMIT'] ?? 600),
    ...{ workerKills: 2, serverKills: 1, sandboxKills: 1, clientKills: 1, pauses: 2 },
    onProgress: (line) => t.diagnostic(line),
  });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(broken, []);
});
