import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { ProofFault } from '../lifecycle/proof-rules.js';
import { challengeText, PASSKEY_PREFIX } from './passkey-claims.js';

/*
 * A proof by a passkey: what an operator's authenticator signed in the browser (WebAuthn, Level 2) over the claims that a JWS has otherwise. It is
 * verified here, in the worker, so that a web server can neither make nor change one.
 */

const bytes = z.base64url().max(3000);
const assertionSchema = z.strictObject({
  credentialId: bytes.min(1),
  /** The claims as JSON, as they were signed. */
  claims: z.string().min(1),
  authenticatorData: bytes,
  clientDataJSON: bytes,
  signature: bytes,
});

/** What the authenticator and the browser gave. */
export type Assertion = z.infer<typeof assertionSchema>;

/** A passkey of the signers file. */
export interface Passkey {
  publicKey: KeyObject;
  /** Of the console's pages, exactly; its host is the passkey's relying party. */
  origin: string;
}

/** A public key as the signers file has it: ES256, Ed25519 or RS256; all authenticators of today have one of them. */
export const passkeyPublicKey = z.union([
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  z.strictObject({ kty: z.literal('RSA'), n: z.string().min(342), e: z.string() }),
]);

/** @throws TypeError if it is no key */
export function passkeyOf({ publicKey, origin }: { publicKey: object; origin: string }): Passkey {
  return { publicKey: createPublicKey({ key: publicKey as never, format: 'jwk' }), origin };
}

/** Puts an assertion into a message's `proof`. */
export function proofByPasskey(assertion: Assertion): string {
  return PASSKEY_PREFIX + Buffer.from(JSON.stringify(assertion)).toString('base64url');
}

export function isByPasskey(proof: string): boolean {
  return proof.startsWith(PASSKEY_PREFIX);
}

/** The assertion in a proof; undefined if it is none. */
export function assertionIn(proof: string): Assertion | undefined {
  try {
    const text = Buffer.from(proof.slice(PASSKEY_PREFIX.length), 'base64url').toString('utf8');
    return assertionSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What the authenticator is asked to sign for these claims, base64url. */
export function challengeOf(claims: string): string {
  return createHash('sha256').update(challengeText(claims)).digest('base64url');
}

const clientDataSchema = z.looseObject({
  type: z.literal('webauthn.get'),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

/** Offsets in the authenticator data, and its flags. Source: WebAuthn Level 2, 6.1. */
const RP_ID_HASH_BYTES = 32;
const HEADER_BYTES = 37;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;

/** Whether the passkey signed these claims on the console's own page, with its user verified. */
export function checkAssertion(
  { claims, ...given }: Assertion,
  { publicKey, origin }: Passkey,
): { fault: ProofFault } | { isDeviceBound: boolean } {
  const clientData = Buffer.from(given.clientDataJSON, 'base64url');
  const authenticatorData = Buffer.from(given.authenticatorData, 'base64url');
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
  // Ed25519 has a hash of its own.
  const hash = publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!isSigned(hash, signed, publicKey, Buffer.from(given.signature, 'base64url'))) return { fault: 'badSignature' };
  const client = clientDataIn(clientData);
  if (!client || authenticatorData.length < HEADER_BYTES) return { fault: 'malformed' };
  const rpId = createHash('sha256').update(new URL(origin).hostname).digest();
  const isHere =
    client.origin === origin &&
    client.crossOrigin !== true &&
    client.topOrigin === undefined &&
    authenticatorData.subarray(0, RP_ID_HASH_BYTES).equals(rpId);
  if (!isHere) return { fault: 'otherOrigin' };
  if (client.challenge !== challengeOf(claims)) return { fault: 'otherContent' };
  const flags = authenticatorData[RP_ID_HASH_BYTES]!;
  if (!(flags & USER_PRESENT) || !(flags & USER_VERIFIED)) return { fault: 'userNotVerified' };
  return { isDeviceBound: !(flags & BACKUP_ELIGIBLE) };
}

function isSigned(hash: string | null, signed: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

function clientDataIn(json: Buffer): z.infer<typeof clientDataSchema> | undefined {
  try {
    return clientDataSchema.safeParse(JSON.parse(json.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
