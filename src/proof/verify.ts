import { compactVerify, decodeProtectedHeader } from 'jose';
import { worksFor } from '../lifecycle/policy.js';
import type { ProofFault, Signable, Verified, VerifiedProof } from '../lifecycle/proof-rules.js';
import { ALGORITHM, claimsSchema, TYPE, type Claims } from './envelope.js';
import { assertionIn, checkAssertion, isByPasskey } from './passkey.js';
import type { SignerKey, SignerSet } from './signers-file.js';

/** The message that an envelope must match. */
export interface Expected {
  audience: string;
  tenant: string;
  workflowId: string;
  instance: string | undefined;
  message: Signable;
  bodyHash: string;
}

/** How far a signer's clock may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/**
 * Checks an envelope against its message and the current signers. Returns what is wrong, and never throws, whatever an outsider sends.
 */
export async function verifyProof(
  proof: unknown,
  expected: Expected,
  signers: SignerSet,
  now: Date,
): Promise<Verified> {
  if (proof === undefined || proof === null) return no('missing');
  if (typeof proof !== 'string') return no('malformed');
  const signed = isByPasskey(proof) ? signedByPasskey(proof, signers) : await signedByKey(proof, signers);
  if (typeof signed === 'string') return no(signed);
  const { kid, key, claims, means } = signed;
  const fault = faultOf(claims, key, expected, now);
  if (fault) return no(fault);
  const { signer } = key;
  return {
    ok: true,
    proof: {
      signerId: signer.id,
      role: signer.role,
      level: signer.level,
      kid,
      messageId: claims.id,
      actor: claims.actor,
      caller: claims.caller,
      at: claims.iat,
      signers: signers.hash,
      means,
    },
  };
}

const no = (fault: ProofFault): Verified => ({ ok: false, fault });

interface Signed {
  kid: string;
  key: SignerKey;
  claims: Claims;
  means: VerifiedProof['means'];
}

async function signedByKey(jws: string, signers: SignerSet): Promise<Signed | ProofFault> {
  const kid = kidOf(jws);
  if (kid === undefined) return 'malformed';
  const key = signers.keys.get(kid);
  if (!key?.publicKey) return 'unknownKey';
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(jws, key.publicKey, { algorithms: [ALGORITHM] }));
  } catch {
    return 'badSignature';
  }
  const claims = claimsIn(payload);
  return claims ? { kid, key, claims, means: 'keyFile' } : 'malformed';
}

function signedByPasskey(proof: string, signers: SignerSet): Signed | ProofFault {
  const assertion = assertionIn(proof);
  if (!assertion) return 'malformed';
  const kid = assertion.credentialId;
  const key = signers.keys.get(kid);
  if (!key?.passkey) return 'unknownKey';
  const checked = checkAssertion(assertion, key.passkey);
  if ('fault' in checked) return checked.fault;
  const claims = claimsIn(new TextEncoder().encode(assertion.claims));
  return claims ? { kid, key, claims, means: checked.isDeviceBound ? 'passkey' : 'syncedPasskey' } : 'malformed';
}

function kidOf(jws: string): string | undefined {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(jws);
    return alg === ALGORITHM && typ === TYPE && typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

function claimsIn(payload: Uint8Array): Claims | undefined {
  try {
    return claimsSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))).data;
  } catch {
    return undefined;
  }
}

function faultOf(claims: Claims, key: SignerKey, expected: Expected, now: Date): ProofFault | undefined {
  const { signer } = key;
  const signedAt = new Date(claims.iat);
  if (signedAt.getTime() > now.getTime() + AHEAD_MS) return 'fromTheFuture';
  if (!isValidKey(key, signedAt) || !isValidKey(key, now)) return 'keyNotValid';
  if (claims.signer !== signer.id) return 'otherActor';
  if (signer.role === 'operator' && claims.actor !== signer.id) return 'otherActor';
  if (claims.tenant !== expected.tenant) return 'otherPlace';
  if (!worksFor(signer, expected.tenant)) return 'otherTenant';
  const isHere =
    claims.aud === expected.audience &&
    claims.workflowId === expected.workflowId &&
    claims.instance === expected.instance &&
    claims.message === expected.message;
  if (!isHere) return 'otherPlace';
  return claims.bodyHash === expected.bodyHash ? undefined : 'otherContent';
}

/** A revoked key proves nothing, not even earlier messages: a thief may have backdated them. */
export function isValidKey({ validFrom, validUntil, revokedAt }: SignerKey, at: Date): boolean {
  if (validFrom !== undefined && at < validFrom) return false;
  if (validUntil !== undefined && at >= validUntil) return false;
  return revokedAt === undefined || at < revokedAt;
}
