import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Agent } from 'undici';
import { freePort } from '../dev/embedded/ports.js';
import { accessTokens } from '../src/gateway/access-tokens.js';
import { credentialsOf } from '../src/gateway/authentication.js';
import type { IndividualInput } from '../src/client/index.js';
import { SCOPES, type Scope } from '../src/gateway/caller.js';
import type { Gateway } from '../src/gateway/server.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual } from './helpers/applications.js';
import { connecting, makeCertificates, NO_CERTIFICATES, type Certificates } from './helpers/certificates.js';
import { CookieBrowser } from './helpers/cookie-browser.js';
import { ask, gatewayOf, type Heard } from './helpers/gateway.js';
import { startIdentityProvider, type TestIdentityProvider } from './helpers/identity-provider.js';
import type { Lane } from './helpers/lane.js';
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from './helpers/token-issuer.js';
import { startRealServer, type RealServer } from './model/real-server.js';

interface Operation {
  operationId: string;
  method: string;
  path: string;
  scopes: Scope[];
  example: unknown;
}

/** Who may do what. A route that is not in the table fails, and so does one whose scopes differ from it. */
interface Access {
  scopes: Scope[];
  /** Names an operator, who is the caller. */
  operator?: true;
  /** Where messages are signed, it takes the operator's own envelope. */
  own?: true;
}

const ACCESS: Record<string, Access> = {
  startIndividual: { scopes: ['onboarding:write'] },
  startOrganization: { scopes: ['onboarding:write'] },
  uploadDocument: { scopes: ['onboarding:write'] },
  startTransfer: { scopes: ['payments:write'] },
  submitDocuments: { scopes: ['onboarding:write'] },
  acceptConsents: { scopes: ['onboarding:write'] },
  submitActivationCode: { scopes: ['onboarding:write'] },
  correctApplication: { scopes: ['onboarding:write'] },
  cancelCase: { scopes: ['onboarding:write', 'operate'] },
  addBeneficiary: { scopes: ['payments:write'] },
  removeBeneficiary: { scopes: ['payments:write'] },
  makePaymentConsent: { scopes: ['payments:write'] },
  revokePaymentConsent: { scopes: ['payments:write'] },
  confirmTransfer: { scopes: ['payments:write'] },
  decideTransfer: { scopes: ['payments:write'] },
  getCase: { scopes: ['onboarding:read'] },
  waitForCase: { scopes: ['onboarding:read'] },
  followCase: { scopes: ['onboarding:read'] },
  listCases: { scopes: ['onboarding:read', 'operate'] },
  getAudit: { scopes: ['operate'] },
  reviewCase: { scopes: ['operate'] },
  decide: { scopes: ['operate'], operator: true, own: true },
  claimCase: { scopes: ['operate'], operator: true },
  releaseCase: { scopes: ['operate'], operator: true },
  assignCase: { scopes: ['operate'], operator: true },
  addNote: { scopes: ['operate'], operator: true },
  extendDeadline: { scopes: ['operate'], operator: true },
  resolveAttention: { scopes: ['operate'], operator: true },
  resolveByCause: { scopes: ['operate'], operator: true },
  viewDocument: { scopes: ['operate'], operator: true },
  callByHand: { scopes: ['operate'], operator: true, own: true },
};

interface RequestBody {
  content?: Record<string, { example: object }>;
}

/** What the contract shows; a call by hand in earnest. */
function exampleOf(operationId: string, body: RequestBody | undefined): object | undefined {
  const example = body?.content?.['application/json']?.example;
  return operationId === 'callByHand' ? { ...example, dryRun: false } : example;
}

/** Every route by the file that is checked in. */
async function operations(): Promise<Operation[]> {
  const { paths } = JSON.parse(await readFile('docs/reference/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, { operationId: string; 'x-scopes': Scope[]; requestBody?: unknown }>>;
  };
  // FinHub's webhooks are let in by their signature: webhooks.test.ts.
  const ours = Object.entries(paths).filter(([path]) => path.startsWith('/v1/'));
  return ours.flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, 'x-scopes': scopes, requestBody }]) => ({
      ...{ operationId, method: method.toUpperCase(), path, scopes },
      example: exampleOf(operationId, requestBody as RequestBody | undefined),
    })),
  );
}

