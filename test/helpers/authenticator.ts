import { createHash, generateKeyPairSync, randomBytes, sign, type JsonWebKey } from 'node:crypto';
import { canonicalJson } from '../../src/lifecycle/canonical.js';
import type { Claims } from '../../src/proof/envelope.js';
import { challengeOf, proofByPasskey } from '../../src/proof/passkey.js';

/** What an authenticator or a browser says differently. */
export interface Otherwise {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  crossOrigin?: boolean;
  topOrigin?: string;
  /** User present and verified, by default; 0x08 for a synced passkey. */
  flags?: number;
  /** Shown in place of the claims that were signed. */
  shown?: Partial<Claims>;
}

/** An authenticator with one passkey. Its answers are of the form of WebAuthn, Level 2. */
export class Authenticator {
  readonly credentialId = randomBytes(24).toString('base64url');
  readonly publicKey: JsonWebKey;
  readonly #sign: (bytes: Buffer) => Buffer;

  constructor(kind: 'ES256' | 'EdDSA' | 'RS256' = 'ES256') {
    if (kind === 'EdDSA') {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      this.publicKey = publicKey.export({ format: 'jwk' });
      this.#sign = (bytes) => sign(null, bytes, privateKey);
    } else {
      const { publicKey, privateKey } =
        kind === 'RS256'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      this.publicKey = publicKey.export({ format: 'jwk' });
      this.#sign = (bytes) => sign('sha256', bytes, privateKey);
    }
  }

  /** A message's proof. */
  proofOf(claims: Claims, origin: string, otherwise: Otherwise = {}): string {
    const signed = canonicalJson(claims);
    const given = { origin, rpId: new URL(origin).hostname, flags: 0x05, ...otherwise };
    const clientData = Buffer.from(
      JSON.stringify({
        type: given.type ?? 'webauthn.get',
        challenge: given.challenge ?? challengeOf(signed),
        origin: given.origin,
        crossOrigin: given.crossOrigin ?? false,
        ...(given.topOrigin && { topOrigin: given.topOrigin }),
      }),
    );
    const authenticatorData = Buffer.concat([
      createHash('sha256').update(given.rpId).digest(),
      Buffer.from([given.flags]),
      Buffer.alloc(4),
    ]);
    const signature = this.#sign(
      Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]),
    ).toString('base64url');
    return proofByPasskey({
      credentialId: this.credentialId,
      claims: otherwise.shown ? canonicalJson({ ...claims, ...otherwise.shown }) : signed,
      authenticatorData: authenticatorData.toString('base64url'),
      clientDataJSON: clientData.toString('base64url'),
      signature,
    });
  }
}
