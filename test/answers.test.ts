import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { TRIES_BEFORE_PAUSE } from '../src/finhub/breaker.js';
import { CATALOGUE, type OperationName } from '../src/finhub/catalogue/index.js';
import { readTime } from '../src/finhub/catalogue/times.js';
import { FinHubClient } from '../src/finhub/client.js';
import { MAX_RESPONSE } from '../src/finhub/content.js';
import type { Endpoint } from '../src/finhub/endpoint.js';
import { FinHubError } from '../src/finhub/error.js';
import { parseJson, writtenNumber } from '../src/finhub/json.js';
import { understood } from '../src/finhub/understood.js';
import { categorizationFaults } from '../src/lifecycle/categorization.js';
import { paymentObstacles } from '../src/lifecycle/payment-checks.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';

/* Whatever FinHub answers is read without loss, or refused where it is read: nothing reaches a workflow that it could stumble over. */

const { id: tenantId, key: tenantKey, secret: tenantSecret, apiKey, admin } = SANDBOX_TENANT;

let server: Server;
let client: FinHubClient;
/** What the server does with the next calls, logins aside. */
let answer: RequestListener;
let asked: IncomingMessage[] = [];

before(async () => {
  server = createServer((request, response) => {
    const isLogin = request.url?.includes('/sessions') === true && request.method === 'POST';
    if (isLogin) return response.end(JSON.stringify({ code: 200, data: { token: 'opaque', sessionId: 'session-1' } }));
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new FinHubClient({
    ...{ baseUrl, legacy: { baseUrl, apiKey }, tenantId, tenantKey, tenantSecret, admin },
    ...{ timeoutMs: 5000, maxConnections: 8, deviceId: 'answers' },
  });
});
after(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const answering =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

const call = <R>(name: OperationName, input: object, context: object = {}): Promise<R> =>
  client.call(CATALOGUE[name] as unknown as Endpoint<object, R>, input, { key: 'answers', ...context });

async function failure(work: Promise<unknown>): Promise<FinHubError> {
  const error: unknown = await work.then(
    () => assert.fail('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FinHubError, String(error));
  return error;
}

const history = () =>
  call<{ verifications: { verificationId: string }[] }>('getVerificationHistory', { customerId: 'c' });
const balance = () => call<{ available?: { value: string }; blocked?: unknown }>('getBalance', { accountId: 'a' });
const order = () => call<{ status: string; executedAt?: string }>('getOrder', { accountId: 'a', orderId: 'o' });
const prepare = () =>
  call<{ preparedOrderId: string; validUntil?: string; fees?: object }>('prepareOrder', {
    ...{ accountId: 'a', type: 'transfer', reference: 'r', description: 'd', iban: 'LT1' },
    ...{ amount: { value: '25.00', currency: 'EUR' }, counterparty: { name: 'n', iban: 'LT2' } },
  });

describe('numbers', () => {
  test('an id beyond 2^53 stays the id that FinHub wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 0n, max: 10n ** 40n }), async (id) => {
        answer = answering(`{"code":200,"data":[{"id":${id}}]}`);
        const { verifications } = await history();
        assert.deepEqual(
          verifications.map(({ verificationId }) => verificationId),
          [String(id)],
        );
      }),
      { numRuns: 60 },
    );
  });

  test('JSON is read as JSON.parse reads it, but for numbers that a double does not hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(JSON.parse(JSON.stringify(parseJson(text), withNumbers)), JSON.parse(text));
      }),
    );
    for (const written of ['9007199254740993', '-9007199254740993', '1e400', '123456789012345678.91']) {
      assert.equal(writtenNumber(parseJson(written)), written);
    }
    for (const broken of ['', '{', '01234567890123456789', '[1,]', '9007199254740993x']) {
      assert.throws(() => parseJson(broken), SyntaxError, broken);
    }
  });

  /** Numbers that were kept as they are written are written so. */
  function withNumbers(_name: string, value: unknown): unknown {
    const written = typeof value === 'object' ? writtenNumber(value) : undefined;
    return written === undefined ? value : Number(written);
  }

  test('a long number as an amount is in major units, as every number is', async () => {
    answer = answering('{"currency":"EUR","availableBalance":90071992547.93,"blockedBalance":9007199254740993}');
    const { available } = await balance().catch(() => ({ available: undefined }));
    assert.equal(available, undefined, 'more digits than an amount has are refused, not rounded');
    answer = answering('{"currency":"EUR","availableBalance":90071992547.93}');
    assert.deepEqual((await balance()).available, { value: '90071992547.93', currency: 'EUR' });
  });

  test('a balance below zero is read, and stands against a transfer', async () => {
    answer = answering('{"code":200,"data":{"currency":"EUR","availableBalance":"-500"}}');
    const { available } = (await balance()) as { available: { value: string; currency: string } };
    assert.deepEqual(available, { value: '-5.00', currency: 'EUR' });
    const account = { consent: undefined } as never;
    const transfer = { amount: { value: '1.00', currency: 'EUR' }, beneficiaryIban: 'x' } as never;
    const codes = paymentObstacles(transfer, account, { available, operations: [], category: {} }, new Date()).map(
      ({ code }) => code,
    );
    assert.ok(codes.includes('InsufficientFunds'));
  });
});

