import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { TRIES_BEFORE_PAUSE } from '../src/finhub/breaker.js';
import { CATALOGUE, type OperationName } from '../src/finhub/catalogue/index.js';
import { FinHubClient, type FinHubOptions } from '../src/finhub/client.js';
import type { Credentials, Endpoint } from '../src/finhub/endpoint.js';
import { FinHubError } from '../src/finhub/error.js';
import { LOOK_UPS } from '../src/config/look-ups.js';
import type { Lease } from '../src/finhub/lease.js';
import { perform, type PerformContext } from '../src/finhub/perform.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import type { FaultKind } from '../sandbox/faults.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { anOrganization } from './helpers/applications.js';
import { FinHub, madeTwice } from './helpers/finhub.js';
import { SandboxClient } from './helpers/sandbox-client.js';
import { SITUATIONS } from './matrix/situations.js';

const { id: tenantId, key: tenantKey, secret: tenantSecret, apiKey, admin, powerTenantAdmin } = SANDBOX_TENANT;
const MINUTE = 60_000;
const LOGIN = 'POST /api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions';
const HIERARCHY = { method: 'GET', path: '/api/v2.1/customer/individual/categorization/hierarchy/{tenantId}' };

function clientOf(baseUrl: string, options: Partial<FinHubOptions> = {}): FinHubClient {
  return new FinHubClient({
    ...{
      baseUrl,
      legacy: { baseUrl, apiKey },
      tenantId,
      tenantKey,
      tenantSecret,
      admin,
      powerTenant: powerTenantAdmin,
    },
    ...{ timeoutMs: 1000, maxConnections: 8, deviceId: 'client-test', promptLookUps: LOOK_UPS },
    ...options,
  });
}

const hierarchy = (client: FinHubClient) =>
  client.call(CATALOGUE.getCategorizationHierarchy, { tenantId }, { key: 'hierarchy' });

/** The error that a call ends in. */
async function failure(call: Promise<unknown>): Promise<FinHubError> {
  return call.then(
    () => assert.fail('the call succeeded'),
    (error: unknown) => {
      assert.ok(error instanceof FinHubError, String(error));
      return error;
    },
  );
}

