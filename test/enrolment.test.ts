import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { JWK } from 'jose';
import { checkEnrolment, fingerprintOf, NotEnrolled, vouchFor, type PasskeyEntry } from '../src/proof/enrolment.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signersFile, type SignerSet } from '../src/proof/signers-file.js';
import { Authenticator } from './helpers/authenticator.js';
import { runEntry, type Ran } from './helpers/command-line.js';

const { credentialId, publicKey } = new Authenticator();
const PASSKEY = { credentialId, publicKey, origin: 'https://console.bank.example' } as PasskeyEntry;

/* Whoever could put a passkey under an operator's name would decide as them. */
describe("a passkey comes into the signers file by another operator's word", () => {
  let folder: string;
  let file: string;
  let set: SignerSet;
  const keys: Record<string, JWK> = {};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    file = join(folder, 'signers.json');
    const operator = { role: 'operator', tenants: ['*'] };
    const signers = [];
    for (const [id, more] of Object.entries({
      'op-1': { ...operator, level: 'TENANT' },
      'op-2': { ...operator, level: 'POWER_TENANT' },
      'op-3': { ...operator, level: 'POWER_TENANT' },
      elsewhere: { ...operator, level: 'POWER_TENANT', tenants: ['another'] },
      backend: { role: 'client', tenants: ['*'] },
      gone: { ...operator, level: 'POWER_TENANT' },
    })) {
      const path = join(folder, `${id}.key`);
      const key = {
        publicKey: await makeSigningKey(path),
        ...(id === 'gone' && { revokedAt: '2026-01-01T00:00:00Z' }),
      };
      keys[id] = await readSigningKey(path);
      signers.push({ id, ...more, keys: [key] });
    }
    await writeFile(file, JSON.stringify({ version: 3, signers }));
    set = await (await signersFile(file)).current();
  });
  after(() => rm(folder, { recursive: true }));

  const check = async (operator: string, voucher: string, signedBy = voucher) =>
    checkEnrolment(await vouchFor({ operator, passkey: PASSKEY }, { voucher, key: keys[signedBy]! }), set, new Date());

  test('of the same level at least', async () => {
    const { operator, passkey, voucher } = await check('op-1', 'op-2');
    assert.deepEqual([operator, passkey, voucher], ['op-1', PASSKEY, 'op-2']);
    await check('op-2', 'op-3');
  });

  const REFUSED: Record<string, [string, string, string?]> = {
    'their own': ['op-1', 'op-1'],
    "a program's": ['op-1', 'backend'],
    'of a lower level': ['op-2', 'op-1'],
    'of another tenant': ['op-1', 'elsewhere'],
    'by a revoked key': ['op-1', 'gone'],
    "in another operator's name": ['op-1', 'op-2', 'op-3'],
    'for nobody that is known': ['op-9', 'op-2'],
    'for a program': ['backend', 'op-2'],
  };
  for (const [what, [operator, voucher, signedBy]] of Object.entries(REFUSED)) {
    test(`and not by a word that is ${what}`, () => assert.rejects(check(operator, voucher, signedBy), NotEnrolled));
  }

  test('and not by what is no such word', async () => {
    const jws = await vouchFor({ operator: 'op-1', passkey: PASSKEY }, { voucher: 'op-2', key: keys['op-2']! });
    const [head, , signature] = jws.split('.');
    const other = Buffer.from(JSON.stringify({ operator: 'op-2' })).toString('base64url');
    for (const wrong of ['', 'x.y.z', `${head}.${other}.${signature}`])
      await assert.rejects(checkEnrolment(wrong, set, new Date()), NotEnrolled);
  });

  test('by two commands, which say what to compare', async () => {
    const [passkey, enrolment] = [join(folder, 'passkey.json'), join(folder, 'enrolment.json')];
    await writeFile(passkey, JSON.stringify(PASSKEY, undefined, 2));
    const operator = (...args: string[]): Promise<Ran> => runEntry('operator', args, process.env);
    const vouched = await operator(
      ...['vouch', passkey, '--for', 'op-1', '--as', 'op-2', '--key', join(folder, 'op-2.key')],
    );
    assert.equal(vouched.code, 0, vouched.stderr);
    assert.ok(vouched.stderr.includes(fingerprintOf(PASSKEY)));
    await writeFile(enrolment, vouched.stdout);
    const enrolled = await operator('enrol', file, enrolment);
    assert.equal(enrolled.code, 0, enrolled.stderr);
    assert.match(enrolled.stdout, /version 4 has the passkey of op-1/);
    const next = await (await signersFile(file)).current();
    assert.equal(next.keys.get(credentialId)?.signer.id, 'op-1');
    const before = await readFile(file, 'utf8');
    const again = await operator('enrol', file, enrolment);
    assert.equal(again.code, 2, 'it is listed already');
    assert.equal(await readFile(file, 'utf8'), before);
    await writeFile(enrolment, JSON.stringify({ enrolment: 'x.y.z' }));
    const wrong = await operator('enrol', file, enrolment);
    assert.deepEqual([wrong.code, /is no enrolment/.test(wrong.stderr)], [2, true], wrong.stderr);
  });
});
