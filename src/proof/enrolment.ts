import { calculateJwkThumbprint, compactVerify, CompactSign, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { canonicalJson } from '../lifecycle/canonical.js';
import { levelSuffices, worksFor } from '../lifecycle/policy.js';
import { sha256 } from '../lifecycle/sha256.js';
import { ALGORITHM } from './envelope.js';
import { passkeySchema } from './signer-keys.js';
import { isValidKey } from './verify.js';
import type { SignerSet } from './signers-file.js';

const TYPE = 'finhub-onboarding-enrolment+jws';

/** A passkey as the console's page of keys prints it. */
export const passkeyEntry = passkeySchema.pick({ credentialId: true, publicKey: true, origin: true });
export type PasskeyEntry = z.infer<typeof passkeyEntry>;

const enrolmentSchema = z.strictObject({
  /** Whose passkey it is. */
  operator: z.string(),
  passkey: passkeyEntry,
  /** Who vouches for that. */
  voucher: z.string(),
  iat: z.iso.datetime(),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

/** An enrolment does not count; the message says why. */
export class NotEnrolled extends Error {
  override readonly name = 'NotEnrolled';
}

/** What the operator and whoever vouches compare, by word of mouth. */
export function fingerprintOf(passkey: PasskeyEntry): string {
  return sha256(canonicalJson(passkey)).slice(0, 16);
}

/** A second operator's word that a passkey is an operator's own. @returns a compact JWS */
export async function vouchFor(
  { operator, passkey }: Pick<Enrolment, 'operator' | 'passkey'>,
  { voucher, key }: { voucher: string; key: JWK },
): Promise<string> {
  const enrolment: Enrolment = { operator, passkey, voucher, iat: new Date().toISOString() };
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: key.x! });
  return new CompactSign(new TextEncoder().encode(JSON.stringify(enrolment)))
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .sign(await importJWK(key, ALGORITHM));
}

/**
 * Checks by the signers file that another operator, of the same level and tenants at least, vouches for a passkey.
 * @throws NotEnrolled
 */
export async function checkEnrolment(jws: string, set: SignerSet, now: Date): Promise<Enrolment> {
  const { kid, typ } = headerOf(jws);
  const key = kid === undefined ? undefined : set.keys.get(kid);
  if (typ !== TYPE || !key?.publicKey) throw new NotEnrolled('the signers file has no key file that signed it');
  const { payload } = await compactVerify(jws, key.publicKey, { algorithms: [ALGORITHM] }).catch((cause: unknown) => {
    throw new NotEnrolled('its signature is invalid', { cause });
  });
  const enrolment = enrolmentSchema.safeParse(JSON.parse(new TextDecoder().decode(payload))).data;
  const voucher = key.signer;
  if (!enrolment || enrolment.voucher !== voucher.id) throw new NotEnrolled('it is not signed by whom it names');
  if (!isValidKey(key, now) || !isValidKey(key, new Date(enrolment.iat))) {
    throw new NotEnrolled(`the key of ${voucher.id} was not valid then, or is not now`);
  }
  const operator = set.signers.get(enrolment.operator);
  if (operator?.role !== 'operator') throw new NotEnrolled(`${enrolment.operator} is not an operator`);
  if (voucher.role !== 'operator' || voucher.id === operator.id) {
    throw new NotEnrolled('another operator has to vouch for it');
  }
  const isAbove =
    levelSuffices(voucher.level!, operator.level!) && operator.tenants.every((one) => worksFor(voucher, one));
  if (!isAbove) throw new NotEnrolled(`${voucher.id} has not the level and the tenants of ${operator.id}`);
  return enrolment;
}

function headerOf(jws: string): { kid?: string | undefined; typ?: string | undefined } {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    throw new NotEnrolled('it is no enrolment, as "operator vouch" prints it');
  }
}
