import { createHash, type X509Certificate } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import { proxiedFetch } from '../http/proxied-fetch.js';
import { CredentialsUnavailable, isScope, type Caller, type Credentials } from './caller.js';

export interface AccessTokenOptions {
  issuer: string;
  audience: string;
  /** Where the issuer's public keys are. */
  jwksUrl: string;
  /** How far clocks may differ. */
  clockSeconds?: number | undefined;
}

/** Asymmetric ones only: whoever checks a token must not be able to make one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const JWKS_AGE_MS = 10 * 60_000;

const claimsSchema = z.object({
  tenant: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  scope: z.string().default(''),
  sub: z.string().optional(),
  client_id: z.string().optional(),
  /** The operator in the signers file whose token it is. */
  operator: z.string().min(1).max(200).optional(),
  /** What must be shown besides. */
  cnf: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Access tokens of an OAuth 2 provider as RFC 9068 has them: signed JWTs with `tenant` and `scope` claims. The issuer's keys are cached, and
 * fetched anew when a token names one that is not known.
 */
export function accessTokens({ issuer, audience, jwksUrl, clockSeconds = 30 }: AccessTokenOptions): Credentials {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: JWKS_AGE_MS, [customFetch]: proxiedFetch() });
  return {
    async callerOf({ token, certificate }): Promise<Caller | undefined> {
      const payload = token === undefined ? undefined : await verified(token);
      const claims = claimsSchema.safeParse(payload).data;
      const id = claims?.client_id ?? claims?.sub;
      if (!claims || id === undefined || !isBoundTo(claims.cnf, certificate)) return undefined;
      const scopes = new Set(claims.scope.split(' ').filter(isScope));
      return { id: id.slice(0, 200), tenant: claims.tenant, scopes, operator: claims.operator };
    },
  };

  async function verified(token: string): Promise<JWTPayload | undefined> {
    try {
      const options = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: clockSeconds };
      return (await jwtVerify(token, keys, { ...options, requiredClaims: ['exp', 'iat'] })).payload;
    } catch (error) {
      if (isOutOfReach(error)) {
        throw new CredentialsUnavailable("the token issuer's keys are out of reach", { cause: error });
      }
      return undefined;
    }
  }
}

/** Whether a token that is bound to a certificate (RFC 8705, 3.1) comes with that one; what is bound to anything else is not taken. */
function isBoundTo(cnf: Record<string, unknown> | undefined, certificate: X509Certificate | undefined): boolean {
  if (cnf === undefined) return true;
  return (
    certificate !== undefined && cnf['x5t#S256'] === createHash('sha256').update(certificate.raw).digest('base64url')
  );
}

/** Whether the keys could not be fetched, as against a token that does not hold. */
function isOutOfReach(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return true;
  // What the provider answers instead of its keys has no code of its own.
  return error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC';
}
