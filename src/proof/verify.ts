import { compactVerify, decodeProtectedHeader } from 'jose';
import { worksFor } from '../lifecycle/policy.js';
import type { ProofFault, Signable, Verified } from '../lifecycle/proof-rules.js';
import { ALGORITHM, claimsSchema, TYPE, type Claims } from './envelope.js';
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
export async function verifyProof(jws: unknown, expected: Expected, signers: SignerSet, now: Date): Promise<Verified> {
  if (jws === undefined || jws === null) return no('missing');
  if (typeof jws !== 'string') return no('malformed');
  const kid = kidOf(jws);
  if (kid === undefined) return no('malformed');
  const key = signers.keys.get(kid);
  if (!key) return no('unknownKey');
  const claims = await claimsIn(jws, key);
  if (typeof claims === 'string') return no(claims);
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
    },
  };
}

const no = (fault: ProofFault): Verified => ({ ok: false, fault });

function kidOf(jws: string): string | undefined {
  try {
    const { alg, typ, kid } = decodeProtectedHeader(jws);
    return alg === ALGORITHM && typ === TYPE && typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

async function claimsIn(jws: string, { publicKey }: SignerKey): Promise<Claims | ProofFault> {
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(jws, publicKey, { algorithms: [ALGORITHM] }));
  } catch {
    return 'badSignature';
  }
  try {
    return claimsSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
  } catch {
    return 'malformed';
  }
}

function faultOf(claims: Claims, key: SignerKey, expected: Expected, now: Date): ProofFault | undefined {
  const { signer } = key;
  const signedAt = new Date(claims.iat);
  if (signedAt.getTime() > now.getTime() + AHEAD_MS) return 'fromTheFuture';
  if (!isValid(key, signedAt) || !isValid(key, now)) return 'keyNotValid';
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
function isValid({ validFrom, validUntil, revokedAt }: SignerKey, at: Date): boolean {
  if (validFrom !== undefined && at < validFrom) return false;
  if (validUntil !== undefined && at >= validUntil) return false;
  return revokedAt === undefined || at < revokedAt;
}