describe('times', () => {
  const INSTANT = '2026-11-30T21:59:00.000Z';
  const SAME = [
    ...['2026-11-30T21:59:00Z', '2026-11-30T21:59:00.000000000Z', '2026-11-30T23:59:00+02:00', '2026-11-30 21:59'],
    ...['2026-11-30T21:59', '30.11.2026 21:59', '30.11.2026, 21:59:00', 'Mon, 30 Nov 2026 21:59:00 GMT'],
    ...[Date.parse(INSTANT), Date.parse(INSTANT) / 1000, String(Date.parse(INSTANT)), '2026-11-30T23:59:00+0200'],
  ];
  for (const form of SAME) {
    test(`${typeof form} ${form} is read`, () => assert.equal(readTime(form), INSTANT));
  }

  test('a date alone begins its day, and a validity ends with it', () => {
    assert.equal(readTime('2026-11-30'), '2026-11-30T00:00:00.000Z');
    assert.equal(readTime('30.11.2026', { dayEnds: true }), '2026-11-30T23:59:59.999Z');
  });

  test('what is no time, or could be two, is none', () => {
    const none = [
      ...['', ' ', 'soon', '31.02.2026 10:00', '2026-02-30', '2026-11-30T25:00:00Z', '11/12/2026', '2026-13-01'],
      ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', NaN, Infinity, -1, 0, 1e300, null, true, {}, [], '+02:00'],
      '2026-11-30T10:00:00+99:00',
    ];
    for (const form of none) assert.equal(readTime(form), undefined, JSON.stringify(form));
  });

  test('every time that is read is one that a workflow can read, whatever came', () => {
    const forms = fc.oneof(
      fc.anything(),
      fc.double(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.stringMatching(/^\d{1,2}\.\d{1,2}\.\d{4} \d{2}:\d{2}$/),
      fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/),
    );
    fc.assert(
      fc.property(forms, (form) => {
        const time = readTime(form);
        if (time === undefined) return;
        assert.equal(new Date(Date.parse(time)).toISOString(), time);
        assert.ok(Date.parse(time) < Date.UTC(2100, 0, 1), time);
      }),
    );
  });

  test('a prepared order tells its validity in any form, and one that cannot be read is not told', async () => {
    for (const [told, read] of [
      ['"30.11.2026 23:59"', '2026-11-30T23:59:00.000Z'],
      ['1796075940000', '2026-11-30T21:59:00.000Z'],
      ['"31.02.2026 23:59"', undefined],
      ['{"a":1}', undefined],
    ]) {
      answer = answering(`{"data":{"preparedOrderId":"p","validUntil":${told}}}`);
      assert.equal((await prepare()).validUntil, read, told);
    }
  });

  test('an order with a time of execution that cannot be read is not taken for one that was not executed', async () => {
    answer = answering('{"data":{"status":"READY","executedAt":"yesterday"}}');
    assert.equal((await failure(order())).kind, 'unexpectedAnswer');
    answer = answering('{"data":{"status":"READY","executedAt":1796075940}}');
    assert.equal((await order()).executedAt, '2026-11-30T21:59:00.000Z');
  });
});

