import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXAMPLES } from '../dev/demo/examples.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';

const WORKER = fileURLToPath(new URL('../src/worker.ts', import.meta.url));

/** Grace and force time together, and what a loaded machine takes. */
const IN_TIME_MS = 2_000 + 10_000;

describe('a log that takes nothing', { timeout: 1_200_000 }, () => {
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-writer-'));
    stack = await startStack();
    // The workers of the tests are alone.
    await stack.worker.stop();
  });
  after(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const LOGS: Record<string, () => { fd: number | 'pipe'; close: () => void }> = {
    'a full pipe that nobody reads': () => {
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      // For reading as well, so that it opens; nothing is ever read.
      const fd = openSync(path, 'r+');
      execFileSync('/bin/sh', ['-c', `dd if=/dev/zero bs=65536 count=1 of=${path} 2>/dev/null`]);
      return { fd, close: () => closeSync(fd) };
    },
    'a socket that nobody reads': () => ({ fd: 'pipe', close: () => undefined }),
    'a full disk': () => {
      const fd = openSync('/dev/full', 'w');
      return { fd, close: () => closeSync(fd) };
    },
  };

  for (const [what, open] of Object.entries(LOGS)) {
    test(`${what}: health is answered, a lifecycle goes on, SIGTERM ends the worker in time`, async () => {
      const port = await freePort();
      const log = open();
      const worker: ChildProcess = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), WORKER], {
        env: {
          ...process.env,
          ...stack.environment,
          ...{ HEALTH_PORT: String(port), LOG_LEVEL: 'trace' },
          ...{ SHUTDOWN_GRACE_SECONDS: '1', SHUTDOWN_FORCE_SECONDS: '1' },
        },
        stdio: ['ignore', log.fd, 'inherit'],
      });
      try {
        const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
        await eventually('ready', ready);
        const ids = await Promise.all(
          [1, 2].map(
            async () => (await stack.client.startIndividual(await anIndividual(), { folder: EXAMPLES })).workflowId,
          ),
        );
        for (const id of ids) {
          await eventually('in review', async () => {
            const status = await stack.client.status(id);
            return !status.stale && status.review.stage === 'inReview';
          });
        }
        assert.ok(await ready());
        const asked = Date.now();
        const exited = once(worker, 'exit');
        worker.kill('SIGTERM');
        const [code] = (await exited) as [number | null];
        assert.ok(Date.now() - asked < IN_TIME_MS, `it took ${Date.now() - asked} ms`);
        assert.equal(code, 0);
      } finally {
        worker.kill('SIGKILL');
        log.close();
      }
    });
  }
});
