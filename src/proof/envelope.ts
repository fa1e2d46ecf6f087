import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, CompactSign, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Signable } from '../lifecycle/proof-rules.js';

/** Keys are Ed25519: short, and signing does not depend on good randomness. */
export const ALGORITHM = 'EdDSA';
export const TYPE = 'finhub-onboarding-message+jws';

/** The signed content. An envelope is valid for one message to one instance of a case. */
export const claimsSchema = z.strictObject({
  /** Environment and namespace. */
  aud: z.string(),
  tenant: z.string(),
  workflowId: z.string(),
  /** Id of the case's first run, new with each start; a start does not have one yet. */
  instance: z.string().optional(),
  message: z.string(),
  id: z.string().min(1).max(200),
  bodyHash: z.string().regex(/^[0-9a-f]{64}$/),
  actor: z.string().max(300),
  signer: z.string(),
  /** The program that a gateway authenticated. */
  caller: z.string().max(200).optional(),
  iat: z.iso.datetime(),
});
export type Claims = z.infer<typeof claimsSchema>;

/** The key that signs, and its owner. */
export interface SigningKey {
  signerId: string;
  /** For a gateway: the program that it authenticated and sends for. */
  caller?: string | undefined;
  /** A private Ed25519 JWK. */
  key: JWK;
}

export interface ToSign {
  audience: string;
  tenant: string;
  workflowId: string;
  instance: string | undefined;
  message: Signable;
  bodyHash: string;
  actor: string;
  /** The same id means the same message; by default a new one. */
  messageId?: string | undefined;
}

/** The audience of a namespace, so that an envelope from a test environment is invalid in production. */
export function audienceOf(environment: string, namespace: string): string {
  return `${environment}/${namespace}`;
}

/**
 * Signs a message.
 * @returns a compact JWS, for the message's `proof`
 * @throws TypeError if the key is not a private Ed25519 JWK
 */
export async function signEnvelope({ signerId, key, caller }: SigningKey, what: ToSign): Promise<string> {
  const { audience, messageId, ...rest } = what;
  const claims: Claims = {
    aud: audience,
    ...rest,
    id: messageId ?? randomUUID(),
    signer: signerId,
    ...(caller !== undefined && { caller }),
    iat: new Date().toISOString(),
  };
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: key.x! });
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
    .sign(await importJWK(key, ALGORITHM));
}