describe('who may use the HTTP API', { timeout: 1_200_000 }, () => {
  let server: RealServer;
  let lane: Lane;
  let issuer: TokenIssuer;
  let shortLived: TokenIssuer;
  let provider: TestIdentityProvider;
  let folder: string;
  let gateway: Gateway;
  let all: Operation[];
  /** In review. */
  let id: string | undefined;
  /** In review, to be cancelled. */
  let other: string | undefined;
  const tenant = SANDBOX_TENANT.id;
  const every = SCOPES.join(' ');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const file = join(folder, 'signers.json');
    const publicKey = await makeSigningKey(join(folder, 'gateway-1.key'));
    const signers = [
      { id: 'op-1', role: 'operator', level: 'TENANT', tenants: ['*'], subject: 'person-1' },
      { id: 'op-2', role: 'operator', level: 'POWER_TENANT', tenants: ['*'] },
      { id: 'gateway-1', role: 'gateway', tenants: ['*'], keys: [{ publicKey }] },
    ];
    await writeFile(file, JSON.stringify({ version: 1, signers }));
    const key = await readSigningKey(join(folder, 'gateway-1.key'));
    [server, issuer, shortLived, all] = await Promise.all([
      startRealServer({
        env: { SIGNERS_FILE: file },
        signing: { signerId: 'gateway-1', environment: 'default', key },
      }),
      startTokenIssuer(),
      startTokenIssuer({ lifetimeSeconds: 1 }),
      operations(),
    ]);
    ({ lane } = server);
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    provider = await startIdentityProvider(publicUrl);
    const { issuer: named, clientId, clientSecret } = provider;
    const { issuer: ofTokens, jwksUrl } = issuer;
    gateway = await gatewayOf(lane, {
      port,
      credentials: accessTokens({ issuer: ofTokens, audience: AUDIENCE, jwksUrl }),
      people: {
        signers: await signersFile(file),
        keys: parseKeyRing(newKeyRingText()),
        blobs: folderBlobs(join(folder, 'store')),
        limits: { idleMs: 900_000, wholeMs: 3_600_000 },
        signInsPerMinute: 1000,
        tenantId: tenant,
        provider: { issuer: named, clientId, clientSecret, publicUrl },
      },
    });
    [id, other] = await Promise.all([await anIndividual(), await anIndividual()].map(inReview));
  });
  after(async () => {
    await gateway.close();
    await Promise.all([server.stop(), issuer.close(), shortLived.close(), provider.close()]);
    await rm(folder, { recursive: true });
  });

  const inReview = async (application: IndividualInput): Promise<string> =>
    (await lane.toReview(application)).split('/')[2]!;
  const serve = ({ issuer: named, jwksUrl }: TokenIssuer, clockSeconds?: number): Promise<Gateway> =>
    gatewayOf(lane, { credentials: accessTokens({ issuer: named, audience: AUDIENCE, jwksUrl, clockSeconds }) });

  /** An operation's address. */
  const filled = ({ method, path, operationId }: Operation, to: string): string =>
    path
      .replace('{kind}', 'individual')
      .replace('{documentId}', '00000000-0000-4000-8000-000000000000')
      .replaceAll(/\{\w+\}/g, method === 'PUT' ? `${operationId}-1` : to) +
    (operationId === 'waitForCase' ? '?for=review' : '');

  const send = (
    operation: Operation,
    token: string | undefined,
    { url = gateway.url, to = id! } = {},
  ): Promise<Heard> => {
    // Broken on purpose where something would begin.
    const { method, example, operationId } = operation;
    const body = method === 'PUT' ? {} : example;
    const signal = operationId === 'followCase' ? AbortSignal.timeout(20_000) : undefined;
    return ask(url, method, filled(operation, to), { token, body, ...(signal && { signal }) });
  };
  const codeOf = ({ body }: Heard): string | undefined => (body as { code?: string } | null)?.code;

  /** What the stream of events says before it begins is all that matters here. */
  const said = async (
    operation: Operation,
    token: string | undefined,
    to = id!,
  ): Promise<[number, string | undefined]> => {
    if (operation.operationId === 'followCase') {
      const controller = new AbortController();
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const url = gateway.url + operation.path.replace('{kind}', 'individual').replace('{id}', to);
      const answer = await fetch(url, { headers, signal: controller.signal });
      const code = answer.ok ? undefined : ((await answer.json()) as { code: string }).code;
      controller.abort();
      return [answer.status, code];
    }
    const heard = await send(operation, token, { to });
    return [heard.status, codeOf(heard)];
  };

  test('the table has every route of the contract, with the scopes that it states', () => {
    const stated = Object.fromEntries(all.map(({ operationId, scopes }) => [operationId, scopes]));
    const wanted = Object.fromEntries(Object.entries(ACCESS).map(([name, { scopes }]) => [name, scopes]));
    assert.deepEqual(stated, wanted);
  });

  test('nobody is let in without a token, or with one that is garbage, over, or for another audience', async () => {
    const dead = await shortLived.token({ tenant, scope: every });
    const elsewhereToo = await serve(shortLived, 0);
    try {
      const elsewhere = await issuer.token({ tenant, scope: every, audience: 'urn:other' });
      const forged = `${(await issuer.token({ tenant, scope: every })).slice(0, -8)}AAAAAAAA`;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      for (const operation of all) {
        for (const [what, token, url] of [
          ['none', undefined, gateway.url],
          ['garbage', 'garbage', gateway.url],
          ['forged', forged, gateway.url],
          ['other audience', elsewhere, gateway.url],
          ['other issuer', dead, gateway.url],
          ['over', dead, elsewhereToo.url],
        ] as const) {
          const heard = await send(operation, token, { url });
          assert.deepEqual(
            [heard.status, codeOf(heard)],
            [401, 'Unauthenticated'],
            `${operation.operationId}: ${what}`,
          );
        }
      }
    } finally {
      await elsewhereToo.close();
    }
  });

  test('a scope opens what the contract says, and nothing else', async () => {
    for (const scope of SCOPES) {
      const token = await issuer.token({ tenant, scope });
      for (const operation of all) {
        const [status, code] = await said(operation, token, other);
        const isOpen = ACCESS[operation.operationId]!.scopes.includes(scope);
        assert.equal(code === 'Forbidden', !isOpen, `${operation.operationId} with ${scope}: ${status} ${code}`);
        assert.ok(status < 500 && status !== 401, `${operation.operationId} with ${scope}: ${status} ${code}`);
      }
    }
  });

  test('a method that a path does not take is refused, and told those that it takes', async () => {
    for (const operation of all) {
      const heard = await send({ ...operation, method: 'DELETE' }, undefined);
      assert.deepEqual([heard.status, codeOf(heard)], [405, 'MethodNotAllowed'], operation.operationId);
      assert.ok(heard.headers.get('allow')!.split(', ').includes(operation.method), operation.operationId);
    }
    // Whatever the body is, and for pages of the gateway's own.
    for (const [path, body] of [
      ['/v1/cases', 'not JSON'],
      ['/healthz', undefined],
      ['/openapi.json', undefined],
    ] as const)
      assert.equal((await ask(gateway.url, 'POST', path, { body })).status, 405, path);
    assert.equal((await ask(gateway.url, 'GET', '/v1/none')).status, 404);
  });

  describe('by a client certificate', { skip: NO_CERTIFICATES }, () => {
    let ours: Certificates;
    let others: Certificates;
    let keysFile: string;
    let withTls: Gateway;
    let shown: Agent;

    before(async () => {
      ours = await makeCertificates(join(folder, 'ours'));
      others = await makeCertificates(join(folder, 'others'));
      keysFile = join(folder, 'api-keys.json');
      await grant();
      const { issuer: named, jwksUrl } = issuer;
      withTls = await gatewayOf(lane, {
        tls: { certFile: ours.file('server.pem'), keyFile: ours.file('server.key') },
        credentials: await credentialsOf({
          apiKeysFile: keysFile,
          oauth: { issuer: named, jwksUrl, audience: AUDIENCE },
        }),
      });
      shown = await connecting(ours, ours);
    });
    after(async () => {
      await withTls.close();
      await shown.destroy();
    });

    const grant = (...entries: object[]): Promise<void> =>
      writeFile(
        keysFile,
        JSON.stringify({ keys: entries.map((entry) => ({ client: 'backend', tenant, scopes: SCOPES, ...entry })) }),
      );
    const heardBy = async (
      dispatcher: Agent,
      { method, path, example, operationId }: Operation,
      more: { token?: string; headers?: Record<string, string> } = {},
    ): Promise<[number, string | undefined]> => {
      const to = path.replace('{kind}', 'individual').replaceAll(/\{\w+\}/g, 'none-such');
      // The stream of a case that is not there ends at once.
      const query = operationId === 'waitForCase' ? '?for=review' : '';
      const body = method === 'PUT' ? {} : example;
      const heard = await ask(withTls.url, method, to + query, { dispatcher, body, ...more });
      return [heard.status, codeOf(heard)];
    };
    const list = (): Operation => all.find(({ operationId }) => operationId === 'listCases')!;

    test('nobody is let in with none, with one that nobody knows, or with one that is over', async () => {
      await grant({ certificateSha256: ours.fingerprint, expiresAt: '2020-01-01T00:00:00Z' });
      const [none, foreign] = await Promise.all([connecting(ours), connecting(ours, others)]);
      try {
        for (const operation of all) {
          for (const dispatcher of [none, foreign, shown])
            assert.deepEqual(await heardBy(dispatcher, operation), [401, 'Unauthenticated'], operation.operationId);
        }
      } finally {
        await Promise.all([none.destroy(), foreign.destroy()]);
      }
    });

    test('it opens what its entry says, and nothing to a browser or beside a token that does not hold', async () => {
      for (const scope of SCOPES) {
        await grant({ certificateSha256: ours.fingerprint, scopes: [scope] });
        for (const operation of all) {
          const [status, code] = await heardBy(shown, operation);
          const isOpen = ACCESS[operation.operationId]!.scopes.includes(scope);
          assert.equal(code === 'Forbidden', !isOpen, `${operation.operationId} with ${scope}: ${status} ${code}`);
          assert.ok(status < 500 && status !== 401, `${operation.operationId} with ${scope}: ${status} ${code}`);
        }
      }
      for (const more of [
        { token: 'garbage' },
        { headers: { 'sec-fetch-site': 'cross-site' } },
        { headers: { origin: 'https://elsewhere.example' } },
        { headers: { authorization: 'Basic Zm9v' } },
      ])
        assert.deepEqual(await heardBy(shown, list(), more), [401, 'Unauthenticated'], JSON.stringify(more));
    });

    test('a token that is bound to a certificate is taken with that one only', async () => {
      await grant();
      const none = await connecting(ours);
      const bound = (fingerprint: string): Promise<string> =>
        issuer.token({ tenant, scope: every, certificate: fingerprint });
      try {
        const token = await bound(ours.fingerprint);
        assert.equal((await heardBy(shown, list(), { token }))[0], 200);
        assert.deepEqual(await heardBy(none, list(), { token }), [401, 'Unauthenticated']);
        const another = await bound(others.fingerprint);
        assert.deepEqual(await heardBy(shown, list(), { token: another }), [401, 'Unauthenticated']);
      } finally {
        await none.destroy();
      }
    });
  });

  test("another tenant's cases are not there", async () => {
    const token = await issuer.token({ tenant: 'other-tenant', scope: every, operator: 'op-1' });
    for (const operation of all.filter(({ path, method }) => path.includes('{') && method !== 'PUT')) {
      const [status, code] = await said(operation, token);
      // What is wrong with a message is told before the case is asked.
      if (code === 'InvalidInput') continue;
      // And whose proof is missing, before that.
      if (code === 'OperatorNeeded' && ACCESS[operation.operationId]!.own) continue;
      assert.deepEqual([status, code], [404, 'CaseNotFound'], operation.operationId);
    }
    const { body } = await ask(gateway.url, 'GET', '/v1/cases?closed=true', { token });
    assert.deepEqual((body as { cases: unknown[] }).cases, []);
  });

  test('an operator is who their token says, and a stranger is none', async () => {
    const nobody = await issuer.token({ tenant, scope: 'operate' });
    const stranger = await issuer.token({ tenant, scope: 'operate', operator: 'op-unknown' });
    const low = await issuer.token({ tenant, scope: 'operate', operator: 'op-1' });
    for (const operation of all.filter(({ operationId }) => ACCESS[operationId]!.operator)) {
      const [status, code] = await said(operation, nobody);
      assert.deepEqual([status, code], [403, 'OperatorNeeded'], operation.operationId);
      const name = operation.operationId;
      if (name === 'resolveByCause') continue;
      const [, refusal] = await said(operation, stranger);
      assert.equal(refusal, ACCESS[name]!.own ? 'OperatorNeeded' : 'UnknownOperator', name);
    }
    const claims = all.find(({ operationId }) => operationId === 'claimCase')!;
    const asAnother = { ...claims, example: { by: 'op-2' } };
    assert.equal(codeOf(await send(asAnother, low)), 'OperatorNeeded');
    assert.equal((await send(claims, low)).status, 200);
  });

  test('somebody who is signed in may do what their operator may, from our own pages only', async () => {
    provider.expect('person-1');
    const browser = new CookieBrowser();
    await browser.get(`${gateway.url}/sign-in`);
    const { csrfToken } = JSON.parse((await browser.get(`${gateway.url}/session`)).text) as { csrfToken: string };
    const others = await issuer.token({ tenant: 'other-tenant', scope: every });
    for (const operation of all) {
      const { operationId: name, method, path, example } = operation;
      const url = gateway.url + filled(operation, id!);
      const heard = async (headers: Record<string, string>): Promise<[number, string | undefined]> => {
        const sent = { ...headers, ...(method === 'POST' && { 'idempotency-key': `person-${name}` }) };
        const json = method === 'PUT' ? {} : example;
        const { status, text } = await browser.send(method, url, { headers: sent, ...(method !== 'GET' && { json }) });
        return [status, (JSON.parse(text || 'null') as { code?: string } | null)?.code];
      };
      const { scopes, own } = ACCESS[name]!;
      const isOpen = scopes.includes('operate');
      if (method !== 'GET') {
        assert.deepEqual(await heard({}), [403, 'CrossSite'], `${name} without the token`);
        const elsewhere = { 'x-csrf-token': csrfToken, origin: 'http://elsewhere.example' };
        assert.deepEqual(await heard(elsewhere), [403, 'CrossSite'], `${name} from elsewhere`);
        assert.deepEqual(await heard({ 'x-csrf-token': 'x'.repeat(32) }), [403, 'CrossSite'], `${name} with a guess`);
      }
      // A token of one's own counts in place of the session, and asks for no other.
      const [, asOther] = await heard({ authorization: `Bearer ${others}` });
      assert.notEqual(asOther, 'CrossSite', name);
      if (path.includes('{id}') && isOpen) assert.notEqual(asOther, undefined, name);
      if (name === 'cancelCase') continue;
      const [status, code] = await heard({ 'x-csrf-token': csrfToken, origin: gateway.url });
      if (!isOpen) assert.deepEqual([status, code], [403, 'Forbidden'], name);
      else if (own) assert.deepEqual([status, code], [403, 'OperatorNeeded'], name);
      else
        assert.ok(
          status !== 401 && status < 500 && code !== 'Forbidden' && code !== 'CrossSite',
          `${name}: ${status} ${code}`,
        );
    }
  });
});
