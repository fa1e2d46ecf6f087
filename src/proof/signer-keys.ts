import { calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from 'jose';
import { z } from 'zod';
import { passkeyOf, passkeyPublicKey, type Passkey } from './passkey.js';

const time = z.iso
  .datetime({ error: 'expected an ISO 8601 time, for example 2027-01-31T00:00:00Z' })
  .transform((text) => new Date(text));

/** A public key of a key file. */
export const keySchema = z.strictObject({
  /** By default the key's thumbprint (RFC 7638). */
  kid: z.string().min(1).max(100).optional(),
  publicKey: z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  validFrom: time.optional(),
  validUntil: time.optional(),
  revokedAt: time.optional(),
});

/** An operator's passkey, as the console's page of keys prints it. */
export const passkeySchema = z.strictObject({
  credentialId: z.base64url().min(1).max(1400),
  publicKey: passkeyPublicKey,
  /** Of the console that it was made on; its host is the passkey's relying party, so another host takes another passkey. */
  origin: z.string().refine((text) => isOrigin(text), {
    error: 'expected the address of the console without a path, https://… or http://localhost…',
  }),
  validFrom: time.optional(),
  validUntil: time.optional(),
  revokedAt: time.optional(),
});

/** Whether browsers would name it as an origin, and let a passkey be used on it. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  return origin === text && (protocol === 'https:' || hostname === 'localhost');
}

/** What verifies a signature, of a key file or of a passkey, and when it is valid. */
export interface Key {
  publicKey?: CryptoKey | undefined;
  passkey?: Passkey | undefined;
  validFrom: Date | undefined;
  validUntil: Date | undefined;
  revokedAt: Date | undefined;
}

/** A key by its id, or why there is none; with its place in the signer's entry. */
type Read = { place: string } & ({ kid: string; key: Key } | { fault: string });

/** The keys of an entry's `keys`. */
export function keysOf(entries: readonly z.output<typeof keySchema>[]): Promise<Read[]> {
  return Promise.all(
    entries.map(async ({ kid, publicKey: jwk, ...validity }, at) => {
      const place = `keys/${at}`;
      try {
        const publicKey = (await importJWK(jwk as JWK, 'EdDSA')) as CryptoKey;
        return { place, kid: kid ?? (await calculateJwkThumbprint(jwk)), key: { publicKey, ...timesOf(validity) } };
      } catch {
        return { place, fault: 'expected an Ed25519 public key, as keygen prints it' };
      }
    }),
  );
}

/** The keys of an entry's `passkeys`, by the ids of their credentials. */
export function passkeysOf(entries: readonly z.output<typeof passkeySchema>[]): Read[] {
  return entries.map(({ credentialId: kid, publicKey, origin, ...validity }, at) => {
    const place = `passkeys/${at}`;
    try {
      return { place, kid, key: { passkey: passkeyOf({ publicKey, origin }), ...timesOf(validity) } };
    } catch {
      return { place, fault: 'expected a public key (P-256, Ed25519, RSA) as the console prints it' };
    }
  });
}

type Validity = Partial<Pick<Key, 'validFrom' | 'validUntil' | 'revokedAt'>>;

function timesOf({ validFrom, validUntil, revokedAt }: Validity): Required<Validity> {
  return { validFrom, validUntil, revokedAt };
}