describe('encodings', () => {
  const text = JSON.stringify({ code: 200, data: [{ id: 'Žmogus-微信' }] });
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
  ];
  for (const [encoding, body] of packed) {
    test(`${encoding} is unpacked`, async () => {
      answer = answering(body, { 'content-encoding': encoding });
      const [found] = (await history()).verifications;
      assert.equal(found?.verificationId, 'Žmogus-微信');
    });
  }

  test('those that are asked for are those that are unpacked', async () => {
    asked = [];
    answer = answering(text);
    await history();
    assert.equal(asked[0]?.headers['accept-encoding'], 'gzip, br, deflate');
  });

  const bomb = Buffer.from(`["${'a'.repeat(2 * MAX_RESPONSE)}"]`);
  const refused: [string, string, Buffer, RegExp][] = [
    ['an encoding that nobody asked for', 'zstd', Buffer.from(text), /did not ask for its content-encoding/],
    [
      'an encoding named like an object’s own',
      'constructor',
      Buffer.from(text),
      /did not ask for its content-encoding/,
    ],
    ['what is not packed as it says', 'gzip', Buffer.from(text), /not valid gzip/],
    ['a small answer that is huge', 'gzip', gzipSync(bomb), /unpacks to more than/],
    ['a small answer that is huge in another way', 'br', brotliCompressSync(bomb), /unpacks to more than/],
    ['layer upon layer', 'gzip, gzip, gzip, gzip', Buffer.from(text), /too many encodings/],
    ['broken letters', 'identity', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]), /not UTF-8/],
    ['a page', 'identity', Buffer.from('<html>Ona Petraitė</html>'), /not JSON/],
  ];
  for (const [what, encoding, body, why] of refused) {
    test(`${what} is refused, with the reason and without the answer`, async () => {
      answer = answering(body, { 'content-encoding': encoding });
      const { kind, message } = await failure(history());
      assert.equal(kind, 'unexpectedAnswer');
      assert.match(message, why);
      assert.doesNotMatch(message, /Ona/);
    });
  }

  test('an error keeps its status, however its page is packed', async () => {
    answer = answering(Buffer.from('nothing of the kind'), { 'content-encoding': 'gzip' }, 503);
    assert.equal((await failure(history())).kind, 'unavailable');
    answer = answering(gzipSync('{"message":"No"}'), { 'content-encoding': 'gzip' }, 400);
    assert.equal((await failure(history())).said, 'No');
  });

  test('a byte order mark is none of the text', async () => {
    answer = answering(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]));
    assert.equal((await history()).verifications.length, 1);
  });
});

