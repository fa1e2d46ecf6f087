import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDocumentStore, parseKeyRing } from '../src/client/index.js';
import { loadEnvironment } from '../src/config/environment.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { DocumentRefused, MAX_DOCUMENT_BYTES } from '../src/store/document-check.js';
import type { DocumentStore } from '../src/store/document-store.js';
import { s3Location } from '../src/store/open-store.js';
import { startS3Server, type S3Server } from './helpers/s3-server.js';

const PDF = Buffer.from('%PDF-1.7\nthe content of a document\n%%EOF\n');
const keys = parseKeyRing(newKeyRingText());
const CREDENTIALS = { id: 'test-id', secret: randomUUID() };

let root: string;
let s3: S3Server;
/** Each store with the folder that its bytes come to lie in. */
const stores: Record<string, { store: DocumentStore; folder: string }> = {};

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'document-store-test-'));
  stores['folder'] = { store: await openDocumentStore(join(root, 'plain'), keys), folder: join(root, 'plain') };
  const folder = join(root, 'buckets', 'bank', 'documents');
  await mkdir(folder, { recursive: true });
  s3 = await startS3Server(join(root, 'buckets'), CREDENTIALS);
  process.env['AWS_ACCESS_KEY_ID'] = CREDENTIALS.id;
  process.env['AWS_SECRET_ACCESS_KEY'] = CREDENTIALS.secret;
  const location = `s3://bank/documents?endpoint=${s3.endpoint}&region=eu-north-1`;
  stores['S3'] = { store: await openDocumentStore(location, keys), folder };
});
after(async () => {
  await s3?.stop();
  await rm(root, { recursive: true });
});

for (const kind of ['folder', 'S3']) {
  describe(`the document store in a ${kind}`, () => {
    const meta = () => ({ documentId: randomUUID(), type: 'PASSPORT', fileName: 'a.pdf' });
    const store = (): DocumentStore => stores[kind]!.store;
    const fileOf = async (documentId: string): Promise<string> => {
      const { folder } = stores[kind]!;
      const name = (await readdir(folder, { recursive: true })).find((path) => path.endsWith(documentId));
      assert.ok(name, `${documentId} lies in ${folder}`);
      return join(folder, name);
    };

    it('gives back what it took, and keeps nothing that can be read', async () => {
      const document = meta();
      const reference = await store().put(PDF, document);
      assert.deepEqual(await store().put(PDF, document), reference);
      assert.equal(reference.mimeType, 'application/pdf');
      assert.deepEqual(await store().get(reference), PDF);
      assert.ok(!(await readFile(await fileOf(document.documentId))).includes('the content'));
    });

    it('notices what is missing, changed, or stored for another document', async () => {
      const [one, other] = [await store().put(PDF, meta()), await store().put(PDF, meta())];
      const bytes = await readFile(await fileOf(one.documentId));
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(await fileOf(one.documentId), bytes);
      await assert.rejects(store().get(one), { name: 'DocumentUnavailable', reason: 'changed' });
      await rename(await fileOf(other.documentId), await fileOf(one.documentId));
      await assert.rejects(store().get(one), { name: 'DocumentUnavailable', reason: 'changed' });
      for (const documentId of [randomUUID(), '../../etc/passwd']) {
        await assert.rejects(store().get({ ...one, documentId }), { name: 'DocumentUnavailable', reason: 'missing' });
      }
    });

    it('deletes one document and no other of the same content, as often as it is told', async () => {
      const [one, other] = [await store().put(PDF, meta()), await store().put(PDF, meta())];
      for (let times = 0; times < 2; times += 1) await store().remove(one.documentId);
      await assert.rejects(store().get(one), { name: 'DocumentUnavailable', reason: 'missing' });
      assert.deepEqual(await store().get(other), PDF);
    });
  });
}

describe('the document store', () => {
  it('takes PDF, JPEG and PNG up to 20 MB, as declared', async () => {
    const { store } = stores['folder']!;
    const meta = { documentId: randomUUID(), type: 'PASSPORT', fileName: 'a.pdf' };
    const refused: [Buffer, string | undefined, RegExp][] = [
      [Buffer.alloc(0), undefined, /empty/],
      [Buffer.from('<html>'), undefined, /neither a PDF/],
      [PDF, 'image/png', /declared as image\/png/],
      [Buffer.concat([PDF, Buffer.alloc(MAX_DOCUMENT_BYTES)]), undefined, /20 MB/],
    ];
    for (const [content, mimeType, why] of refused) {
      await assert.rejects(store.put(content, { ...meta, mimeType }), (error: Error) => {
        assert.ok(error instanceof DocumentRefused);
        assert.match(error.message, why);
        return true;
      });
    }
    await store.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9]), { ...meta, mimeType: 'image/jpeg' });
  });

  it('is told where it is by one variable', () => {
    const at = (location: string) => s3Location(location);
    assert.equal(at('documents'), undefined);
    const bank = { bucket: 'bank', prefix: '', endpoint: undefined, region: undefined, pathStyle: false };
    assert.deepEqual(at('s3://bank'), bank);
    assert.deepEqual(at('s3://bank/a/b/?region=eu-west-1&pathStyle=true'), {
      ...{ ...bank, prefix: 'a/b/', region: 'eu-west-1' },
      pathStyle: true,
    });
    assert.equal(at('s3://bank?endpoint=https://s3.bank.example')!.pathStyle, true);
    for (const DOCUMENT_STORE of [
      's3://',
      's3://id:secret@bank/',
      's3://bank:9000',
      's3://bank?key=1',
      's3://bank?endpoint=ftp://x',
    ]) {
      assert.throws(
        () => loadEnvironment('starter', { DOCUMENT_STORE }),
        /DOCUMENT_STORE: the path of a folder, or s3:/,
      );
    }
  });

  it('refuses credentials that the S3 server does not know', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    const store = await openDocumentStore(`s3://bank?endpoint=${s3.endpoint}&region=eu-north-1`, keys);
    const document = { documentId: randomUUID(), type: 'PASSPORT', fileName: 'a.pdf' };
    await assert.rejects(store.put(PDF, document), { name: 'SignatureDoesNotMatch' });
  });
});
