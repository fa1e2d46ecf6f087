import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CompactSign, importJWK, type JWK } from 'jose';
import { bodyHash, type ProofFault } from '../src/lifecycle/proof-rules.js';
import { signEnvelope, type ToSign } from '../src/proof/envelope.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signAsRoot, SIGNATURES_SUFFIX } from '../src/proof/root-signatures.js';
import { SignersFileError } from '../src/proof/signers-file-error.js';
import { signersFile, type SignersFileOptions, type SignerSet } from '../src/proof/signers-file.js';
import { signersHistory } from '../src/proof/signers-history.js';
import { verifyProof, type Expected } from '../src/proof/verify.js';
import { parseKeyRing, type KeyRing } from '../src/secrets/key-ring.js';
import type { Blobs } from '../src/store/blobs.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { signersText } from './helpers/signers.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
});
after(() => rm(folder, { recursive: true }));

interface Pair {
  open: JWK;
  secret: JWK;
}
let keys = 0;
async function aKey(): Promise<Pair> {
  keys += 1;
  const path = join(folder, `${keys}.key`);
  return { open: await makeSigningKey(path), secret: await readSigningKey(path) };
}

describe('an envelope', () => {
  const BODY = { by: 'op-1', text: 'seen' };
  const EXPECTED: Expected = {
    ...{ audience: 'production/onboarding', tenant: 'tenant-1', workflowId: 'individual/tenant-1/1' },
    ...{ instance: 'run-1', message: 'note', bodyHash: bodyHash(BODY) },
  };
  const NOW = new Date();
  const at = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString();
  let pair: Pair;
  before(async () => {
    pair = await aKey();
  });

  /** Signers of whom one has the key, with these times and tenants. */
  async function signersWith(key: object = {}, signer: object = {}): Promise<SignerSet> {
    const path = join(folder, `${randomBytes(4).toString('hex')}.json`);
    const one = { id: 'op-1', role: 'operator', level: 'TENANT', tenants: ['tenant-1'] };
    const keysOfOne = [{ publicKey: pair.open, ...key }];
    await writeFile(path, JSON.stringify({ version: 1, signers: [{ ...one, keys: keysOfOne, ...signer }] }));
    return (await signersFile(path)).current();
  }
  const signed = (changed: Partial<ToSign> = {}, { secret }: Pair = pair, signerId = 'op-1'): Promise<string> =>
    signEnvelope({ signerId, key: secret }, { ...EXPECTED, actor: 'op-1', ...changed });
  async function faultOf(
    jws: unknown,
    { signers, expected, now = NOW }: { signers?: SignerSet; expected?: Partial<Expected>; now?: Date } = {},
  ): Promise<ProofFault | undefined> {
    const verified = await verifyProof(jws, { ...EXPECTED, ...expected }, signers ?? (await signersWith()), now);
    return verified.ok ? undefined : verified.fault;
  }

  test('carries the message that it was made for, and names who signed by which file', async () => {
    const signers = await signersWith();
    const verified = await verifyProof(await signed({ messageId: 'm-1' }), EXPECTED, signers, NOW);
    assert.ok(verified.ok);
    const { signerId, role, level, messageId, actor, signers: hash } = verified.proof;
    assert.deepEqual([signerId, role, level, messageId, actor], ['op-1', 'operator', 'TENANT', 'm-1', 'op-1']);
    assert.equal(hash, signers.hash);
  });

  test('carries no message for another place, and none with other content', async () => {
    const elsewhere: Partial<Expected>[] = [
      { audience: 'test/onboarding' },
      { workflowId: 'individual/tenant-1/2' },
      { instance: 'run-2' },
      { instance: undefined },
      { message: 'claim' },
    ];
    for (const expected of elsewhere)
      assert.equal(await faultOf(await signed(), { expected }), 'otherPlace', JSON.stringify(expected));
    assert.equal(await faultOf(await signed(), { expected: { tenant: 'tenant-2' } }), 'otherPlace');
    const content = { bodyHash: bodyHash({ ...BODY, text: 'Seen' }) };
    assert.equal(await faultOf(await signed(), { expected: content }), 'otherContent');
  });

  test('counts with the rights that its signer has now', async () => {
    const jws = await signed();
    assert.equal(await faultOf(jws, { signers: await signersWith({}, { keys: [] }) }), 'unknownKey');
    assert.equal(await faultOf(jws, { signers: await signersWith({}, { tenants: ['tenant-2'] }) }), 'otherTenant');
    assert.equal(await faultOf(jws, { signers: await signersWith({}, { id: 'op-2' }) }), 'otherActor');
    assert.equal(await faultOf(await signed({ actor: 'op-2' })), 'otherActor');
  });

  test('counts while its key is valid, then and now, and not once it was revoked', async () => {
    const jws = await signed();
    const of = async (key: object, now?: Date) =>
      faultOf(jws, { signers: await signersWith(key), ...(now && { now }) });
    assert.equal(await of({ validFrom: at(-5), validUntil: at(5) }), undefined);
    assert.equal(await of({ validFrom: at(5) }), 'keyNotValid');
    assert.equal(await of({ validFrom: at(5) }, new Date(at(10))), 'keyNotValid', 'it was not valid then');
    assert.equal(await of({ validUntil: at(5) }, new Date(at(10))), 'keyNotValid', 'it is not valid now');
    assert.equal(
      await of({ revokedAt: at(5) }, new Date(at(10))),
      'keyNotValid',
      'what it signed before does not count',
    );
    assert.equal(await faultOf(jws, { now: new Date(at(-10)) }), 'fromTheFuture');
  });

  test('that was changed, signed by somebody else, or made in another form is none', async () => {
    const jws = await signed();
    const [head, payload, signature] = jws.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const other = Buffer.from(JSON.stringify({ ...claims, actor: 'op-2' })).toString('base64url');
    assert.equal(await faultOf(`${head}.${other}.${signature}`), 'badSignature');
    assert.equal(await faultOf(await signed({}, await aKey())), 'unknownKey');
    const stranger = await importJWK((await aKey()).secret, 'EdDSA');
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const made = (header: object, key = stranger, content: object = claims) =>
      new CompactSign(Buffer.from(JSON.stringify(content)))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'finhub-onboarding-message+jws', kid, ...header })
        .sign(key);
    assert.equal(await faultOf(await made({})), 'badSignature');
    const own = await importJWK(pair.secret, 'EdDSA');
    assert.equal(await faultOf(await made({}, own)), undefined);
    assert.equal(await faultOf(await made({ typ: 'JWT' }, own)), 'malformed', 'a token of another kind');
    assert.equal(await faultOf(await made({}, own, { ...claims, admin: true })), 'malformed');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'finhub-onboarding-message+jws', kid }));
    assert.equal(await faultOf(`${none.toString('base64url')}.${payload}.`), 'malformed');
    const { publicKey } = generateKeyPairSync('ed25519');
    const hmac = new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'HS256', typ: 'finhub-onboarding-message+jws', kid })
      .sign(Buffer.from(publicKey.export({ type: 'spki', format: 'der' })));
    assert.equal(await faultOf(await hmac), 'malformed', 'another algorithm, with a public key for a secret');
    assert.equal(await faultOf(undefined), 'missing');
    for (const junk of ['', 'x', '..', '.'.repeat(5000), 7, {}, [], '\u0000'])
      assert.equal(await faultOf(junk), 'malformed', JSON.stringify(junk));
  });
});

