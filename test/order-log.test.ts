import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { BoxError } from '../src/secrets/box.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { orderLog, type OrderLog } from '../src/store/order-log.js';

const KEYS = parseKeyRing(newKeyRingText());
const ORDER = { tenantId: 't1', accountId: 'w1', type: 'transfer', reference: 'rent-05' };

describe('the log of executions that were begun', () => {
  let folder: string;
  let log: OrderLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'order-log-test-'));
    log = orderLog(folderBlobs(folder), KEYS);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  };

  test('names what was noted, once each, in order, for whoever opens the same store later', async () => {
    assert.deepEqual(await log.begun(ORDER), []);
    for (const id of ['o1', 'o2', 'o1']) await log.note(ORDER, id);
    assert.deepEqual(await orderLog(folderBlobs(folder), KEYS).begun(ORDER), ['o1', 'o2']);
  });

  test('loses none of two that are noted at once', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `o${index}`);
    await Promise.all(ids.map((id) => log.note(ORDER, id)));
    assert.deepEqual((await log.begun(ORDER)).sort(), ids);
  });

  test('keeps tenants, accounts, types and references apart', async () => {
    await log.note(ORDER, 'o1');
    const others = [{ tenantId: 't2' }, { accountId: 'w2' }, { type: 'topup' }, { reference: 'rent-06' }];
    for (const other of others) assert.deepEqual(await log.begun({ ...ORDER, ...other }), [], JSON.stringify(other));
  });

  test('says nothing readable, and does not take a note that was changed or belongs to another order', async () => {
    await log.note(ORDER, 'order-id-in-clear');
    const [note] = await files();
    assert.ok(!(await readFile(note!)).includes('order-id-in-clear'));
    const other = { ...ORDER, reference: 'rent-06' };
    await log.note(other, 'o2');
    const foreign = (await files()).find((file) => file !== note)!;
    await writeFile(foreign, await readFile(note!));
    await assert.rejects(log.begun(other), BoxError);
  });
});
