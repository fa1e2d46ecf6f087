import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { openDocumentStore, parseKeyRing } from '../src/client/index.js';
import { loadEnvironment } from '../src/config/environment.js';
import { BoxError } from '../src/secrets/box.js';
import { openChunked } from '../src/secrets/chunked-box.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { DocumentCheck, DocumentRefused, MAX_DOCUMENT_BYTES } from '../src/store/document-check.js';
import type { DocumentStore } from '../src/store/document-store.js';
import { s3Location } from '../src/store/open-store.js';
import { startS3Server, type S3Server } from './helpers/s3-server.js';

const PDF = Buffer.from('%PDF-1.7\nthe content of a document\n%%EOF\n');

/** A PDF of so many bytes that do not repeat. */
function large(size: number): Buffer {
  const [begin, end] = [Buffer.from('%PDF-1.7\nthe content of a document\n'), Buffer.from('\n%%EOF\n')];
  return Buffer.concat([begin, randomBytes(size - begin.length - end.length), end]);
}

async function* flowing(content: Buffer, size = 50_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  await Promise.resolve();
}

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

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

    it('takes what flows, and knows it again by all of its content', async () => {
      const content = large(11 * 1024 * 1024);
      const { documentId } = meta();
      const named = { documentId, sha256: hashOf(content) };
      const reference = await store().take(flowing(content), { ...meta(), ...named });
      assert.deepEqual(await store().find(named), { mimeType: 'application/pdf', size: content.length });
      assert.ok((await store().get(reference)).equals(content));
      const bytes = await readFile(await fileOf(documentId));
      assert.ok(!bytes.includes('%PDF') && !bytes.includes('the content'));
    });

    it('keeps nothing of what is refused or breaks off', async () => {
      const { folder } = stores[kind]!;
      await mkdir(folder, { recursive: true });
      const files = async (): Promise<string[]> =>
        (await readdir(folder, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ name }) => name)
          .sort();
      const before = await files();
      const good = large(11 * 1024 * 1024);
      const broken = async function* (): AsyncGenerator<Buffer> {
        yield* flowing(good);
        await Promise.reject(new Error('the line broke'));
      };
      const other = Buffer.concat([Buffer.from('<html>'), good]);
      const vast = large(MAX_DOCUMENT_BYTES + 1);
      for (const [content, sha256, why] of [
        [broken(), hashOf(good), /the line broke/],
        [flowing(good), hashOf(PDF), /SHA-256 is/],
        [flowing(other), hashOf(other), /before "%PDF-"/],
        [flowing(vast), hashOf(vast), /20 MB/],
        [flowing(good.subarray(0, -60)), hashOf(good.subarray(0, -60)), /cut off/],
      ] as const) {
        await assert.rejects(store().take(content, { ...meta(), sha256 }), why);
      }
      assert.deepEqual(await files(), before);
    });

    it(
      'notices chunks that are left out, moved or cut off',
      { skip: kind === 'S3' && 'the server behind it notices first' },
      async () => {
        const content = large(300_000);
        const head = keys.current.length + 1 + 32;
        const chunk = 64 * 1024 + 16;
        const at = (index: number): number => head + index * chunk;
        const changes: ((bytes: Buffer) => Buffer)[] = [
          (bytes) => bytes.subarray(0, at(2)),
          (bytes) => Buffer.concat([bytes.subarray(0, at(1)), bytes.subarray(at(2))]),
          (bytes) =>
            Buffer.concat([
              ...[bytes.subarray(0, at(1)), bytes.subarray(at(2), at(3)), bytes.subarray(at(1), at(2))],
              bytes.subarray(at(3)),
            ]),
          (bytes) => bytes.subarray(0, at(0)),
          () => Buffer.alloc(0),
        ];
        for (const change of changes) {
          const reference = await store().put(content, meta());
          const file = await fileOf(reference.documentId);
          const bytes = change(await readFile(file));
          await writeFile(file, bytes);
          // The box by itself, before the hash of the content has its say.
          const bound = JSON.stringify([reference.documentId, reference.sha256]);
          const opened = openChunked(keys, 'document v2', bound, flowing(bytes));
          await assert.rejects(buffer(opened), BoxError);
          const changed = { name: 'DocumentUnavailable', reason: 'changed' };
          await assert.rejects(store().get(reference), changed);
          await assert.rejects(store().find(reference), changed);
        }
      },
    );

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

  it('finds what encrypts a PDF, however its bytes come in', () => {
    const encrypted = (text: string): Buffer =>
      Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, ' '), Buffer.from(text), Buffer.from('\n%%EOF\n')]);
    const trailer = encrypted('trailer << /Size 5 /Encrypt 7 0 R >>');
    const stream = encrypted('<< /Encrypt 7 0 R /Type /XRef >> stream');
    const words = encrypted(`/Encrypt 7 0 R${' '.repeat(3000)}trailer << /Size 5 >>`);
    for (const size of [1, 7, 1000, 1024, 4096, 65_536]) {
      const refusal = (content: Buffer): string | undefined => {
        const check = new DocumentCheck();
        try {
          for (let at = 0; at < content.length; at += size) check.update(content.subarray(at, at + size));
          check.end();
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      };
      for (const content of [trailer, stream]) assert.match(refusal(content) ?? '', /encrypted/, `by ${size}`);
      assert.equal(refusal(words), undefined, `by ${size}`);
    }
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
