import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { bodyHash, type ProofFault } from '../src/lifecycle/proof-rules.js';
import type { Claims } from '../src/proof/envelope.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signEnvelope } from '../src/proof/envelope.js';
import { signersFile, type SignerSet } from '../src/proof/signers-file.js';
import { verifyProof, type Expected } from '../src/proof/verify.js';
import { Authenticator, type Otherwise } from './helpers/authenticator.js';

const ORIGIN = 'https://console.bank.example';
const BODY = { decisionId: 'd', round: 1, verdict: 'approve' };
const EXPECTED: Expected = {
  ...{ audience: 'production/onboarding', tenant: 'tenant-1', workflowId: 'individual/tenant-1/1' },
  ...{ instance: 'run-1', message: 'decideVerification', bodyHash: bodyHash(BODY) },
};
const NOW = new Date();
const CLAIMS: Claims = {
  ...{ aud: 'production/onboarding', tenant: 'tenant-1', workflowId: 'individual/tenant-1/1', instance: 'run-1' },
  ...{ message: 'decideVerification', id: randomUUID(), bodyHash: bodyHash(BODY), actor: 'op-1', signer: 'op-1' },
  iat: NOW.toISOString(),
};

describe("an operator's passkey", () => {
  let folder: string;
  const own = new Authenticator();
  const ed25519 = new Authenticator('EdDSA');
  const rsa = new Authenticator('RS256');
  const others = new Authenticator();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
  });
  after(() => rm(folder, { recursive: true }));

  const entry = ({ credentialId, publicKey }: Authenticator, more: object = {}): object => ({
    ...{ credentialId, publicKey, origin: ORIGIN },
    ...more,
  });
  async function signers(
    passkeys: object[] = [entry(own), entry(ed25519), entry(rsa)],
    more: object[] = [],
  ): Promise<SignerSet> {
    const operator = { role: 'operator', level: 'TENANT', tenants: ['tenant-1'] };
    const list = [
      { id: 'op-1', ...operator, passkeys },
      { id: 'op-2', ...operator, passkeys: [entry(others)] },
      ...more,
    ];
    const file = join(folder, `${randomUUID()}.json`);
    await writeFile(file, JSON.stringify({ version: 1, signers: list }));
    return (await signersFile(file)).current();
  }
  async function faultOf(
    proof: string,
    expected: Partial<Expected> = {},
    set?: SignerSet,
  ): Promise<ProofFault | undefined> {
    const verified = await verifyProof(proof, { ...EXPECTED, ...expected }, set ?? (await signers()), NOW);
    return verified.ok ? undefined : verified.fault;
  }

  test('proves the message that it signed, of each kind, and says whether it is on one device only', async () => {
    const set = await signers();
    for (const authenticator of [own, ed25519, rsa]) {
      const verified = await verifyProof(authenticator.proofOf(CLAIMS, ORIGIN), EXPECTED, set, NOW);
      assert.ok(verified.ok);
      const { signerId, level, kid, means, messageId } = verified.proof;
      assert.deepEqual([signerId, level, kid, means], ['op-1', 'TENANT', authenticator.credentialId, 'passkey']);
      assert.equal(messageId, CLAIMS.id);
    }
    const synced = await verifyProof(own.proofOf(CLAIMS, ORIGIN, { flags: 0x1d }), EXPECTED, set, NOW);
    assert.ok(synced.ok && synced.proof.means === 'syncedPasskey');
  });

  const REJECTION = bodyHash({ ...BODY, verdict: 'reject' });
  /** What is said differently, what comes of it, and what the worker expects: a liar makes both fit. */
  const REFUSED: Record<string, [Otherwise, ProofFault, Partial<Expected>?]> = {
    'a changed verdict': [{ shown: { bodyHash: REJECTION } }, 'otherContent', { bodyHash: REJECTION }],
    'another case in the claims': [
      { shown: { workflowId: 'individual/tenant-1/2' } },
      'otherContent',
      { workflowId: 'individual/tenant-1/2' },
    ],
    'a challenge of its own': [{ challenge: 'AAAA' }, 'otherContent'],
    'another origin': [{ origin: 'https://evil.example' }, 'otherOrigin'],
    'the origin at another port': [{ origin: `${ORIGIN}:8443` }, 'otherOrigin'],
    'a relying party above': [{ rpId: 'bank.example' }, 'otherOrigin'],
    'a page in a frame of another': [{ crossOrigin: true }, 'otherOrigin'],
    'a page that names the one around it': [{ topOrigin: 'https://evil.example' }, 'otherOrigin'],
    'the registration of a key': [{ type: 'webauthn.create' }, 'malformed'],
    'nobody at the device': [{ flags: 0x04 }, 'userNotVerified'],
    'somebody who was not verified': [{ flags: 0x01 }, 'userNotVerified'],
  };
  for (const [what, [otherwise, fault, expected]] of Object.entries(REFUSED)) {
    test(`proves nothing with ${what}`, async () => {
      assert.equal(await faultOf(own.proofOf(CLAIMS, ORIGIN, otherwise), expected), fault);
    });
  }

  test('proves nothing elsewhere, again in another life of the case, or as somebody else', async () => {
    const proof = own.proofOf(CLAIMS, ORIGIN);
    const elsewhere: Partial<Expected>[] = [
      { audience: 'test/onboarding' },
      { workflowId: 'individual/tenant-1/2' },
      { instance: 'run-2' },
      { message: 'resolveAttention' },
      { tenant: 'tenant-2' },
    ];
    for (const one of elsewhere) assert.equal(await faultOf(proof, one), 'otherPlace', JSON.stringify(one));
    assert.equal(await faultOf(proof, { bodyHash: bodyHash({ ...BODY, round: 2 }) }), 'otherContent');
    assert.equal(await faultOf(others.proofOf(CLAIMS, ORIGIN)), 'otherActor');
    assert.equal(await faultOf(new Authenticator().proofOf(CLAIMS, ORIGIN)), 'unknownKey');
  });

  test('proves nothing once it is revoked or over, or where the console is elsewhere', async () => {
    const proof = own.proofOf(CLAIMS, ORIGIN);
    const past = new Date(NOW.getTime() - 1000).toISOString();
    for (const end of [{ revokedAt: past }, { validUntil: past }]) {
      assert.equal(await faultOf(proof, {}, await signers([entry(own, end)])), 'keyNotValid');
    }
    assert.equal(
      await faultOf(proof, {}, await signers([entry(own, { origin: 'https://new.bank.example' })])),
      'otherOrigin',
    );
  });

  test('is no key for an envelope, nor the other way round', async () => {
    const path = join(folder, 'file.key');
    const publicKey = await makeSigningKey(path);
    const key = await readSigningKey(path);
    // Under the name that an envelope gives its key.
    const credentialId = await calculateJwkThumbprint(publicKey);
    const asKey = { id: 'op-3', role: 'operator', level: 'TENANT', tenants: ['tenant-1'] };
    const set = await signers([], [{ ...asKey, passkeys: [{ credentialId, publicKey, origin: ORIGIN }] }]);
    const jws = await signEnvelope({ signerId: 'op-3', key }, { ...EXPECTED, actor: 'op-3' });
    assert.equal(await faultOf(jws, {}, set), 'unknownKey');
    const asFile = await signers([], [{ ...asKey, keys: [{ kid: own.credentialId, publicKey }] }]);
    assert.equal(await faultOf(own.proofOf(CLAIMS, ORIGIN), {}, asFile), 'unknownKey');
  });

  test('is refused, and nothing throws, whatever is in the place of a part', async () => {
    const set = await signers();
    const whole = JSON.parse(
      Buffer.from(own.proofOf(CLAIMS, ORIGIN).slice('passkey.'.length), 'base64url').toString(),
    ) as Record<string, unknown>;
    const text = fc.oneof(fc.string(), fc.base64String(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(whole)), text, async (part, anything) => {
        const proof = `passkey.${Buffer.from(JSON.stringify({ ...whole, [part]: anything })).toString('base64url')}`;
        assert.equal((await verifyProof(proof, EXPECTED, set, NOW)).ok, false);
        assert.equal((await verifyProof(`passkey.${JSON.stringify(anything)}`, EXPECTED, set, NOW)).ok, false);
      }),
      { numRuns: 300 },
    );
  });

  test('is written into the signers file with an origin that browsers know', async () => {
    for (const origin of ['http://console.bank.example', 'https://console.bank.example/', 'console.bank.example', '']) {
      await assert.rejects(signers([entry(own, { origin })]), /\/signers\/0\/passkeys\/0\/origin/, origin);
    }
    await signers([entry(own, { origin: 'http://localhost:8090' })]);
    await assert.rejects(signers([entry(own), entry(own)]), /passkeys\/1: the key is listed twice/);
    await assert.rejects(
      signers([entry(own, { publicKey: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } })]),
      /expected a public key/,
    );
  });
});
