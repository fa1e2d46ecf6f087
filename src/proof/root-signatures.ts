import { readFile } from 'node:fs/promises';
import { calculateJwkThumbprint, flattenedVerify, FlattenedSign, importJWK, type FlattenedJWS, type JWK } from 'jose';
import { z } from 'zod';
import { NotJson, parseJson } from '../files/json.js';
import { SignersFileError } from './signers-file-error.js';

/** The file beside the signers file with the offline roots' signatures, as JSON. They sign the file's exact bytes. */
export const SIGNATURES_SUFFIX = '.signatures';
const NEEDED = 2;

const signaturesSchema = z.array(z.object({ protected: z.string(), signature: z.string() }));

/** Checks that two different roots signed this version of the file. @throws SignersFileError */
export async function checkRootSignatures(path: string, content: Buffer, roots: JWK[]): Promise<void> {
  const beside = path + SIGNATURES_SUFFIX;
  const signatures = await readSignatures(beside);
  const signed = new Set<string>();
  for (const root of roots) {
    const key = await importJWK(root, 'EdDSA');
    for (const { protected: head, signature } of signatures) {
      const jws: FlattenedJWS = { protected: head, signature, payload: content.toString('base64url') };
      const holds = await flattenedVerify(jws, key, { algorithms: ['EdDSA'] }).then(
        () => true,
        () => false,
      );
      if (holds) signed.add(await calculateJwkThumbprint(root));
    }
  }
  if (signed.size < NEEDED) {
    throw new SignersFileError(
      `${path} is signed by ${signed.size} of the ${NEEDED} roots that SIGNERS_ROOT_KEYS asks for; add what is missing to ${beside} with "operator sign-signers"`,
    );
  }
}

/** A root's signature over the file's bytes, for the file of signatures. */
export async function signAsRoot(content: Buffer, root: JWK): Promise<{ protected: string; signature: string }> {
  const key = await importJWK(root, 'EdDSA');
  const { protected: head, signature } = await new FlattenedSign(content)
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(key);
  return { protected: head!, signature };
}

/** The roots' signatures so far. @throws SignersFileError */
export async function readSignatures(path: string): Promise<z.infer<typeof signaturesSchema>> {
  try {
    return signaturesSchema.parse(parseJson(await readFile(path)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    const why = error instanceof NotJson ? error.message : 'expected a JSON list of {"protected", "signature"}';
    throw new SignersFileError(`${path}: ${why}`, { cause: error });
  }
}
