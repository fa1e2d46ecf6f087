import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from '../dev/embedded/child-process.js';
import { startEntry } from '../dev/embedded/entry-process.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack } from '../dev/embedded/stack.js';
import { eventually } from './helpers/eventually.js';
import { startS3Server, type S3Server } from './helpers/s3-server.js';

const MB = 1024 * 1024;
const PARALLEL = 10;
/** What an upload of 20 MB may take. */
const MOST = 8 * MB;
const CREDENTIALS = { id: 'test-id', secret: 'of-the-tests' };

describe('uploads of 20 MB at a time', { timeout: 1_200_000 }, () => {
  let s3: S3Server;
  let root: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    await mkdir(join(root, 'bank', 'documents'), { recursive: true });
    s3 = await startS3Server(root, CREDENTIALS);
  });
  after(async () => {
    await s3.stop();
    await rm(root, { recursive: true });
  });

  for (const kind of ['folder', 'S3'] as const) {
    test(`take at most 8 MB of memory each, into a ${kind}, and leave nothing where they break off`, async () => {
      const ofS3 = {
        DOCUMENT_STORE: `s3://bank/documents?endpoint=${s3.endpoint}&region=eu-north-1`,
        AWS_ACCESS_KEY_ID: CREDENTIALS.id,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secret,
      };
      const store = kind === 'S3' ? ofS3 : {};
      const stack = await startStack({ workerEnv: store });
      const folder = kind === 'S3' ? join(root, 'bank', 'documents') : stack.environment['DOCUMENT_STORE']!;
      const metricsPort = await freePort();
      const gateway = await startEntry('gateway', {
        env: {
          ...stack.environment,
          ...{ GATEWAY_PORT: '0', METRICS_ADDRESS: String(metricsPort), GATEWAY_REQUESTS_PER_MINUTE: '100000' },
          ...store,
        },
        ready: /^gateway listening on (http:\S+)/,
      });
      try {
        const url = gateway.firstMatch![1]!;
        // The first ones load what is loaded once.
        for (let time = 0; time < 3; time += 1) assert.equal(await upload(url, `warm-${time}`, document()), 201);
        const idle = await memoryOf(gateway, metricsPort);
        let peak = idle;
        let isDone = false;
        const watching = (async () => {
          while (!isDone) {
            const now = await memoryOf(gateway, metricsPort);
            peak = { rss: Math.max(peak.rss, now.rss), used: Math.max(peak.used, now.used) };
            await pause(20);
          }
        })();
        const documents = Array.from({ length: PARALLEL }, document);
        const answers = await Promise.all(documents.map((one, index) => upload(url, `case-${index}`, one)));
        isDone = true;
        await watching;
        assert.deepEqual(
          answers,
          answers.map(() => 201),
        );
        const each = (what: 'rss' | 'used'): number => (peak[what] - idle[what]) / PARALLEL;
        console.log(
          `${kind}: ${PARALLEL} uploads of 20 MB at a time; RSS ${toMb(idle.rss)} to ${toMb(peak.rss)} MB, heap and external ${toMb(idle.used)} to ${toMb(peak.used)} MB: ${toMb(each('rss'))} and ${toMb(each('used'))} MB each`,
        );
        assert.ok(each('used') <= MOST, 'heap and external memory');
        assert.ok(each('rss') <= MOST, 'resident memory');

        const files = async (): Promise<number> =>
          (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length;
        const kept = await files();
        await Promise.all(Array.from({ length: 5 }, (_, index) => breakOff(url, `broken-${index}`, document())));
        await eventually('nothing is left', async () => (await files()) === kept);
      } finally {
        await gateway.stop();
        await stack.stop();
      }
    });
  }
});

function document(): Buffer {
  const [begin, end] = [Buffer.from('%PDF-1.7\n'), Buffer.from('\n%%EOF\n')];
  return Buffer.concat([begin, randomBytes(20 * MB - begin.length - end.length), end]);
}

const pathOf = (id: string, content: Buffer): string =>
  `/v1/uploads/individual/${id}/${createHash('sha256').update(content).digest('hex')}?type=PASSPORT`;

async function upload(url: string, id: string, content: Buffer): Promise<number> {
  const headers = { 'content-type': 'application/pdf' };
  const answer = await fetch(url + pathOf(id, content), { method: 'PUT', headers, body: new Uint8Array(content) });
  if (answer.status !== 201) console.error(await answer.text());
  return answer.status;
}

/** Sends most of it, then hangs up. */
async function breakOff(url: string, id: string, content: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/pdf', 'content-length': content.length };
  const sending = request(url + pathOf(id, content), { method: 'PUT', headers });
  sending.on('error', () => undefined);
  await new Promise((resolve) => sending.write(content.subarray(0, 15 * MB), resolve));
  await pause(200);
  sending.destroy();
}

const toMb = (bytes: number): number => Math.round((bytes / MB) * 10) / 10;

/** Bytes of a process: what it has of the machine, and what of it JavaScript uses. */
async function memoryOf({ pid }: Child, metricsPort: number): Promise<{ rss: number; used: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const of = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)![1]);
  return {
    rss: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024,
    used: of('nodejs_heap_size_used_bytes') + of('nodejs_external_memory_bytes'),
  };
}
