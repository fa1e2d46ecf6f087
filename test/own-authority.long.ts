import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer as createSecureServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startEntry } from '../dev/embedded/entry-process.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import type { Finding } from '../src/doctor/finding.js';
import { makeCertificates } from './helpers/certificates.js';
import { runEntry } from './helpers/command-line.js';
import { ask } from './helpers/gateway.js';
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from './helpers/token-issuer.js';
import { listening, tunnelling } from './helpers/tunnelling-proxy.js';

describe('servers whose certificates are of an authority of your own', { timeout: 600_000 }, () => {
  let folder: string;
  let stack: Stack;
  let front: Server;
  let issuer: TokenIssuer;
  let url: string;
  const { proxy, tunnels } = tunnelling();
  let proxyUrl: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'own-authority-test-'));
    const made = await makeCertificates(folder);
    stack = await startStack();
    const [cert, key] = await Promise.all([readFile(made.file('server.pem')), readFile(made.file('server.key'))]);
    issuer = await startTokenIssuer();
    const [finhub, keys] = [new URL(stack.sandboxUrl), new URL(issuer.jwksUrl)];
    // FinHub, whoever is notified, and whoever issues tokens.
    front = createSecureServer({ cert, key }, (from, to) => {
      if (from.url === '/notified') return void from.resume().on('end', () => to.writeHead(204).end());
      const { hostname: host, port } = from.url === keys.pathname ? keys : finhub;
      const options = { host, port, path: from.url, method: from.method };
      from.pipe(
        request({ ...options, headers: from.headers }, (answer) => {
          to.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(to);
        }),
      );
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    url = `https://localhost:${(front.address() as AddressInfo).port}`;
    proxyUrl = await listening(proxy);
  });
  after(async () => {
    for (const server of [front, proxy]) {
      server?.closeAllConnections();
      server?.close();
    }
    await issuer?.close();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const faults = async (env: Record<string, string>): Promise<string[]> => {
    const notify = { NOTIFY_URL: `${url}/notified`, NOTIFY_SECRET: `whsec_${'A'.repeat(32)}` };
    const { stdout, stderr } = await runEntry('doctor', ['--json'], {
      ...{ ...process.env, NODE_EXTRA_CA_CERTS: '' },
      ...{ ...stack.environment, FINHUB_BASE_URL: url, ...notify },
      ...env,
    });
    assert.notEqual(stdout, '', stderr);
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    return findings.filter(({ state }) => state === 'fault').map(({ what }) => what);
  };

  test('are believed with NODE_EXTRA_CA_CERTS only, straight and through a proxy', async () => {
    const authority = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    const without = await faults({});
    assert.ok(without.includes('FinHub') && without.includes('NOTIFY_URL'), without.join());
    assert.deepEqual(await faults(authority), []);
    assert.deepEqual(tunnels, []);
    assert.deepEqual(await faults({ ...authority, HTTPS_PROXY: proxyUrl, NO_PROXY: '127.0.0.1' }), []);
    assert.ok(tunnels.length > 1 && tunnels.every((to) => url.endsWith(to)), tunnels.join());
  });

  test('are believed by a gateway that checks access tokens, with NODE_EXTRA_CA_CERTS only', async () => {
    const token = await issuer.token({ tenant: SANDBOX_TENANT.id, scope: 'onboarding:read' });
    const heard = async (env: Record<string, string>): Promise<number> => {
      const gateway = await startEntry('gateway', {
        env: {
          ...{ ...process.env, NODE_EXTRA_CA_CERTS: '' },
          ...stack.environment,
          ...{ GATEWAY_PORT: '0', GATEWAY_OAUTH_ISSUER: issuer.issuer, GATEWAY_OAUTH_AUDIENCE: AUDIENCE },
          ...{ GATEWAY_OAUTH_JWKS_URL: `${url}${new URL(issuer.jwksUrl).pathname}`, ...env },
        },
        ready: /^gateway listening on (http:\S+)/,
      });
      try {
        return (await ask(gateway.firstMatch![1]!, 'GET', '/v1/cases/individual/none', { token })).status;
      } finally {
        await gateway.stop();
      }
    };
    assert.deepEqual([await heard({}), await heard({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })], [503, 404]);
  });
});