describe('what cannot be sent', () => {
  const origin = (userAgent: string) => ({ origin: { ipAddress: '203.0.113.7', userAgent } });
  const unsendable = ['微信/8.0', 'Žmogus/1.0', 'App 😀', 'App\r\nX-Admin: 1', 'App\u0000'];

  test('goes to a person at once, names the field, and reaches nobody', async () => {
    asked = [];
    answer = answering('{"data":[]}');
    for (const userAgent of unsendable) {
      const error = await failure(call('initiateVerification', { customerId: 'c' }, origin(userAgent)));
      assert.deepEqual([error.kind, error.unclear], ['unsendable', false]);
      assert.deepEqual(
        error.fieldErrors.map(({ field }) => field),
        ['origin.userAgent'],
      );
      assert.ok(!error.message.includes(userAgent));
    }
    assert.equal(asked.length, 0);
  });

  test('never counts against the host', async () => {
    for (let tries = 0; tries < 2 * TRIES_BEFORE_PAUSE; tries += 1) {
      await failure(call('getBalance', { accountId: 'a' }, origin('微信/8.0')));
    }
    answer = answering('{"data":{"currency":"EUR"}}');
    await balance();
  });

  test('letters of Latin-1 are sent', async () => {
    asked = [];
    answer = answering('{"data":{"currency":"EUR"}}');
    await call('getBalance', { accountId: 'a' }, origin('Müller/1.0 (Ærø)'));
    assert.equal(asked[0]?.headers['user-agent'], 'Müller/1.0 (Ærø)');
  });

  test('an amount that JSON cannot carry is a fault of the request', async () => {
    const money = (value: string) => ({ value, currency: 'BHD' });
    const consent = { title: 't', startDate: 's', endDate: 'e', transactionsPerDay: 1, allowedAccounts: [] };
    const limits = { perTransaction: money('9999999999999.991'), perDay: money('1') };
    const error = await failure(call('createPaymentConsent', { accountId: 'a', ...consent, ...limits }));
    assert.equal(error.kind, 'unsendable');
  });

  for (const id of ['.', '..', 'a\nb', '\u202e', 'a\ud800']) {
    test(`${JSON.stringify(id)} is no id, neither in a path nor in an answer`, async () => {
      asked = [];
      const error = await failure(call('getVerification', { verificationId: id }));
      assert.deepEqual([error.kind, asked.length], ['invalidRequest', 0]);
      answer = answering(JSON.stringify({ data: [{ id }] }));
      assert.equal((await failure(history())).kind, 'unexpectedAnswer');
    });
  }
});

describe('what the answer is about', () => {
  const person = {
    ...{ firstName: 'Ona', lastName: 'Petraitė', email: 'ona@example.com', phone: '+37060000000' },
    ...{ dateOfBirth: '1990-01-01', nationality: 'LT' },
    address: { street: 's', city: 'c', postalCode: 'p', country: 'LT' },
  };
  const category = { id: 'c', name: 'n', features: [], parameters: {} };
  const register = () => call('registerIndividual', { person, password: 'p', category });

  test('a registration of somebody else is not used', async () => {
    for (const other of [{ email: 'jonas@example.com' }, { user: { id: 'u', email: 'jonas@example.com' } }]) {
      answer = answering(JSON.stringify({ data: { id: 'x', user: { id: 'u' }, ...other } }));
      const { kind, unclear } = await failure(register());
      assert.deepEqual([kind, unclear], ['unexpectedAnswer', true]);
    }
    answer = answering(JSON.stringify({ data: { id: 'x', email: 'ONA@example.com', user: { id: 'u' } } }));
    assert.deepEqual(await register(), { customerId: 'x', userId: 'u' });
  });

  test('an answer about another id than was asked for is not used', async () => {
    const about: [OperationName, object, object][] = [
      ['getVerification', { verificationId: 'v' }, { status: 'APPROVED', verificationId: 'w' }],
      ['getBalance', { accountId: 'a' }, { currency: 'EUR', walletId: 'b' }],
      ['getOrder', { accountId: 'a', orderId: 'o' }, { status: 'COMPLETED', preparedOrderId: 'p' }],
      ['checkOrganizationReadiness', { organizationId: 'o' }, { allowed: true, organizationId: 'p' }],
    ];
    for (const [name, input, data] of about) {
      answer = answering(JSON.stringify({ data }));
      assert.equal((await failure(call(name, input))).kind, 'unexpectedAnswer', name);
      answer = answering(JSON.stringify({ data: { ...data, ...input } }));
      await call(name, input);
    }
  });

  test('a verification in the history of another customer is not taken over', async () => {
    answer = answering(JSON.stringify({ data: [{ id: 'v', customerId: 'other' }] }));
    const found = CATALOGUE.initiateVerification.idempotency;
    assert.ok('readBack' in found && found.readBack);
    const search = { input: { customerId: 'c' }, taken: [], showsAtOnce: () => true } as never;
    const read = (endpoint: Endpoint<object, unknown>, input: object) => client.call(endpoint, input, { key: 'k' });
    assert.deepEqual(await found.readBack.find({ ...(search as object), read } as never), []);
  });
});