describe('against the sandbox', () => {
  let sandbox: Sandbox;
  let finhub: FinHub;
  let client: FinHubClient;
  beforeEach(async () => {
    sandbox = await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0 });
    finhub = new FinHub(sandbox.url);
    client = clientOf(sandbox.url);
  });
  afterEach(async () => {
    mock.timers.reset();
    await client.close();
    await sandbox.close();
  });

  const logins = async () => (await finhub.requests(LOGIN)).length;
  /** An operation in a situation of its own, to be performed as one logical operation however often. */
  const operation = async <R = object>(name: OperationName, more: Partial<PerformContext> = {}) => {
    const { input } = await SITUATIONS[name](new SandboxClient(sandbox.url));
    const context: PerformContext = {
      ...{ key: `${name}-${Math.random()}`, requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false },
      ...more,
    };
    const endpoint = CATALOGUE[name] as unknown as Endpoint<unknown, R>;
    return (other: object = {}, otherContext: Partial<PerformContext> = {}) =>
      perform(client, endpoint, { ...input, ...other }, { ...context, ...otherContext });
  };
  const faultOn = (name: OperationName, kind: FaultKind, delayMs?: number) => {
    const { method, path } = CATALOGUE[name];
    const template = path.replace('/types/transfer', '/types/{type}');
    return finhub.inject({ method, path: template, kind, ...(delayMs !== undefined && { delayMs }) });
  };

  describe('sessions', () => {
    test('are opened once, however many calls wait', async () => {
      const patient = clientOf(sandbox.url, { timeoutMs: 30_000 });
      await Promise.all(Array.from({ length: 20 }, () => hierarchy(patient)));
      assert.equal(await logins(), 1);
      await patient.close();
    });

    test('are renewed before the token ends, by its own exp', async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      await hierarchy(client);
      mock.timers.tick(58 * MINUTE);
      await hierarchy(client);
      assert.equal(await logins(), 1);
      mock.timers.tick(MINUTE + 1000);
      await hierarchy(client);
      assert.equal(await logins(), 2);
      assert.deepEqual(
        (await finhub.requests()).filter(({ status }) => status !== 200),
        [],
      );
    });

    test('do not depend on whose clock is right', async () => {
      await finhub.moveClockTo(new Date(Date.now() + 48 * 60 * MINUTE));
      await hierarchy(client);
      await hierarchy(client);
      assert.equal(await logins(), 1);
    });

    test('are renewed once on a 401, together', async () => {
      await hierarchy(client);
      await finhub.moveClockTo(new Date(Date.now() + 61 * MINUTE));
      await Promise.all(Array.from({ length: 10 }, () => hierarchy(client)));
      assert.equal(await logins(), 2);
    });

    test('a second 401 is told', async () => {
      await finhub.inject({ ...HIERARCHY, kind: 'refuse-401', times: 2 });
      assert.equal((await failure(hierarchy(client))).kind, 'unauthorized');
      assert.equal(await logins(), 2);
    });

    test('a refused login of the service is told once, tried again less and less often, and works again by itself', async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const told: string[] = [];
      const wrong = clientOf(sandbox.url, {
        admin: { ...admin, password: 'Wrong-Password-1' },
        logins: { refused: (login) => told.push(`${login} refused`), works: (login) => told.push(`${login} works`) },
      });
      for (let call = 0; call < 10; call += 1) {
        const { kind, retryAfterMs } = await failure(hierarchy(wrong));
        assert.equal(kind, 'serviceLogin');
        assert.equal(retryAfterMs, MINUTE);
      }
      assert.equal(await logins(), 1);
      // Four refusals in the first hour: the fifth would lock the account.
      for (let minute = 1; minute < 60; minute += 1) {
        mock.timers.tick(MINUTE + 1);
        await failure(hierarchy(wrong));
      }
      assert.equal(await logins(), 4);
      assert.deepEqual(told, ['admin refused']);
      await hierarchy(client);
      await wrong.close();
    });

    for (const login of ['admin', 'powerTenant', 'legacyKey'] as const) {
      test(`a refusal of ${login} stops the calls that need it, not others, until FinHub takes it again`, async () => {
        mock.timers.enable({ apis: ['Date'], now: Date.now() });
        const told: string[] = [];
        const watched = clientOf(sandbox.url, {
          legacy: { baseUrl: sandbox.url, apiKey: SANDBOX_TENANT.apiKey },
          loginRetryMs: MINUTE,
          logins: { refused: (name) => told.push(`${name} refused`), works: (name) => told.push(`${name} works`) },
        });
        const ask = (name: string) =>
          name === 'legacyKey'
            ? watched.call(legacy, { customerStatus: 'ACTIVE' }, { key: 'legacy' })
            : watched.call(
                CATALOGUE.getCategorizationHierarchy,
                { tenantId },
                { key: name, actAs: name as 'admin' | 'powerTenant' },
              );
        const legacy = CATALOGUE.listCustomersByStatus;
        const opening = { method: 'POST', path: LOGIN.replace('POST ', '') };
        const at = {
          admin: opening,
          powerTenant: opening,
          legacyKey: { method: legacy.method, path: legacy.path },
        }[login];
        await finhub.inject({ ...at, kind: 'refuse-401', times: 1 });
        assert.equal((await failure(ask(login))).kind, 'serviceLogin');
        const sent = (await finhub.requests()).length;
        assert.equal((await failure(ask(login))).kind, 'serviceLogin');
        assert.equal((await finhub.requests()).length, sent, 'nothing is sent meanwhile');
        await ask(login === 'admin' ? 'powerTenant' : 'admin');
        mock.timers.tick(MINUTE + 1);
        await ask(login).catch((error: FinHubError) => assert.equal(error.kind, 'notFound'));
        assert.deepEqual(told, [`${login} refused`, `${login} works`]);
        await watched.close();
      });
    }

    test("a customer's login that FinHub refuses for the tenant's key is no matter of the customer", async () => {
      const { session } = await SITUATIONS.openCustomerSession(new SandboxClient(sandbox.url));
      const own = session as Credentials;
      const other = clientOf(sandbox.url, { tenantSecret: 'no longer taken', loginRetryMs: 10 });
      const open = async (credentials: Credentials): Promise<unknown> => other.sessions.open(credentials);
      assert.equal((await failure(open(own))).kind, 'serviceLogin');
      const wrong = { ...own, password: 'Wrong-Password-1' };
      assert.equal((await failure((async () => client.sessions.open(wrong))())).kind, 'unauthorized');
      await other.close();
    });

    test("a customer's refused login is not tried again for half an hour, and then is", async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const { session } = await SITUATIONS.openCustomerSession(new SandboxClient(sandbox.url));
      const open = async (): Promise<unknown> => client.sessions.open(session as Credentials);
      const path = '/api/v2.1/customer/individual/{customerId}/users/{userId}/sessions';
      await finhub.inject({ method: 'POST', path, kind: 'refuse-401' });
      for (const minutes of [0, 29]) {
        mock.timers.tick(minutes * MINUTE);
        assert.equal((await failure(open())).kind, 'unauthorized');
      }
      mock.timers.tick(2 * MINUTE);
      await open();
    });

    test('what has ended by itself is forgotten', async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const open = async (): Promise<unknown> => {
        const { session } = await SITUATIONS.openCustomerSession(new SandboxClient(sandbox.url));
        return client.sessions.open(session as Credentials);
      };
      await open();
      const path = '/api/v2.1/customer/individual/{customerId}/users/{userId}/sessions';
      await finhub.inject({ method: 'POST', path, kind: 'refuse-401' });
      assert.equal((await failure(open())).kind, 'unauthorized');
      assert.ok(client.sessions.remembered > 2);
      mock.timers.tick(25 * 60 * MINUTE);
      await open();
      assert.equal(client.sessions.remembered, 1);
    });

    test('a locked account is left alone until the lock ends', async () => {
      mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const outside = new SandboxClient(sandbox.url);
      const path = `/api/v2.1/admin/organization/${admin.organizationId}/users/${admin.userId}`;
      for (let refused = 0; refused < 5; refused += 1) await outside.login(path, admin.username, 'Wrong-Password-1');
      assert.equal((await failure(hierarchy(client))).kind, 'serviceLogin');
      const pausing = await failure(hierarchy(client));
      assert.equal(pausing.retryAfterMs, 30 * MINUTE);
      assert.match(pausing.said ?? '', /locked/i);
      assert.equal(await logins(), 6);
      mock.timers.tick(31 * MINUTE);
      await hierarchy(client);
    });

    test('are closed with the client: of admins, customers and organizations', async () => {
      const outside = new SandboxClient(sandbox.url);
      await hierarchy(client);
      await client.call(CATALOGUE.getCategorizationHierarchy, { tenantId }, { key: 'power', actAs: 'powerTenant' });
      for (const operation of ['openCustomerSession', 'openOrganizationSession'] as const) {
        const { session } = await SITUATIONS[operation](outside);
        await client.sessions.open(session as never);
      }
      await client.close();
      const closed = (await finhub.requests()).filter(({ operation }) => operation.startsWith('DELETE'));
      assert.deepEqual(
        new Set(closed.map(({ operation, status }) => `${operation.split('/')[4]} ${status}`)),
        new Set(['organization 200', 'individual 200']),
      );
      assert.equal(closed.length, 4);
    });

    test('that cannot be closed do not hold the process up', async () => {
      await hierarchy(client);
      await finhub.inject({ method: 'DELETE', path: '*', kind: 'late-answer', delayMs: 5000 });
      const started = Date.now();
      await client.close();
      assert.ok(Date.now() - started < 3000);
    });
  });

  describe('tries of one logical operation', () => {
    test('that overlap in one process make one object', async () => {
      const add = await operation('addDirector');
      const both = await Promise.all([add(), add()]);
      assert.deepEqual(both.map(({ provenance }) => provenance.how).sort(), ['adopted', 'made']);
      assert.deepEqual(madeTwice(await finhub.ledger()), []);
    });

    test('wait after an unclear one until FinHub cannot be at work on it any more', async () => {
      const add = await operation('addDirector');
      await faultOn('addDirector', 'late-effect', 500);
      assert.equal((await failure(add())).unclear, true);
      assert.equal((await add()).provenance.how, 'adopted');
      assert.deepEqual(madeTwice(await finhub.ledger()), []);
    });

    test('of different operations do not wait for each other', async () => {
      await client.close();
      client = clientOf(sandbox.url, { timeoutMs: 10_000 });
      const [first, second] = [await operation('addDirector'), await operation('addDirector')];
      await faultOn('addDirector', 'drop');
      await failure(first());
      const started = Date.now();
      await second();
      assert.ok(Date.now() - started < 5_000);
    });

    test('a person decides where nothing can be read back', async () => {
      await client.close();
      client = clientOf(sandbox.url, { legacy: undefined });
      await faultOn('initiateVerification', 'drop');
      const [first, second, third] = [
        await operation('initiateVerification'),
        await operation('initiateVerification', { mayHaveBeenTried: true }),
        await operation('initiateVerification'),
      ];
      assert.equal((await failure(first())).kind, 'unclear');
      assert.equal((await failure(second())).kind, 'unclear');
      await faultOn('initiateVerification', 'refuse-429');
      assert.equal((await failure(third())).onceOnly, true);
    });

    test('adopt nothing that the case has taken over already', async () => {
      const add = await operation<{ recordId: string }>('addDirector');
      const { result } = await add();
      assert.equal((await add()).provenance.how, 'adopted');
      const more = await add({}, { key: 'another', taken: [result.recordId] });
      assert.equal(more.provenance.how, 'made');
      assert.notEqual(more.result.recordId, result.recordId);
    });

    test('do not take a list that cannot be read for an empty one', async () => {
      const add = await operation('addDirector');
      await add();
      await faultOn('listDirectors', 'garble');
      assert.equal((await failure(add())).kind, 'unexpectedAnswer');
      assert.equal((await add()).provenance.how, 'adopted');
    });

    test('do not take an employee who is past the first page for one who is not there', async () => {
      const add = await operation<{ recordId: string }>('addEmployee');
      const {
        ref: _,
        position: __,
        roles: ___,
        organizationRole: ____,
        ...person
      } = (await anOrganization()).employees[0]!;
      const hire = (name: string, mayHaveBeenTried = false) =>
        add({ person: { ...person, email: `${name}@mail.example` } }, { key: name, mayHaveBeenTried });
      for (let count = 0; count < 21; count += 1) await hire(`colleague-${count}`);
      await faultOn('addEmployee', 'drop');
      assert.equal((await failure(hire('late'))).kind, 'unclear');
      assert.equal((await failure(hire('late', true))).kind, 'unclear');
      assert.equal((await hire('later')).provenance.how, 'made');
      assert.equal((await hire('colleague-3')).provenance.how, 'adopted');
    });

    test('a customer of the same e-mail is a stranger, unless the password logs in', async () => {
      const register = await operation('registerIndividual', { mayHaveBeenTried: true });
      await register();
      assert.equal((await failure(register({ password: 'Another-Pass-1' }))).kind, 'conflict');
      assert.equal((await register()).provenance.how, 'adopted');
    });

    test('a customer of another application of the same person is a stranger, where no try of ours may have made them', async () => {
      const register = await operation('registerIndividual');
      await register();
      assert.equal((await failure(register())).kind, 'conflict');
    });

    test('a customer who was there before the case is not adopted', async () => {
      const register = await operation('registerIndividual', { mayHaveBeenTried: true });
      await register();
      const requestedAt = new Date(Date.now() + 60 * MINUTE).toISOString();
      assert.equal((await failure(register({}, { requestedAt }))).kind, 'conflict');
    });

    test('a beneficiary of the same IBAN under another name is not adopted', async () => {
      const add = await operation('addBeneficiary');
      await add();
      assert.equal((await failure(add({ name: 'Petras Jonaitis' }))).kind, 'conflict');
    });
  });

  describe('after a try of a worker that died', () => {
    const cases = [
      ['addShareholder', 'adopted'],
      ['executeOrder', 'adopted'],
      ['createPaymentConsent', 'made'],
    ] as const;
    for (const [name, how] of cases) {
      test(`${name} waits until FinHub has had its time, is ${how}, and there is one`, async () => {
        await faultOn(name, 'late-effect', 300);
        const perform = await operation(name);
        await failure(perform({}, { key: 'the dead one' }));
        const { provenance } = await perform({}, { key: 'the next one', waitUntilQuiet: () => pause(1500) });
        assert.equal(provenance.how, how);
        assert.deepEqual(madeTwice(await finhub.ledger()), []);
      });
    }

    test('what is there already is not waited for', async () => {
      const perform = await operation('addShareholder');
      await perform();
      const waitUntilQuiet = () => Promise.reject(new Error('waited'));
      const { provenance } = await perform({}, { waitUntilQuiet });
      assert.equal(provenance.how, 'adopted');
    });
  });

  describe('after an answer that was lost', () => {
    const outcomes: [OperationName, 'made' | 'adopted'][] = [
      ['registerIndividual', 'adopted'],
      ['addBeneficiary', 'adopted'],
      ['addShareholder', 'adopted'],
      ['initiateVerification', 'adopted'],
      ['executeOrder', 'adopted'],
      ['activateIndividual', 'adopted'],
      ['createPaymentConsent', 'made'],
      ['acceptConsent', 'made'],
      ['prepareOrder', 'made'],
    ];
    for (const [name, how] of outcomes) {
      test(`${name} is ${how}, and there is one`, async () => {
        const call = await operation(name);
        await faultOn(name, 'drop');
        assert.equal((await failure(call())).unclear, true);
        assert.equal((await call({}, { mayHaveBeenTried: true })).provenance.how, how);
        assert.deepEqual(madeTwice(await finhub.ledger()), []);
      });
    }
  });
});

