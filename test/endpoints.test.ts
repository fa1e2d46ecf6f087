import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { describeEndpoints, unknownOperations, type EndpointDescription } from '../src/finhub/describe.js';
import { pathParameters } from '../src/finhub/endpoint.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { ACTING_USER, withSandbox } from './helpers/sandbox-client.js';
import { runEntry } from './helpers/command-line.js';

const INDIVIDUAL = '/api/v2.1/customer/individual';
const ORGANIZATION = '/api/v2.1/customer/organization';

/** What the flow overview (S0, S2), the B2C guide (S1), the API reference (S3) and the older pages (S4) name, and the documented fallback (R18). */
const NAMED = `
GET ${INDIVIDUAL}/categorization/hierarchy/{tenantId}
POST ${INDIVIDUAL}/registration
POST ${INDIVIDUAL}/{customerId}/users/{userId}/sessions
DELETE ${INDIVIDUAL}/{customerId}/users/{userId}/sessions/{sessionId}
POST ${INDIVIDUAL}/{customerId}/verification/initiate
POST ${INDIVIDUAL}/{customerId}/verification
POST ${INDIVIDUAL}/{customerId}/consents/{type}
POST ${INDIVIDUAL}/{customerId}/activation
GET /api/v2.1/verifications/{verificationId}
POST /api/v2.1/verifications/{verificationId}/documents
POST /api/v2.1/verifications/{verificationId}/approve
POST ${ORGANIZATION}/registration
POST ${ORGANIZATION}/{orgId}/director
POST ${ORGANIZATION}/{orgId}/shareholders
POST ${ORGANIZATION}/{orgId}/employee
POST ${ORGANIZATION}/{orgId}/verify
POST ${ORGANIZATION}/{orgId}/consents/{type}
POST ${ORGANIZATION}/{orgId}/activation
GET /api/v2.1/fintrans/{accountId}/balance
GET /api/v2.1/fintrans/{accountId}/allowed-operations
POST /api/v2.1/fintrans/{accountId}/beneficiaries
POST /api/v2.1/fintrans/{walletId}/payment-consents/types/transfer
POST /api/v2.1/fintrans/{accountId}/types/transfer/prepare
POST /api/v2.1/fintrans/{accountId}/types/transfer/execute
POST /api/v1/customers
GET /v2/profile/{customerId}
PUT /v2/profile/{profileId}
GET /v2/customer/{customerId}
PUT /v2/persons/{customerId}/{customerStatus}
POST /v2/organization
GET /v2/organization/{organizationId}/{status}
PUT /v2/organization/{organizationId}/{status}
PUT /v2/kyb/initiateKYBStatus/{organizationId}
GET /v2/customer/status/{customerStatus}
GET /v2/verification-history/{customerId}
POST /api/v2.1/verifications
`
  .trim()
  .split('\n');

const endpoints = describeEndpoints();

test('every endpoint that the sources name is in the catalogue', () => {
  assert.equal(NAMED.length, 36);
  const missing = NAMED.filter((named) => !endpoints.some((endpoint) => isNamed(endpoint, named)));
  assert.deepEqual(missing, []);
});

test('whatever cites a source of the five is named by it', () => {
  const citing = endpoints.filter(({ sources }) => sources.some((source) => /^S[0-4]$/.test(source)));
  const unnamed = citing.filter((endpoint) => !NAMED.some((named) => isNamed(endpoint, named)));
  assert.deepEqual(unnamed, []);
  assert.equal(citing.length, 35);
});

test('names, paths and look-ups of the catalogue are consistent', () => {
  for (const [name, endpoint] of Object.entries(CATALOGUE)) {
    assert.equal(endpoint.operation, name);
    assert.ok(endpoint.sources.length > 0, `${name} has no source`);
  }
  const calls = endpoints.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    calls.filter((call, index) => calls.indexOf(call) !== index),
    [],
  );
  for (const { operation, readBack } of endpoints) {
    for (const read of readBack?.reads ?? []) assert.ok(read in CATALOGUE, `${operation} is read back by ${read}`);
  }
});

test('every operation that a phase names exists', () => {
  assert.deepEqual(unknownOperations(), []);
});

test('every endpoint of the catalogue is served by the sandbox: its handler answers, and does not break', async () => {
  await withSandbox({}, async (client) => {
    const token = await client.adminToken();
    for (const { operation, method, path } of endpoints) {
      const filled = pathParameters(path).reduce((filled, name) => filled.replace(`{${name}}`, 'transfer'), path);
      const headers = { ...ACTING_USER, 'x-api-key': SANDBOX_TENANT.apiKey };
      const body = method === 'GET' ? undefined : {};
      const { status, body: answer } = await client.send(method, filled, { token, headers, body });
      const told = `${operation}: ${status} ${JSON.stringify(answer)}`;
      assert.ok(status < 500, told);
      assert.doesNotMatch(told, /No such operation/);
    }
  });
});

test('the page explains every class', async () => {
  const docs = await readFile(new URL('../docs/reference/endpoints.md', import.meta.url), 'utf8');
  for (const of of new Set(endpoints.map((endpoint) => endpoint.class)))
    assert.match(docs, new RegExp(`^## ${of}$`, 'm'));
});

test('`npm run endpoints` prints a table, or JSON', async () => {
  const listed = JSON.parse(await run('--json')) as EndpointDescription[];
  assert.deepEqual(listed, endpoints);
  const [first] = listed;
  for (const field of ['operation', 'method', 'path', 'auth', 'class', 'sources']) assert.ok(first && field in first);
  assert.match(await run(), /addDirector .*guarded .*listDirectors/);
});

/** Whether an endpoint is the named one, whatever the names of placeholders; a placeholder of ours stands for a literal of theirs. */
function isNamed({ method, path }: EndpointDescription, named: string): boolean {
  const pattern = path.replace(/\{\w+\}/g, '(\\{\\w+\\}|transfer)');
  return new RegExp(`^${method} ${pattern}$`).test(named);
}

async function run(...args: string[]): Promise<string> {
  const { stdout } = await runEntry('endpoints', args, process.env);
  return stdout;
}