describe('what FinHub says', () => {
  test('is kept for people and is no part of the message, which logs show', async () => {
    const said = 'Customer Ona Petraitė, Gedimino pr. 1, born 1990-01-01, is known';
    answer = answering(JSON.stringify({ code: 422, message: said, data: { error: said } }), {}, 422);
    const error = await failure(balance());
    assert.doesNotMatch(`${error.message} ${error.stack}`, /Ona|Gedimino|1990/);
    assert.equal(error.said, said);
  });

  test('steers no terminal', async () => {
    answer = answering(JSON.stringify({ message: 'R\u001b[31mED \u202Efdp.exe\nnext' }), {}, 400);
    assert.equal((await failure(balance())).said, 'R[31mED fdp.exe next');
  });

  test('the allowed values of a categorization reach the person, in any place where FinHub puts them', async () => {
    const refusals = [
      { invalidValues: { pep: ['true', 'false'] } },
      { invalidValues: { pep: { allowed: ['true', 'false'] } } },
      { invalidValues: { pep: ['maybe'] }, allowedValues: { pep: ['true', 'false'] } },
      { errors: [{ field: 'pep', message: 'invalid', allowedValues: ['true', 'false'] }] },
      { field: 'pep', error: 'invalid', suggestions: ['true', 'false'] },
    ];
    for (const data of refusals) {
      answer = answering(JSON.stringify({ code: 400, message: 'Categorization validation failed', data }), {}, 400);
      const [first] = (await failure(balance())).fieldErrors;
      assert.equal(first?.field, 'pep');
      assert.match(first.message, /FinHub names: true, false$/, JSON.stringify(data));
    }
    const feature = {
      id: 'f',
      code: 'f',
      mandatoryKeys: [],
      allowedValues: { pep: ['true', 'false'] },
      multiValueKeys: [],
    };
    const category = { key: 'k', id: 'k', code: 'k', name: 'k', features: [feature] };
    const [fault] = categorizationFaults(category, { category: 'k', parameters: { pep: 'maybe' } });
    assert.match(fault!.message, /allows: true, false$/);
  });

  test('fees are told as a sum, or as the parts of one', async () => {
    const fees: [object, string | undefined][] = [
      [{ currency: 'EUR', totalFee: '1.50' }, '1.50'],
      [{ currency: 'EUR', processingFee: '1.00' }, '1.00'],
      [{ currency: 'EUR', processingFee: '1.00', networkFee: '0.50' }, '1.50'],
      [{ processingFee: { value: '100', scale: 2, currency: 'EUR' } }, undefined],
      [{ value: '150', currency: 'EUR' }, '1.50'],
    ];
    for (const [told, value] of fees) {
      answer = answering(JSON.stringify({ data: { preparedOrderId: 'p', fees: told } }));
      assert.deepEqual((await prepare()).fees, value && { value, currency: 'EUR' }, JSON.stringify(told));
    }
    answer = answering(JSON.stringify({ data: { preparedOrderId: 'p', currency: 'EUR', fees: { processingFee: 1 } } }));
    assert.deepEqual((await prepare()).fees, { value: '1.00', currency: 'EUR' });
  });
});

