import { compactVerify, CompactSign, importJWK, type JWK } from 'jose';
import { canonicalJson } from '../lifecycle/canonical.js';
import type { Decision } from '../lifecycle/messages.js';
import { parseMessage } from '../lifecycle/parse.js';

/** Keys are Ed25519: short, and signing needs no good randomness. */
const ALGORITHM = 'EdDSA';

/** What a signature is over: the decision as a case reads it, and the case it is on, so that it holds nowhere else. */
function signedText(workflowId: string, sent: Decision): Uint8Array {
  const { signature: _, ...decision } = parseMessage('decideVerification', sent);
  return new TextEncoder().encode(canonicalJson({ workflowId, decision }));
}

/**
 * Signs a decision with the operator's own key.
 * @returns a compact JWS, for the decision's `signature`
 * @throws TypeError if the key is not a private Ed25519 JWK; Malformed
 */
export async function signDecision(privateKey: JWK, workflowId: string, decision: Decision): Promise<string> {
  const key = await importJWK(privateKey, ALGORITHM);
  return new CompactSign(signedText(workflowId, decision)).setProtectedHeader({ alg: ALGORITHM }).sign(key);
}

/** Whether a decision carries the signature of this operator's key. */
export async function isSignedBy(
  operator: { publicKey?: JWK | undefined },
  workflowId: string,
  decision: Decision,
): Promise<boolean> {
  if (!operator.publicKey || !decision.signature) return false;
  try {
    const key = await importJWK(operator.publicKey, ALGORITHM);
    const { payload } = await compactVerify(decision.signature, key, { algorithms: [ALGORITHM] });
    return Buffer.from(payload).equals(signedText(workflowId, decision));
  } catch {
    return false;
  }
}
