import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKeyFile } from '../src/secrets/key-file.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { startTracing } from '../src/tracing/tracing.js';
import { trace } from '@opentelemetry/api';
import { runEntry } from './helpers/command-line.js';

/** What sending the last spans may cost, and what a loaded machine adds. */
const AT_MOST_MS = 1000;

test('a collector that is down or never answers changes no exit code and costs less than a second', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const collectors = ['http://127.0.0.1:1', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, 'no address'];
  try {
    for (const collector of collectors) {
      const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector };
      const { code, stdout } = await runEntry('starter', ['schema', 'individual'], env);
      assert.equal(code, 0, collector);
      assert.ok(JSON.parse(stdout));
    }
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collectors[1];
    const stop = await startTracing('telemetry-test');
    trace.getTracer('test').startSpan('a span').end();
    const asked = Date.now();
    await stop!();
    assert.ok(Date.now() - asked < AT_MOST_MS);
  } finally {
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    silent.close();
  }
});

test('a key ring that others can read or change is refused, unless they cannot come at it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'key-file-'));
  const path = join(folder, 'keys.json');
  try {
    writeFileSync(path, newKeyRingText());
    chmodSync(folder, 0o755);
    for (const [mode, isTaken] of [
      [0o600, true],
      [0o640, true],
      [0o644, false],
      [0o602, false],
    ] as const) {
      chmodSync(path, mode);
      if (isTaken) readKeyFile(path);
      else assert.throws(() => readKeyFile(path), /chmod o-rwx/);
    }
    chmodSync(folder, 0o700);
    readKeyFile(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
