import { readFile, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { parseJson } from '../files/json.js';

/** A signing key file cannot be used or created. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

const privateKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string({ error: 'is missing; this is not a private key' }),
});

/**
 * Makes a key pair for signing. Writes the private key to a new file that only its owner can read.
 * @returns the public key, for `SIGNERS_FILE`
 * @throws SigningKeyError; an existing file is never overwritten
 */
export async function makeSigningKey(path: string): Promise<JWK> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const [secret, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
  await writeFile(path, `${JSON.stringify(secret)}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    const { code = 'cannot be written' } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'exists already, and keys are never overwritten' : code;
    throw new SigningKeyError(`${path}: ${why}`, { cause: error });
  });
  return { kty: 'OKP', crv: 'Ed25519', x: open.x! };
}

/** @throws SigningKeyError if the file has no private Ed25519 JWK */
export async function readSigningKey(path: string): Promise<JWK> {
  let content: unknown;
  try {
    content = parseJson(await readFile(path));
  } catch (error) {
    throw new SigningKeyError(`${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
  const parsed = privateKey.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'file'}: ${message}`);
  throw new SigningKeyError(`${path}: ${faults.join('; ')}`);
}