describe('a beneficiary in the list', () => {
  const IBAN = 'DE89370400440532013000';
  const cases: [object, string][] = [
    [{ name: 'Jonas Petraitis' }, 'Jonas Petraitis'],
    [{ name: '', firstName: 'Jonas', lastName: 'Petraitis' }, 'Jonas Petraitis'],
    [{ firstName: 'Cher', lastName: 'Cher' }, 'Cher'],
    [{ name: '  ', companyName: 'Tools UAB' }, 'Tools UAB'],
    [{ shortName: 'A very long name of a company that ' }, 'A very long name of a company that is longer'],
    [{ beneficiaryName: 'Jonas Petraitis' }, 'Jonas Petraitis'],
  ];
  for (const [listed, name] of cases) {
    test(`${JSON.stringify(listed)} is our own ${name}`, async () => {
      answer = answering(JSON.stringify({ data: [{ id: 'b', iban: IBAN, ...listed }] }));
      assert.deepEqual((await adopted(name)).length, 1);
      assert.deepEqual(await adopted('Somebody Else'), []);
    });
  }

  test('is found on a later page, also where the server makes them shorter than was asked', async () => {
    const all = Array.from({ length: 45 }, (_, index) => ({ id: `b${index}`, iban: `LT${index}`, name: 'n' }));
    all[44]!.iban = IBAN;
    answer = ({ url }, response) => {
      const offset = Number(new URL(url!, 'http://finhub').searchParams.get('offset'));
      response.end(JSON.stringify({ data: all.slice(offset, offset + 20) }));
    };
    assert.equal((await adopted('n')).length, 1);
  });

  async function adopted(name: string): Promise<unknown[]> {
    const { idempotency } = CATALOGUE.addBeneficiary;
    assert.ok('readBack' in idempotency && idempotency.readBack);
    const read = (endpoint: Endpoint<object, unknown>, input: object) => client.call(endpoint, input, { key: 'k' });
    const found = await idempotency.readBack.find({ input: { accountId: 'a', iban: IBAN, name }, read } as never);
    assert.ok(Array.isArray(found));
    return found;
  }
});

/** Field names that FinHub's answers have, so that what is drawn gets past the first look. */
const NAMES = [
  ...[
    'id',
    'status',
    'currency',
    'customerId',
    'verificationId',
    'preparedOrderId',
    'orderId',
    'validUntil',
    'executedAt',
  ],
  ...[
    'availableBalance',
    'balances',
    'available',
    'fees',
    'totalFee',
    'amount',
    'value',
    'scale',
    'items',
    'data',
    'limits',
  ],
  ...[
    'daily',
    'perTransaction',
    'beneficiaries',
    'iban',
    'consents',
    'pagination',
    'total',
    'categories',
    'allowedValues',
  ],
  ...[
    'availableFeatures',
    'parameters',
    'validity',
    'endDate',
    'wallets',
    'user',
    'createdAt',
    'token',
    '__proto__',
    '0',
  ],
];

test('any answer whatever is read, or refused as one that does not fit: nothing else is thrown, and what is read is plain JSON', () => {
  const leaf = fc.oneof(
    fc.constantFrom('EUR', 'READY', 'x', '', '-500', '1e400', '30.11.2026 23:59', '..', 'LT1', null, true),
    fc.double(),
    fc.bigInt({ min: 0n, max: 10n ** 25n }).map((long) => parseJson(String(long))),
    fc.string({ unit: 'binary' }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 8, noNullPrototype: true }),
    ),
  }));
  const endpoints = Object.values(CATALOGUE) as unknown as Endpoint<object, unknown>[];
  const input = { ...{ accountId: 'x', customerId: 'x', organization: {}, person: {} } };
  fc.assert(
    fc.property(fc.constantFrom(...endpoints), tree, (endpoint, payload) => {
      try {
        const read = understood(endpoint, input, payload);
        assert.deepEqual(typeof JSON.stringify(read), 'string');
        for (const time of timesIn(read)) assert.equal(new Date(time).toISOString(), time);
      } catch (error) {
        if (!(error instanceof FinHubError)) throw error;
        assert.equal(error.kind, 'unexpectedAnswer');
      }
    }),
    { numRuns: 3000 },
  );
});

function timesIn(read: unknown): string[] {
  if (typeof read !== 'object' || read === null) return [];
  return Object.entries(read).flatMap(([name, value]) =>
    typeof value === 'string' && ['validUntil', 'executedAt', 'createdAt'].includes(name) ? [value] : timesIn(value),
  );
}
