import { readFile, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

/** An operator's key file cannot be used or made. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const privateKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string({ error: 'is missing; this is no private key' }),
});

/**
 * Makes an operator's key pair. The private key goes into a new file that its owner alone can read.
 * @returns the public key, for `OPERATORS_FILE`
 * @throws KeyFileError; a file that is there already is never overwritten
 */
export async function makeKeyFile(path: string): Promise<JWK> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const [secret, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
  await writeFile(path, `${JSON.stringify(secret)}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    throw new KeyFileError(`${path}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be written'}`, {
      cause: error,
    });
  });
  return { kty: 'OKP', crv: 'Ed25519', x: open.x! };
}

/** @throws KeyFileError if the file does not hold a private Ed25519 JWK */
export async function readKeyFile(path: string): Promise<JWK> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new KeyFileError(`${path} cannot be read as JSON`, { cause: error });
  }
  const parsed = privateKey.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'file'}: ${message}`);
  throw new KeyFileError(`${path}: ${faults.join('; ')}`);
}
