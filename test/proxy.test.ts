import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { Webhook } from 'standardwebhooks';
import { accessTokens } from '../src/gateway/access-tokens.js';
import { notifyActivities } from '../src/activities/notify.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { FinHubClient } from '../src/finhub/client.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { startSandbox } from '../sandbox/server.js';
import { s3Blobs } from '../src/store/s3-blobs.js';
import { startTracing } from '../src/tracing/tracing.js';
import { listening, tunnelling } from './helpers/tunnelling-proxy.js';
import { AUDIENCE, startTokenIssuer } from './helpers/token-issuer.js';

const SECRETS = ['the new one of thirty-two bytes!', 'the old one of thirty-two bytes!'].map(
  (text) => `whsec_${Buffer.from(text).toString('base64')}`,
);

test('FinHub and notifications go through the proxy that is set, but for hosts of NO_PROXY; two secrets sign', async () => {
  const { proxy, tunnels } = tunnelling();
  const taken: { body: string; headers: Record<string, string> }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      taken.push({ body, headers: request.headers as Record<string, string> });
      response.writeHead(204).end();
    });
  });
  const [proxyUrl, receiverUrl, sandbox] = [
    await listening(proxy),
    await listening(receiver),
    await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0 }),
  ];
  const before = { ...process.env };
  const ask = async (): Promise<void> => {
    const { id, key, secret, admin } = SANDBOX_TENANT;
    const client = new FinHubClient({
      ...{ baseUrl: sandbox.url, tenantId: id, tenantKey: key, tenantSecret: secret, admin },
      ...{ timeoutMs: 5000, maxConnections: 2, deviceId: 'proxy' },
    });
    await client.call(CATALOGUE.getCategorizationHierarchy, { tenantId: id }, { key: 'proxy' });
    await client.close();
    const activities = notifyActivities({ url: receiverUrl, secret: SECRETS.join(',') });
    const data = { workflowId: 'w', sequence: 1 };
    await activities.notify({ type: 'test', at: new Date().toISOString(), data });
  };
  try {
    process.env['HTTP_PROXY'] = proxyUrl;
    await ask();
    assert.deepEqual(new Set(tunnels), new Set([sandbox.url, receiverUrl].map((url) => url.replace('http://', ''))));
    for (const secret of SECRETS) new Webhook(secret).verify(taken[0]!.body, taken[0]!.headers);
    const count = tunnels.length;
    process.env['NO_PROXY'] = '127.0.0.1';
    await ask();
    assert.equal(tunnels.length, count);
  } finally {
    for (const name of ['HTTP_PROXY', 'NO_PROXY']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await sandbox.close();
    for (const server of [proxy, receiver]) {
      server.closeAllConnections();
      server.close();
    }
  }
});

test('documents in S3 and traces go through the proxy that is set, but for hosts of NO_PROXY', async () => {
  const { proxy, tunnels } = tunnelling();
  const asked: string[] = [];
  const upstream = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  const [proxyUrl, url] = [await listening(proxy), await listening(upstream)];
  const before = { ...process.env };
  const use = async (): Promise<void> => {
    const blobs = s3Blobs({ bucket: 'bank', prefix: '', endpoint: url, region: 'eu-north-1', pathStyle: true });
    await blobs.write('document', Buffer.from('bytes'));
    const stop = await startTracing('proxy-test');
    trace.getTracer('test').startSpan('a span').end();
    await stop!();
    trace.disable();
  };
  try {
    Object.assign(process.env, { HTTP_PROXY: proxyUrl, OTEL_EXPORTER_OTLP_ENDPOINT: url });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
    await use();
    assert.deepEqual(
      tunnels,
      [url, url].map((to) => to.replace('http://', '')),
    );
    process.env['NO_PROXY'] = '127.0.0.1';
    await use();
    assert.equal(tunnels.length, 2);
    assert.deepEqual(asked, ['PUT /bank/document', 'POST /v1/traces', 'PUT /bank/document', 'POST /v1/traces']);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    for (const server of [proxy, upstream]) {
      server.closeAllConnections();
      server.close();
    }
  }
});

test('the keys of access tokens are fetched through the proxy that is set, but for hosts of NO_PROXY', async () => {
  const { proxy, tunnels } = tunnelling();
  const [proxyUrl, issuer] = [await listening(proxy), await startTokenIssuer()];
  const before = { ...process.env };
  const tenant = SANDBOX_TENANT.id;
  const { host } = new URL(issuer.jwksUrl);
  /** Each time by a gateway that knows no keys yet. */
  const check = async (token: string): Promise<void> => {
    const credentials = accessTokens({ issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl });
    assert.equal((await credentials.callerOf({ token }))?.tenant, tenant);
  };
  try {
    const token = await issuer.token({ tenant, scope: 'onboarding:read' });
    process.env['HTTP_PROXY'] = proxyUrl;
    await check(token);
    assert.deepEqual(tunnels, [host]);
    process.env['NO_PROXY'] = '127.0.0.1';
    await check(token);
    assert.deepEqual(tunnels, [host]);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await issuer.close();
    proxy.closeAllConnections();
    proxy.close();
  }
});
