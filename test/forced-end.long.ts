import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEntry } from '../dev/embedded/entry-process.js';
import { startTemporalServer } from '../dev/embedded/temporal-server.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { EXIT_FORCED } from '../src/worker/forced-end.js';

/** Far less than the SDK alone waits for a server that does not answer, and more than a loaded machine takes to end a process. */
const IN_TIME_MS = 20_000;

test('a worker whose Temporal does not answer is alive and not ready, and ends by force when it is asked to', async () => {
  const server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
  try {
    const env = {
      ...sandboxEnvironment('http://127.0.0.1:1'),
      TEMPORAL_ADDRESS: server.address,
      HEALTH_PORT: '0',
      SHUTDOWN_GRACE_SECONDS: '1',
      SHUTDOWN_FORCE_SECONDS: '1',
    };
    const worker = await startEntry('worker', { env, ready: /"health":"([^"]+)","msg":"worker ready"/ });
    try {
      const probe = async (path: string) => (await fetch(`${worker.firstMatch![1]}/${path}`)).status;
      assert.deepEqual([await probe('healthz'), await probe('readyz')], [200, 200]);
      process.kill(server.pid, 'SIGSTOP');
      assert.deepEqual([await probe('healthz'), await probe('readyz')], [200, 503]);
      const asked = Date.now();
      process.kill(worker.pid, 'SIGTERM');
      assert.deepEqual(await worker.exited, { code: EXIT_FORCED, signal: null });
      assert.ok(Date.now() - asked < IN_TIME_MS, 'it waited for the server');
      assert.match(worker.output(), /ended by force/);
    } finally {
      await worker.kill();
    }
  } finally {
    await server.kill();
  }
});

test('a worker that is asked to end while it still starts ends by itself', async () => {
  const server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
  try {
    const env = { ...sandboxEnvironment('http://127.0.0.1:1'), TEMPORAL_ADDRESS: server.address };
    const worker = await startEntry('worker', { env, ready: /retains closed workflows/ });
    try {
      assert.doesNotMatch(worker.output(), /worker ready/);
      process.kill(worker.pid, 'SIGTERM');
      assert.deepEqual(await worker.exited, { code: 0, signal: null });
      assert.match(worker.output(), /worker stopped/);
    } finally {
      await worker.kill();
    }
  } finally {
    await server.kill();
  }
});