test('a prepared order that FinHub calls PENDING is executed all the same', async () => {
  const sandbox = await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0, profile: 'reference' });
  const client = clientOf(sandbox.url);
  try {
    const { input } = await SITUATIONS.executeOrder(new SandboxClient(sandbox.url));
    const context = { key: 'order', requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false };
    const { provenance } = await perform(client, CATALOGUE.executeOrder, input as never, context);
    assert.equal(provenance.how, 'made');
  } finally {
    await client.close();
    await sandbox.close();
  }
});

describe('against a server of our own', () => {
  let server: Server;
  let client: FinHubClient;
  afterEach(async () => {
    mock.timers.reset();
    await client.close();
    server.closeAllConnections();
    server.close();
  });

  /** Serves what `answer` says to all calls but logins. */
  async function serve(answer: RequestListener, options: Partial<FinHubOptions> = {}): Promise<void> {
    server = createServer((request, response) => {
      if (!request.url?.includes('/sessions')) return answer(request, response);
      response.end(JSON.stringify({ code: 200, data: { token: 'opaque' } }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  }

  const answering = (status: number, headers: Record<string, string>, body: unknown): RequestListener => {
    return (_request, response) => void response.writeHead(status, headers).end(JSON.stringify(body));
  };

  const fault = { field: 'email', message: 'is taken' };
  const refusals: [string, unknown, unknown[]][] = [
    ["v1's details", { error: 'VALIDATION_ERROR', message: 'Invalid', details: [fault] }, [fault]],
    ['details in the data', { code: 400, data: { details: [fault] } }, [fault]],
    ['errors in the data', { code: 400, data: { errors: [fault] } }, [fault]],
    ['errors', { success: false, errors: [fault] }, [fault]],
    ['an error without a message', { details: [{ field: 'email' }] }, [{ field: 'email', message: 'not accepted' }]],
    ['missing keys', { data: { missingKeys: ['email'] } }, [{ field: 'email', message: 'is missing' }]],
    ['nothing of a field', { details: ['email', null, { message: 'no field' }] }, []],
  ];
  for (const [what, body, expected] of refusals) {
    test(`a refusal says which fields are wrong: ${what}`, async () => {
      await serve(answering(400, {}, body));
      assert.deepEqual((await failure(hierarchy(client))).fieldErrors, expected);
    });
  }

  test('every call asks for JSON', async () => {
    const asked: (string | undefined)[] = [];
    await serve((request, response) => {
      asked.push(request.headers.accept);
      response.writeHead(400).end('{}');
    });
    await failure(hierarchy(client));
    assert.ok(asked.length > 0);
    assert.deepEqual([...new Set(asked)], ['application/json']);
  });

  const waits: [string, Record<string, string>, unknown, number | undefined][] = [
    ['seconds', { 'retry-after': '7' }, {}, 7000],
    ['a date', { 'retry-after': new Date(Date.now() + 3600_000).toUTCString() }, {}, 3600_000],
    ['a date that has passed', { 'retry-after': new Date(0).toUTCString() }, {}, 0],
    ['v1: in the body', {}, { error: 'RATE_LIMIT_EXCEEDED', retryAfter: 60 }, 60_000],
    ['in the data', {}, { code: 429, data: { retryAfter: 3 } }, 3000],
    ['years, which are a slip', { 'retry-after': '999999999' }, {}, 24 * 60 * MINUTE],
    ['nothing that can be read', { 'retry-after': 'soon' }, {}, undefined],
  ];
  for (const [what, headers, body, expected] of waits) {
    test(`a 429 says when to come again: ${what}`, async () => {
      await serve(answering(429, headers, body));
      const { kind, unclear, retryAfterMs } = await failure(hierarchy(client));
      assert.deepEqual([kind, unclear], ['rateLimited', false]);
      if (expected === undefined) assert.equal(retryAfterMs, undefined);
      else assert.ok(Math.abs(retryAfterMs! - expected) < MINUTE, `${retryAfterMs}`);
    });
  }

  test('a host that is down is left alone, and asked again after a pause', async () => {
    let asked = 0;
    let status = 503;
    await serve((_request, response) => {
      asked += 1;
      response.writeHead(status).end(JSON.stringify({ tenantId, categories: {} }));
    });
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (let call = 0; call < TRIES_BEFORE_PAUSE; call += 1) await failure(hierarchy(client));
    const { kind, unclear, retryAfterMs } = await failure(hierarchy(client));
    assert.deepEqual([kind, unclear, retryAfterMs], ['unreachable', false, client.timeoutMs]);
    assert.equal(asked, TRIES_BEFORE_PAUSE);

    mock.timers.tick(client.timeoutMs);
    await failure(hierarchy(client));
    await failure(hierarchy(client));
    assert.equal(asked, TRIES_BEFORE_PAUSE + 1, 'one request finds out whether it is back');

    mock.timers.tick(client.timeoutMs);
    status = 200;
    await hierarchy(client);
    await hierarchy(client);
  });

  test('refusals do not make a host look down', async () => {
    let asked = 0;
    await serve((_request, response) => {
      asked += 1;
      response.writeHead(asked % 2 ? 503 : 404).end('{}');
    });
    for (let call = 0; call < 4 * TRIES_BEFORE_PAUSE; call += 1) await failure(hierarchy(client));
    assert.equal(asked, 4 * TRIES_BEFORE_PAUSE);
  });

  test('no more calls at a time than allowed, and waiting for a turn does not count as time', async () => {
    let [now, most] = [0, 0];
    const slow: RequestListener = (_request, response) => {
      most = Math.max(most, (now += 1));
      setTimeout(() => {
        now -= 1;
        response.end(JSON.stringify({ tenantId, categories: {} }));
      }, 400);
    };
    await serve(slow, { maxConnections: 2, timeoutMs: 1500 });
    await Promise.all(Array.from({ length: 8 }, () => hierarchy(client)));
    assert.equal(most, 2);
  });

  test('a slow answer is cut off in all, not per piece', async () => {
    await serve(
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 300 },
    );
    const started = Date.now();
    assert.equal((await failure(hierarchy(client))).kind, 'unreachable');
    assert.ok(Date.now() - started < 10_000);
  });

  test('a cancelled call ends at once', async () => {
    await serve(() => undefined, { timeoutMs: 5000 });
    const cancel = new AbortController();
    const call = client.call(CATALOGUE.getCategorizationHierarchy, { tenantId }, { key: 'a', signal: cancel.signal });
    await pause(50);
    cancel.abort();
    await failure(call);
  });

  describe('a write that needs a lease', () => {
    let sent: number;
    const counting: RequestListener = (_request, response) => {
      sent += 1;
      setTimeout(() => response.end(JSON.stringify({ code: 200, data: { id: 'v' } })), 50);
    };
    const start = (lease: Lease) =>
      client.call(CATALOGUE.initiateVerification, { customerId: 'c' }, { key: 'w', lease });
    beforeEach(() => {
      sent = 0;
    });

    test('is not sent where it is refused', async () => {
      await serve(counting);
      await assert.rejects(
        start(() => Promise.reject(new Error('refused'))),
        /refused/,
      );
      assert.equal(sent, 0);
    });

    test('is not sent when the lease is over, but with the next one', async () => {
      await serve(counting);
      let asked = 0;
      const { unclear } = await failure(
        start(() => {
          asked += 1;
          return Promise.resolve(performance.now() - 1);
        }),
      );
      assert.deepEqual([sent, unclear, asked > 1], [0, false, true]);

      const leases = [performance.now() - 1, performance.now() + MINUTE];
      await start(() => Promise.resolve(leases.shift()!));
      assert.equal(sent, 1);
    });

    test('asks for it when it is its turn', async () => {
      await serve(counting, { maxConnections: 1 });
      const lease: Lease = () => Promise.resolve(performance.now() + MINUTE);
      const asked: number[] = [];
      const counted: Lease = () => {
        asked.push(sent);
        return lease();
      };
      await start(lease);
      await Promise.all([1, 2, 3].map(() => start(counted)));
      assert.deepEqual(asked, [1, 2, 3]);
    });

    test('none is asked for to read or to log in', async () => {
      await serve(answering(200, {}, { tenantId, categories: {} }));
      const lease: Lease = () => Promise.reject(new Error('asked'));
      await client.call(CATALOGUE.getCategorizationHierarchy, { tenantId }, { key: 'r', lease });
    });
  });

  const unclear: [string, RequestListener, boolean][] = [
    ['a connection that broke', () => server.closeAllConnections(), true],
    ['something that is not JSON', (_request, response) => void response.end('<html>'), true],
    ['an answer of another form', answering(200, {}, { result: 'ok' }), true],
    ['502 with a page', (_request, response) => void response.writeHead(502).end('<html>'), true],
    ['408', answering(408, {}, {}), true],
    ['409 still running', answering(409, {}, { message: 'A request with the same content is still running' }), true],
    ['409', answering(409, {}, { message: 'Exists already' }), false],
    ['400', answering(400, {}, { message: 'No' }), false],
  ];
  for (const [what, answer, expected] of unclear) {
    test(`whether a write has taken effect is ${expected ? 'unclear' : 'clear'} after ${what}`, async () => {
      await serve(answer);
      const add = () => client.call(CATALOGUE.initiateVerification, { customerId: 'c' }, { key: 'w' });
      assert.equal((await failure(add())).unclear, expected);
      assert.equal((await failure(hierarchy(client))).unclear, false, 'a read changes nothing');
    });
  }
});