describe('the newest signers file', () => {
  const OPERATOR = { id: 'op-1', level: 'TENANT', tenants: ['*'] };
  const text = (version: number, level = 'TENANT'): string => signersText([{ ...OPERATOR, level }], version);
  const ringOf = (current: string, ids: string[]): KeyRing =>
    parseKeyRing(
      JSON.stringify({ current, fingerprint: ids[0], keys: Object.fromEntries(ids.map((id) => [id, SECRETS[id]])) }),
    );
  const SECRETS: Record<string, string> = Object.fromEntries(
    ['a', 'b'].map((id) => [id, randomBytes(32).toString('base64')]),
  );

  /** A worker's view of a file, with a document store that outlives it. */
  function aFile(): { path: string; blobs: Blobs; read: (keys: KeyRing, content: string) => Promise<number> } {
    const path = join(folder, `${randomBytes(4).toString('hex')}.json`);
    const blobs = folderBlobs(`${path}.store`);
    return {
      path,
      blobs,
      async read(keys, content) {
        await writeFile(path, content);
        const signers = await signersFile(path, { history: signersHistory(blobs, keys) });
        return (await signers.current()).version;
      },
    };
  }

  test('stays the newest for workers that start later: no older version, and no other content under its version', async () => {
    const ring = ringOf('a', ['a']);
    const { read } = aFile();
    assert.equal(await read(ring, text(2)), 2);
    await assert.rejects(read(ring, text(1)), /older versions are rejected/);
    await assert.rejects(read(ring, text(2, 'POWER_TENANT')), /without a new "version"/);
    assert.equal(await read(ring, text(3)), 3);
  });

  test('stays the newest when the keys were rotated and the old one is gone', async () => {
    const { read } = aFile();
    assert.equal(await read(ringOf('a', ['a']), text(2)), 2);
    // The rotation: every process starts again with the new key first in the ring.
    assert.equal(await read(ringOf('b', ['a', 'b']), text(2)), 2);
    await assert.rejects(read(ringOf('b', ['b']), text(1)), /older versions are rejected/);
  });

  test('and those before it are kept, for audits that name them by their hash', async () => {
    const ring = ringOf('a', ['a']);
    const { path, blobs, read } = aFile();
    const hashes: string[] = [];
    for (const version of [1, 2]) {
      await read(ring, text(version));
      hashes.push((await (await signersFile(path)).current()).hash);
    }
    for (const hash of hashes) {
      const kept = await blobs.read(`signers-${hash}`);
      assert.ok(kept && !kept.includes('op-1'), 'it is kept, and cannot be read');
    }
  });

  test('counts with the signatures of two offline roots, where workers know some', async () => {
    const roots = await Promise.all([aKey(), aKey(), aKey()]);
    const path = join(folder, 'rooted.json');
    const options: SignersFileOptions = { roots: roots.map(({ open }) => open) };
    const content = Buffer.from(text(1));
    const signedBy = async (...by: Pair[]): Promise<number> => {
      const signatures = await Promise.all(by.map(({ secret }) => signAsRoot(content, secret)));
      await writeFile(path + SIGNATURES_SUFFIX, JSON.stringify(signatures));
      return (await (await signersFile(path, options)).current()).version;
    };
    const [one, two, three] = roots;
    await writeFile(path, content);
    await assert.rejects(signersFile(path, options), SignersFileError, 'nobody has signed');
    for (const by of [[one], [one, one], [one, await aKey()]])
      await assert.rejects(signedBy(...by), /signed by 1 of the 2 roots/);
    assert.equal(await signedBy(one, three), 1);
    assert.equal(await signedBy(two, one), 1);
    await writeFile(path, text(1, 'POWER_TENANT'));
    await assert.rejects(signersFile(path, options), /signed by 0 of the 2 roots/);
  });
});
