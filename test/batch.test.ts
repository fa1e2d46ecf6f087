import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import {
  ApplicationConflict,
  InvalidInput,
  runBatch,
  type BatchProgress,
  type BatchReport,
  type TransferInput,
} from '../src/client/index.js';
import type { BatchClient } from '../src/client/batch.js';

/** Starts nothing, takes its time, and counts what is at work at once. */
class CountingClient implements BatchClient {
  readonly started: string[] = [];
  readonly peaks: Record<string, number> = {};
  readonly #atWork: Record<string, number> = {};

  async startTransfer({ reference, accountId }: TransferInput) {
    this.started.push(reference);
    if (reference.startsWith('refused')) throw new InvalidInput('the transfer', [{ path: 'amount', message: 'no' }]);
    if (reference.startsWith('conflict')) throw new ApplicationConflict(reference);
    if (reference.startsWith('broken')) throw new Error('Temporal is away');
    for (const key of ['all', accountId]) {
      const count = (this.#atWork[key] = (this.#atWork[key] ?? 0) + 1);
      this.peaks[key] = Math.max(this.peaks[key] ?? 0, count);
    }
    await sleep(2);
    for (const key of ['all', accountId]) this.#atWork[key]! -= 1;
    return { workflowId: reference, runId: 'run', alreadyRunning: false, closed: false };
  }

  startIndividual(): never {
    throw new Error('not in these batches');
  }

  startOrganization(): never {
    throw new Error('not in these batches');
  }

  status(): never {
    throw new Error('Temporal has gone away');
  }
}

const line = (reference: string, accountId: string): string => JSON.stringify({ transfer: { reference, accountId } });

async function run(client: BatchClient, lines: string[], options: { concurrency: number; perAccount: number }) {
  const reports: BatchReport[] = [];
  await runBatch(client, Readable.from(lines), { ...options, follow: false }, (report) => void reports.push(report));
  return reports;
}

test('a batch keeps to its concurrency, and to its limit per account', async () => {
  const client = new CountingClient();
  const lines = Array.from({ length: 300 }, (_, index) =>
    line(`pay-${index}`, index % 2 ? 'busy' : `account-${index}`),
  );
  const reports = await run(client, lines, { concurrency: 6, perAccount: 2 });
  assert.equal(reports.length, 300);
  assert.deepEqual([client.peaks['all'], client.peaks['busy']], [6, 2]);
});

test('each line of a batch is reported once, whatever becomes of the others', async () => {
  const lines = [
    line('a', 'x'),
    line('refused', 'x'),
    '',
    line('conflict', 'x'),
    line('broken', 'x'),
    '[]',
    line('b', 'x'),
  ];
  const reports = await run(new CountingClient(), lines, { concurrency: 2, perAccount: 1 });
  assert.deepEqual(
    reports.sort((a, b) => a.line - b.line).map((report) => [report.line, report.result]),
    [
      [1, 'started'],
      [2, 'refused'],
      [4, 'conflict'],
      [5, 'failed'],
      [6, 'refused'],
      [7, 'started'],
    ],
  );
});

test('a transfer that was started and could not be followed is named in the report', async () => {
  const reports: BatchReport[] = [];
  await runBatch(new CountingClient(), Readable.from([line('a', 'x')]), {}, (report) => void reports.push(report));
  const [report] = reports;
  assert.deepEqual([report?.result, report?.workflowId, report?.detail], ['failed', 'a', 'Temporal has gone away']);
});

test('a batch tells how it stands while no line is done with, and that no worker answers', async () => {
  class Silent extends CountingClient {
    asked = 0;
    override status(): never {
      this.asked += 1;
      if (this.asked > 12) throw new Error('the test is over');
      return Promise.resolve({ stale: true, status: 'running', outcome: null }) as never;
    }
  }
  const told: BatchProgress[] = [];
  const reports: BatchReport[] = [];
  await runBatch(
    new Silent(),
    Readable.from([line('a', 'x'), line('b', 'y')]),
    { progressMs: 50, onProgress: (progress) => void told.push(progress) },
    (report) => void reports.push(report),
  );
  assert.equal(reports.length, 2);
  assert.ok(told.some(({ done, atWork, unanswered }) => done === 0 && atWork === 2 && unanswered === 2));
});
