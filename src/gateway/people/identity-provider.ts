import { createRemoteJWKSet, customFetch as joseFetch, jwtVerify, type JWTPayload } from 'jose';
import * as oidc from 'openid-client';
import { z } from 'zod';
import { proxiedFetch } from '../../http/proxied-fetch.js';
import { CredentialsUnavailable } from '../caller.js';
import type { SignedOut } from './signed-out.js';

export interface IdentityProviderOptions {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Where browsers reach this gateway. */
  publicUrl: string;
}

/** What has to be remembered between the way to the provider and the way back. */
export const signInSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  tenant: z.string().optional(),
  at: z.int(),
});
export type SignIn = z.infer<typeof signInSchema>;

/** Who somebody is, as the provider proved it. */
export interface Identity {
  issuer: string;
  subject: string;
  sid: string | undefined;
}

/** A sign-in or a logout token that does not hold. */
export class NotIdentified extends Error {
  override readonly name = 'NotIdentified';
}

export const CALLBACK_PATH = '/sign-in/callback';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LOGOUT_AGE_SECONDS = 180;

/** People's own provider, by OpenID Connect: authorization code with PKCE, state and nonce. Its tokens stay here and are thrown away. */
export class IdentityProvider {
  readonly issuer: string;
  readonly #options: IdentityProviderOptions;
  readonly #fetch = proxiedFetch();
  #found: Promise<oidc.Configuration> | undefined;
  #keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  constructor(options: IdentityProviderOptions) {
    this.issuer = options.issuer;
    this.#options = options;
  }

  /** Where the browser goes to sign in, and what has to be remembered until it is back. @throws CredentialsUnavailable */
  async begin(): Promise<{ url: string; remembered: Omit<SignIn, 'tenant' | 'at'> }> {
    const found = await this.#configuration();
    const remembered = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(found, {
      scope: 'openid',
      redirect_uri: this.#options.publicUrl + CALLBACK_PATH,
      state: remembered.state,
      nonce: remembered.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(remembered.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, remembered };
  }

  /** Who came back. @throws NotIdentified; CredentialsUnavailable */
  async finish(query: string, { state, nonce, verifier }: SignIn): Promise<Identity> {
    const found = await this.#configuration();
    const url = new URL(`${this.#options.publicUrl}${CALLBACK_PATH}${query}`);
    try {
      const answer = await oidc.authorizationCodeGrant(found, url, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      const { iss, sub, sid } = answer.claims()!;
      return { issuer: iss, subject: sub, sid: typeof sid === 'string' ? sid : undefined };
    } catch (error) {
      if (error instanceof TypeError) throw outOfReach(error);
      throw new NotIdentified('the identity provider did not vouch for anybody', { cause: error });
    }
  }

  /** Where the provider ends its own session; undefined where it has no such page or does not answer. */
  async endUrl(): Promise<string | undefined> {
    const found = await this.#configuration().catch(() => undefined);
    if (!found?.serverMetadata().end_session_endpoint) return undefined;
    return oidc.buildEndSessionUrl(found, { post_logout_redirect_uri: `${this.#options.publicUrl}/sign-in` }).href;
  }

  /** What a logout token of the provider ends, and when (in ms). @throws NotIdentified; CredentialsUnavailable */
  async ended(logoutToken: string): Promise<{ whose: SignedOut[]; at: number }> {
    const { iat, sub, sid, events, nonce } = await this.#verified(logoutToken);
    const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events;
    if (!isLogout || nonce !== undefined) throw new NotIdentified('it is no logout token');
    const { issuer } = this;
    const whose: SignedOut[] = [
      ...(sub === undefined ? [] : [{ issuer, subject: sub }]),
      // Where it names both, the person's other sessions end as well: rather one too many.
      ...(typeof sid === 'string' ? [{ issuer, sid }] : []),
    ];
    if (whose.length === 0) throw new NotIdentified('it names nobody');
    // It counts whole seconds; and sent again later, it ends nothing that began after it.
    return { whose, at: (iat! + 1) * 1000 };
  }

  async #verified(token: string): Promise<JWTPayload> {
    const { jwks_uri: at } = (await this.#configuration()).serverMetadata();
    if (at === undefined) throw new CredentialsUnavailable('the identity provider names no keys');
    this.#keys ??= createRemoteJWKSet(new URL(at), { [joseFetch]: this.#fetch });
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: this.issuer,
        audience: this.#options.clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['iat', 'jti', 'events'],
        maxTokenAge: LOGOUT_AGE_SECONDS,
        clockTolerance: 30,
      });
      return payload;
    } catch (error) {
      if (error instanceof TypeError) throw outOfReach(error);
      throw new NotIdentified('the logout token does not hold', { cause: error });
    }
  }

  /** Looked up once; again where that failed. */
  #configuration(): Promise<oidc.Configuration> {
    this.#found ??= this.#discover().catch((error: unknown) => {
      this.#found = undefined;
      throw outOfReach(error);
    });
    return this.#found;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, authentication(clientSecret), {
      [oidc.customFetch]: this.#fetch as unknown as oidc.CustomFetch,
      // Configuration lets plain HTTP through on this machine only.
      execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
    });
    // The signature too, although the token came straight from the provider.
    oidc.enableNonRepudiationChecks(found);
    return found;
  }
}

/** By the header where the provider takes it, which is what the standard has by default. */
function authentication(secret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const taken = server.token_endpoint_auth_methods_supported;
    (!taken || taken.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}

function outOfReach(cause: unknown): CredentialsUnavailable {
  return new CredentialsUnavailable('the identity provider is out of reach', { cause });
}
