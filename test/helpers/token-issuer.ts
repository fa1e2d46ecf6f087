import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, exportJWK } from 'jose';
import Provider from 'oidc-provider';

export interface IssuedFor {
  tenant: string;
  scope: string;
  audience?: string;
  operator?: string;
  /** SHA-256, hex, of the client certificate that it is bound to. */
  certificate?: string;
}

/** A real OAuth 2 provider, which gives access tokens to programs by the client-credentials grant. */
export interface TokenIssuer {
  issuer: string;
  jwksUrl: string;
  token(wanted: IssuedFor): Promise<string>;
  close(): Promise<void>;
}

export const AUDIENCE = 'urn:onboarding';
const SECRET = 'a-secret-of-the-backend-in-the-tests';

export async function startTokenIssuer({ lifetimeSeconds = 600 } = {}): Promise<TokenIssuer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const wishes = new Map<string, IssuedFor>();
  let made = 0;
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256' }] },
    scopes: ['onboarding:write', 'onboarding:read', 'payments:write', 'operate'],
    clients: [],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: (_: unknown, resource: string) => ({
          scope: 'onboarding:write onboarding:read payments:write operate',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifetimeSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) => {
      const { tenant, operator, certificate } = wishes.get(clientId)!;
      const bound = certificate !== undefined && Buffer.from(certificate, 'hex').toString('base64url');
      return { tenant, ...(operator !== undefined && { operator }), ...(bound && { cnf: { 'x5t#S256': bound } }) };
    },
    async findAccount() {},
    adapter: clientsFrom(wishes),
  } as never);
  server.on('request', (request, response) => void provider.callback()(request, response));
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    async token(wanted) {
      made += 1;
      const id = `backend-${made}`;
      wishes.set(id, wanted);
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${SECRET}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: wanted.scope,
          resource: wanted.audience ?? AUDIENCE,
        }),
      });
      const { access_token: token, ...rest } = (await answer.json()) as { access_token?: string };
      if (token === undefined) throw new Error(JSON.stringify(rest));
      return token;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Everything but clients is kept nowhere: the tokens are signed and no state of theirs is asked for. */
function clientsFrom(wishes: Map<string, IssuedFor>) {
  return class {
    readonly #kind: string;
    constructor(kind: string) {
      this.#kind = kind;
    }
    find(id: string): Promise<unknown> {
      if (this.#kind !== 'Client' || !wishes.has(id)) return Promise.resolve(undefined);
      return Promise.resolve({
        client_id: id,
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
      });
    }
    upsert(): Promise<void> {
      return Promise.resolve();
    }
    destroy(): Promise<void> {
      return Promise.resolve();
    }
  };
}
