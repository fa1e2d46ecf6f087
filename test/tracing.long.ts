import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { withContent } from '../dev/demo/over-http.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { FinHubClient } from '../src/finhub/client.js';
import { finHubTracing } from '../src/tracing/finhub-tracing.js';
import { runEntry } from './helpers/command-line.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { ask } from './helpers/gateway.js';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  service: string;
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

/** Takes OTLP over HTTP, as a collector does. */
async function startCollector(): Promise<{ url: string; spans: Span[]; server: Server }> {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...span, service });
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, server };
}

test('every request to FinHub carries its span as traceparent', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push(headers['traceparent'] as string | undefined);
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider = new NodeTracerProvider();
  provider.register();
  const actor = { organizationId: 'o', userId: 'u', username: 'admin', password: 'password', roles: ['ADMIN_USER'] };
  const client = new FinHubClient({
    ...{ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tenantId: 't', tenantKey: 'k' },
    ...{ tenantSecret: 's', admin: actor, timeoutMs: 5000, maxConnections: 1, deviceId: 'd' },
    observer: finHubTracing,
  });
  try {
    const call = client.call(CATALOGUE.getVerification, { verificationId: 'v' }, { key: 'k' });
    await assert.rejects(call, { kind: 'unavailable' });
    assert.equal(seen.length, 1);
    assert.match(seen[0] ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  } finally {
    await client.close();
    await provider.shutdown();
    server.close();
  }
});

describe('a trace', { timeout: 1_200_000 }, () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let stack: Stack;
  before(async () => {
    collector = await startCollector();
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
    stack = await startStack({ workerEnv: tracing, gateway: tracing });
    const environment = { ...process.env, ...stack.environment, ...tracing };
    const { code, stderr } = await runEntry('starter', ['individual', 'examples/individual.json'], environment);
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await stack?.stop();
    collector?.server.close();
  });

  test('goes from the starter through the workflow and its activities to the request that FinHub gets', async () => {
    const named = (name: string): Promise<Span> =>
      eventually(`a span ${name}`, () => Promise.resolve(collector.spans.find((span) => span.name === name)));
    const start = await named('StartWorkflow:individualLifecycle');
    const activity = await named('RunActivity:registerIndividual');
    const request = await named('FinHub:registerIndividual');
    assert.equal(start.service, 'finhub-onboarding-starter');
    assert.equal(activity.service, 'finhub-onboarding-worker');
    assert.deepEqual([activity.traceId, request.traceId], [start.traceId, start.traceId]);
    assert.equal(activity.parentSpanId, start.spanId);
    assert.equal(request.parentSpanId, activity.spanId);
  });

  test('that a caller of the HTTP API has begun goes on through the gateway into the case', async () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    const body = await withContent(await anIndividual());
    const started = await ask(stack.gatewayUrl!, 'PUT', `/v1/individuals/${body.applicationId}`, {
      body,
      headers: { traceparent: `00-${traceId}-${spanId}-01` },
    });
    assert.equal(started.status, 202);
    const named = (name: string): Promise<Span> =>
      eventually(`a span ${name}`, () =>
        Promise.resolve(collector.spans.find((span) => span.name === name && span.traceId === traceId)),
      );
    const request = await named('PUT /v1/individuals/{applicationId}');
    const start = await named('StartWorkflow:individualLifecycle');
    const activity = await named('RunActivity:registerIndividual');
    assert.equal(request.service, 'finhub-onboarding-gateway');
    assert.equal(request.parentSpanId, spanId);
    assert.equal(start.parentSpanId, request.spanId);
    assert.equal(activity.parentSpanId, start.spanId);
  });
});
