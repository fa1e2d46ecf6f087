import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** A real OpenID Connect provider, at which people sign in without a password. */
export interface TestIdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Lets whoever comes next sign in as that subject. */
  expect(subject: string): void;
  /** Tells the gateway by the back channel that the person has left. */
  logOut(subject: string): Promise<void>;
  /** A logout token with the provider's own signature, as it is asked for. */
  logoutToken(claims: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

const CLIENT = { clientId: 'onboarding-gateway', clientSecret: 'a-secret-of-the-gateway-in-the-tests' };

interface Interactive {
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
}

/** @param publicUrl of the gateway whose people it knows */
export async function startIdentityProvider(publicUrl: string): Promise<TestIdentityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'provider-1' };
  let next = '';
  const provider: Provider = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${publicUrl}/sign-in/callback`],
        post_logout_redirect_uris: [`${publicUrl}/sign-in`],
        backchannel_logout_uri: `${publicUrl}/sign-out/by-provider`,
        id_token_signed_response_alg: 'ES256',
      },
    ],
    // What it would connect by refuses addresses of this machine.
    fetch: (url: string, { dispatcher: _, ...options }: { dispatcher?: unknown }) => fetch(url, options),
    cookies: { keys: ['of the tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  } as never);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const work = request.url?.startsWith('/interaction/')
      ? (provider as unknown as Interactive).interactionFinished(request, response, { login: { accountId: next } })
      : provider.callback()(request, response);
    void work.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return {
    ...{ issuer, ...CLIENT },
    expect: (subject) => void (next = subject),
    async logOut(subject) {
      const client = (await provider.Client.find(CLIENT.clientId)) as unknown as {
        backchannelLogout(sub: string, sid: string): Promise<void>;
      };
      await client.backchannelLogout(subject, 'session-1');
    },
    logoutToken: (claims) =>
      new SignJWT({ jti: crypto.randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'logout+jwt' })
        .setIssuer(issuer)
        .setAudience(CLIENT.clientId)
        .setIssuedAt()
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
