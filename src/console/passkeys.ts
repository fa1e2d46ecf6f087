import type { SignerKey, SignerSet } from '../proof/signers-file.js';

/** A key of an operator by its id in the signers file. */
export interface OwnKey {
  id: string;
  key: SignerKey;
}

/** All keys that the signers file has of an operator. */
export function keysOfOperator({ keys }: SignerSet, operator: string): OwnKey[] {
  return [...keys].filter(([, { signer }]) => signer.id === operator).map(([id, key]) => ({ id, key }));
}

/** The operator's passkeys that a page of this origin can use now. */
export function passkeysAt(set: SignerSet, operator: string, origin: string, now: Date): OwnKey[] {
  return keysOfOperator(set, operator).filter(
    ({ key }) => key.passkey?.origin === origin && validityOf(key, now) === 'valid',
  );
}

export function validityOf({ validFrom, validUntil, revokedAt }: SignerKey, now: Date): string {
  if (revokedAt && revokedAt <= now) return 'revoked';
  if (validUntil && validUntil <= now) return 'over';
  return validFrom && validFrom > now ? 'not valid yet' : 'valid';
}
