import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EXAMPLES } from '../dev/demo/examples.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { runEntry } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';
import { startMutualTls, type MutualTls } from './helpers/mutual-tls.js';

const SCRIPT = fileURLToPath(new URL('../deploy/make-certificates.sh', import.meta.url));

describe('a Temporal that asks for certificates', () => {
  let folder: string;
  let stack: Stack;
  let tls: MutualTls;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mutual-tls-test-'));
    await promisify(execFile)('/bin/sh', [SCRIPT, folder, 'localhost']);
    stack = await startStack();
    tls = await startMutualTls(folder, stack.temporal.address);
    await stack.worker.stop(); // the one that needs no certificate
  });
  after(async () => {
    await tls?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('is reached by worker and starter with a certificate, and not without', async () => {
    const server = { TEMPORAL_ADDRESS: tls.address, TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'ca.pem') };
    const certificate = {
      TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'client.pem'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'client.key'),
    };
    const env = { ...process.env, ...stack.environment, ...server };
    const application = join(EXAMPLES, 'individual.json');

    const stranger = await runEntry('starter', ['individual', application], env);
    assert.notEqual(stranger.code, 0);
    assert.match(stranger.stderr, /Temporal/);
    assert.equal(tls.accepted(), 0);

    await stack.startWorker({ ...server, ...certificate });
    assert.ok(tls.accepted() > 0, 'the worker went another way');
    const before = tls.accepted();
    const started = await runEntry('starter', ['individual', application, '--json'], { ...env, ...certificate });
    assert.equal(started.code, 0, started.stderr);
    assert.ok(tls.accepted() > before, 'the starter went another way');
    const { workflowId } = JSON.parse(started.stdout) as { workflowId: string };
    await eventually(
      'in review',
      async () => {
        const status = await stack.client.status(workflowId);
        return !status.stale && status.review.stage === 'inReview';
      },
      60,
    );
  });
});
