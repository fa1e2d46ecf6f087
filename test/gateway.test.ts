import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ServiceError } from '@temporalio/client';
import { startRealServer, type RealServer } from './model/real-server.js';
import { CODES } from '../src/client/codes.js';
import type { IndividualInput, OrganizationInput } from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { apiKeys, makeApiKey } from '../src/gateway/api-keys.js';
import { breakingChanges } from '../src/gateway/breaking.js';
import { CredentialsUnavailable, SCOPES } from '../src/gateway/caller.js';
import { ANSWER_SCHEMAS } from '../src/gateway/components.js';
import { openApi } from '../src/gateway/openapi.js';
import { problemOfError } from '../src/gateway/problem.js';
import { ROUTES } from '../src/gateway/routes/index.js';
import type { Gateway } from '../src/gateway/server.js';
import { MESSAGES } from '../src/lifecycle/messages.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { runEntry } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';
import { ask, gatewayOf, type Asking, type Heard } from './helpers/gateway.js';
import type { Lane } from './helpers/lane.js';
import { PATIENCE } from './helpers/patience.js';

interface Told {
  code?: string;
  faults?: { pointer: string; message: string }[];
  [field: string]: unknown;
}

/** The contract itself, keys that never leave their owners, and the help. */
const NO_ROUTE = new Set([
  'starter schema',
  // Who resumes a case reads what is left of its history, which only the workers' side may.
  'starter resume',
  'operator keygen',
  'operator sign',
  'operator sign-signers',
  'operator vouch',
  'operator enrol',
  'starter help',
  'operator help',
]);

describe('the HTTP API', { timeout: 1_200_000 }, () => {
  let server: RealServer;
  let lane: Lane;
  let gateway: Gateway;
  let folder: string;
  let keysFile: string;
  const tenant = SANDBOX_TENANT.id;
  const tokens = new Map<string, string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const signers = [];
    for (const [id, more] of [
      ['op-1', { role: 'operator', level: 'TENANT' }],
      ['op-2', { role: 'operator', level: 'POWER_TENANT' }],
      ['gateway-1', { role: 'gateway' }],
    ] as const) {
      const publicKey = await makeSigningKey(join(folder, `${id}.key`));
      signers.push({ id, ...more, tenants: ['*'], keys: [{ publicKey }] });
    }
    const signersFile = join(folder, 'signers.json');
    await writeFile(signersFile, JSON.stringify({ version: 1, signers }));
    const entries = [];
    for (const [client, operator] of [['backend'], ['back-office', 'op-1'], ['power', 'op-2']] as const) {
      const { key, entry } = makeApiKey({ client, tenant, scopes: [...SCOPES], operator });
      tokens.set(client, key);
      entries.push(entry);
    }
    keysFile = join(folder, 'keys.json');
    await writeFile(keysFile, JSON.stringify({ keys: entries }));
    const key = await readSigningKey(join(folder, 'gateway-1.key'));
    server = await startRealServer({
      env: { SIGNERS_FILE: signersFile, REQUIRE_PROOF: 'true' },
      signing: { signerId: 'gateway-1', environment: 'default', key },
    });
    ({ lane } = server);
    gateway = await gatewayOf(lane, { credentials: await apiKeys(keysFile) });
  });
  after(async () => {
    await gateway.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  /** Every answer is checked against what the contract says of it. */
  const http = async (method: string, path: string, asking: Asking & { as?: string } = {}): Promise<Heard<Told>> => {
    const heard = await ask<Told>(gateway.url, method, path, { token: tokens.get(asking.as ?? 'backend'), ...asking });
    const route = ROUTES.find(
      (one) =>
        one.method === method &&
        new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?', 1)[0]!),
    );
    const schema = heard.status >= 400 ? 'Problem' : route?.answers[heard.status]?.schema;
    if (schema !== undefined) {
      const parsed = ANSWER_SCHEMAS[schema]!.safeParse(heard.body);
      assert.ok(parsed.success, `${method} ${path}: ${parsed.error?.message} in ${JSON.stringify(heard.body)}`);
      assert.deepEqual(parsed.data, heard.body, 'the contract says all that is answered');
    }
    return heard;
  };

  /** As a backend sends it, with its documents in it. */
  const packed = async <T extends IndividualInput | OrganizationInput>(application: T): Promise<T> => {
    const documents = [];
    for (const { file, ...rest } of application.documents ?? []) {
      const content = (await readFile(join(EXAMPLES, file!))).toString('base64');
      documents.push({ ...rest, fileName: file!.split('/').at(-1), content });
    }
    return { ...application, documents };
  };

  const start = async (): Promise<{ path: string; id: string }> => {
    const application = await packed(await anIndividual());
    const { applicationId: id } = application;
    assert.equal((await http('PUT', `/v1/individuals/${id}`, { body: application })).status, 202);
    return { id, path: `/v1/cases/individual/${id}` };
  };
  const inReview = async (path: string): Promise<Told> => {
    const { body } = await http('GET', `${path}/wait?for=review`, { headers: { prefer: 'wait=60' } });
    assert.equal(body['reached'], true, JSON.stringify(body));
    return (await http('GET', `${path}/review`)).body;
  };

  /** What an operator does at their own desk: look, sign with their own key, send. */
  const approve = async (path: string, operator: string, as: string): Promise<Heard<Told>> => {
    const review = join(folder, 'review.json');
    const decision = join(folder, 'decision.json');
    await writeFile(review, JSON.stringify(await inReview(path)));
    await writeFile(decision, JSON.stringify({ verdict: 'approve' }));
    const key = join(folder, `${operator}.key`);
    const args = ['sign', 'decideVerification', decision, '--case', review, '--as', operator, '--key', key];
    const { code, stdout, stderr } = await runEntry('operator', args, { PATH: process.env['PATH'] });
    assert.equal(code, 0, stderr);
    return http('POST', `${path}/decisions`, { as, body: stdout });
  };

  for (const kind of ['individual', 'organization'] as const) {
    test(`takes an ${kind} to a transfer for a Python program, each word signed`, async () => {
      const application = kind === 'individual' ? await anIndividual() : await anOrganization();
      const file = join(folder, `${kind}.json`);
      const documents = application.documents!.map((one) => ({ ...one, file: resolve(EXAMPLES, one.file!) }));
      await writeFile(file, JSON.stringify({ ...application, documents }));
      const env = { ...process.env, no_proxy: '127.0.0.1', GATEWAY: gateway.url, TOKEN: tokens.get('backend')! };
      const running = promisify(execFile)('python3', ['examples/http/onboard.py', file], {
        env,
        timeout: PATIENCE.end * 1000,
      }).catch((error: Error & { stdout: string; stderr: string }) =>
        assert.fail(`${error.message}\n${error.stdout}${error.stderr}`),
      );
      const path = `/v1/cases/${kind}/${application.applicationId}`;
      const people = (async () => {
        await eventually('it is started', async () => (await http('GET', path)).status === 200);
        const [operator, as] = kind === 'individual' ? ['op-1', 'back-office'] : ['op-2', 'power'];
        const { status, body } = await approve(path, operator, as);
        assert.deepEqual([status, body['state']], [200, 'applied'], JSON.stringify(body));
        if (kind === 'organization') return;
        await eventually('it waits for the code', async () => {
          const { body: seen } = await http('GET', path);
          return (seen['waitingOn'] as { what: string } | null)?.what === 'activation code';
        });
        const id = `individual/${application.applicationId}`;
        const code = await lane.activationCode(id);
        assert.equal((await http('POST', `${path}/activation-code`, { body: { code } })).status, 200);
      })();
      const [{ stdout }] = await Promise.all([running, people]);
      assert.match(stdout, /^started: \{'customerId': /);
      assert.match(stdout, /\ncompleted LT\d+\ntransfer: completed\n$/);
    });
  }

  test('the same application is one onboarding, and another under its id a conflict', async () => {
    const application = await packed(await anIndividual());
    const path = `/v1/individuals/${application.applicationId}`;
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => http('PUT', path, { body: application })));
    const statuses = [first!, ...others].map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 200, 202]);
    assert.equal(first!.headers.get('location'), `/v1/cases/individual/${application.applicationId}`);
    const { status, body } = await http('PUT', path, { body: { ...application, submittedBy: 'somebody else' } });
    assert.deepEqual([status, body.code], [409, 'ApplicationConflict']);
  });

  test('documents are uploaded by themselves, and the case takes those that are its own', async () => {
    const application = await anIndividual();
    const id = application.applicationId;
    const [described] = application.documents!;
    const content = await readFile(join(EXAMPLES, described!.file!));
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const upload = async (bytes: Buffer, to: string, type: string, sha256 = digest(bytes)) => {
      const headers = { authorization: `Bearer ${tokens.get('backend')!}`, 'content-type': type };
      const url = `${gateway.url}/v1/uploads/individual/${to}/${sha256}?type=${described!.type}`;
      const answer = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) });
      return { status: answer.status, body: (await answer.json()) as Told };
    };
    const page = Buffer.from('<html></html>');
    for (const [bytes, type, sha256, status, code] of [
      [content, 'application/pdf', digest(page), 422, 'InvalidInput'],
      [content, 'image/png', undefined, 422, 'InvalidInput'],
      [page, 'application/pdf', undefined, 422, 'InvalidInput'],
      [content.subarray(0, -40), 'application/pdf', undefined, 422, 'InvalidInput'],
      [content, 'application/json', undefined, 415, 'MediaTypeUnsupported'],
      [Buffer.alloc(20 * 1024 * 1024 + 1), 'application/pdf', undefined, 413, 'BodyTooLarge'],
    ] as const) {
      const { status: was, body } = await upload(bytes, id, type, sha256);
      assert.deepEqual([was, body.code], [status, code], JSON.stringify(body));
    }
    const { type } = described!;
    const [, ...others] = (await packed(application)).documents!;
    const documents = [{ type, fileName: 'passport.pdf', sha256: digest(content) }, ...others];
    const start = () => http('PUT', `/v1/individuals/${id}`, { body: { ...application, documents } });
    // What another case has is not there for this one.
    assert.equal((await upload(content, 'another', 'application/pdf')).status, 201);
    assert.deepEqual(
      (await start()).body.faults?.map(({ pointer }) => pointer),
      ['/documents/0/sha256'],
    );
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await upload(content, id, 'application/octet-stream');
      assert.deepEqual([status, body['mimeType'], body['size']], [201, 'application/pdf', content.length]);
    }
    assert.equal((await start()).status, 202);
    const { evidence } = await inReview(`/v1/cases/individual/${id}`);
    const all = evidence as { documentId: string; fileName: string; sha256: string }[];
    const first = all.find(({ sha256 }) => sha256 === digest(content));
    assert.equal(first?.fileName, 'passport.pdf');
    const seen = await ask<string>(gateway.url, 'GET', `/v1/cases/individual/${id}/documents/${first.documentId}`, {
      token: tokens.get('back-office'),
    });
    assert.equal(seen.status, 200);
  });

  test('every fault of a body is told at once, by its JSON pointer', async () => {
    const application = await packed(await anOrganization());
    const people = application.shareholders.map((one, index) => (index === 1 ? { ...one, email: 'nobody' } : one));
    const documents = [{ type: 'PASSPORT', fileName: 'a.pdf', content: 'bm8=' }];
    const body = { ...application, shareholders: people, documents, 'un/known': 1, tenantId: undefined };
    const { status, body: problem } = await http('PUT', `/v1/organizations/${application.applicationId}`, { body });
    assert.deepEqual([status, problem.code], [422, 'InvalidInput']);
    const pointers = problem.faults!.map(({ pointer }) => pointer).sort();
    assert.deepEqual(pointers, ['/documents/0/content', '/shareholders/1/email', '/un~1known']);
    const foreign = { ...(await anIndividual()), applicationId: 'another', tenantId: 'other' };
    const { body: wrong } = await http('PUT', '/v1/individuals/mine', { body: foreign });
    assert.deepEqual(wrong.faults!.map(({ pointer }) => pointer).sort(), ['/applicationId', '/tenantId']);
    const broken = await http('PUT', '/v1/individuals/mine', { body: '{"a":' });
    assert.deepEqual([broken.status, broken.body.code], [400, 'BodyUnreadable']);
    const { path } = await start();
    for (const body of [undefined, '5', '[]', 'null', '{}', '{"documents":5,"submittedBy":"x"}', '{"documents":{}}']) {
      const senseless = await http('POST', `${path}/documents`, { body });
      assert.deepEqual([senseless.status, senseless.body.code], [422, 'InvalidInput'], body);
    }
    const text = await http('POST', `${path}/documents`, { body: 'x', headers: { 'content-type': 'text/plain' } });
    assert.deepEqual([text.status, text.body.code], [415, 'MediaTypeUnsupported']);
    const keyless = await http('POST', `${path}/notes`, { as: 'back-office', body: { text: '' }, key: '' });
    assert.deepEqual([keyless.status, keyless.body.code], [400, 'IdempotencyKeyMissing']);
  });

  test('one Idempotency-Key is one message, also after the case has ended', async () => {
    const { path } = await start();
    await inReview(path);
    const note = { as: 'back-office', key: 'note-1', body: { text: 'looked at it' } };
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await http('POST', `${path}/notes`, note);
      assert.deepEqual([status, body['state']], [200, 'applied']);
    }
    const { body: review } = await http('GET', `${path}/review`);
    assert.equal((review['notes'] as unknown[]).length, 1);
    const { body: audit } = await http('GET', `${path}/audit`);
    const entry = (audit['entries'] as Told[]).find(({ event }) => event === 'note');
    assert.deepEqual(
      [entry?.['by'], entry?.['caller']],
      ['op-1', 'back-office'],
      'who said it, and through which program',
    );
    const other = await http('POST', `${path}/notes`, { ...note, body: { text: 'something else' } });
    assert.deepEqual([other.status, other.body.code], [409, 'Duplicate']);
    const elsewhere = await http('POST', `${path}/notes`, { ...note, as: 'power' });
    assert.equal(elsewhere.status, 200, "another caller's keys are their own");
    const cancellation = { key: 'end-1', body: { by: 'backoffice', reason: 'withdrawn' } };
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await http('POST', `${path}/cancellation`, cancellation);
      assert.deepEqual([status, body['state']], [200, 'applied'], JSON.stringify(body));
      await eventually('it has ended', async () => (await http('GET', path)).body['outcome'] !== null);
    }
    const late = await http('POST', `${path}/cancellation`, { ...cancellation, key: 'end-2' });
    assert.deepEqual([late.status, late.body.code], [409, 'AlreadyFinal']);
  });

  test("the gateway's word is never enough for what takes an operator's own", async () => {
    const { path } = await start();
    const { review, evidenceHash } = await inReview(path);
    const decision = { decisionId: 'd1', round: (review as { round: number }).round, verdict: 'approve', evidenceHash };
    const unsigned = await http('POST', `${path}/decisions`, { as: 'back-office', body: decision });
    assert.deepEqual([unsigned.status, unsigned.body.code], [403, 'OperatorNeeded']);
    // Past the gateway, with its own key.
    const id = path.replace('/v1/cases/', '');
    const forged = await lane.client.decide(id, { ...decision, verdict: 'approve', operator: { id: 'op-1' } } as never);
    assert.equal(!forged.accepted && forged.refusal, 'ProofInvalid');
    const call = { operation: 'listDirectors', input: { organizationId: 'o' }, reason: 'to see' };
    const byHand = await http('POST', '/v1/calls', { as: 'power', body: call });
    assert.deepEqual([byHand.status, byHand.body.code], [403, 'OperatorNeeded']);
    const { body: planned } = await http('POST', '/v1/calls', { as: 'power', body: { ...call, dryRun: true } });
    assert.equal(planned['path'], '/api/v2.1/customer/organization/o/directors');
    await http('POST', `${path}/cancellation`, { body: { by: 'backoffice', reason: 'done' } });
  });

  test('whoever waits hears of a change at once, and nobody polls', async () => {
    const { path } = await start();
    await inReview(path);
    const seen = await http('GET', path);
    const etag = seen.headers.get('etag')!;
    const same = await http('GET', path, { headers: { 'if-none-match': etag } });
    assert.equal(same.status, 304);
    const waiting = http('GET', path, { headers: { 'if-none-match': etag, prefer: 'wait=60' } });
    const stream = await fetch(`${gateway.url}${path}/events`, {
      headers: { authorization: `Bearer ${tokens.get('backend')}`, 'last-event-id': etag },
    });
    await pause(500);
    await http('POST', `${path}/cancellation`, { body: { by: 'backoffice', reason: 'withdrawn' } });
    const changed = await waiting;
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), etag);
    const events = await stream.text();
    assert.ok(!events.includes(etag), 'what was known is not told again');
    const last = /.*^data: (.*)$/ms.exec(events)![1]!;
    assert.equal((JSON.parse(last) as Told)['status'], 'cancelled');
  });

  test('a gateway that ends lets whoever waits go', async () => {
    const { path } = await start();
    await inReview(path);
    const ending = await gatewayOf(lane, { credentials: await apiKeys(keysFile) });
    const token = tokens.get('backend')!;
    const { headers } = await ask(ending.url, 'GET', path, { token });
    const etag = headers.get('etag')!;
    const waiting = ask(ending.url, 'GET', path, { token, headers: { 'if-none-match': etag, prefer: 'wait=60' } });
    const stream = await fetch(`${ending.url}${path}/events`, { headers: { authorization: `Bearer ${token}` } });
    await pause(300);
    const begun = Date.now();
    await ending.close();
    assert.equal((await waiting).status, 304);
    assert.match(await stream.text(), /^event: status$/m);
    assert.ok(Date.now() - begun < 30_000, 'nobody was waited for');
  });

  test('a caller has so many waits open, and no more', async () => {
    const { path } = await start();
    await inReview(path);
    const narrow = await gatewayOf(lane, { credentials: await apiKeys(keysFile), waitsPerCaller: 1 });
    try {
      const token = tokens.get('backend')!;
      const controller = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${narrow.url}${path}/events`, { headers, signal: controller.signal });
      const wait = () =>
        ask<Told>(narrow.url, 'GET', `${path}/wait?for=done`, { token, headers: { prefer: 'wait=1' } });
      const { status, body } = await wait();
      assert.deepEqual([status, body.code], [429, 'TooManyRequests']);
      controller.abort();
      await eventually('the slot is free again', async () => (await wait()).status === 200);
    } finally {
      await narrow.close();
    }
  });

  test('a key that was taken away opens nothing more', async () => {
    const { path } = await start();
    const content = JSON.parse(await readFile(keysFile, 'utf8')) as { keys: unknown[] };
    const { key, entry } = makeApiKey({ client: 'backend', tenant, scopes: ['onboarding:read'] });
    await writeFile(keysFile, JSON.stringify({ keys: [...content.keys, entry] }));
    const old = tokens.get('backend')!;
    for (const token of [key, old]) assert.equal((await http('GET', path, { token })).status, 200);
    await writeFile(keysFile, JSON.stringify({ keys: [...content.keys.slice(1), entry] }));
    assert.equal((await http('GET', path, { token: old })).status, 401);
    assert.equal((await http('GET', path, { token: key })).status, 200);
    await writeFile(keysFile, 'garbage');
    const { status, body } = await http('GET', path, { token: key });
    assert.deepEqual([status, body.code], [503, 'CredentialsUnavailable']);
    await writeFile(keysFile, JSON.stringify(content));
  });

  test('without credentials it is for this machine only', async () => {
    await assert.rejects(gatewayOf(lane, { host: '0.0.0.0' }), /listens on this machine only/);
    const open = await gatewayOf(lane);
    try {
      assert.equal((await ask(open.url, 'GET', '/v1/cases')).status, 200);
      const named = open.url.replace('127.0.0.1', 'localhost');
      assert.equal((await ask(named, 'GET', '/v1/cases')).status, 200);
      const { port } = new URL(open.url);
      const rebound = await promisify(execFile)('curl', [
        '-s',
        '-H',
        'Host: evil.example',
        `http://127.0.0.1:${port}/v1/cases`,
      ]);
      assert.equal((JSON.parse(rebound.stdout) as Told).code, 'Unauthenticated');
    } finally {
      await open.close();
    }
  });

  test('a caller is told their rate, and how long to wait', async () => {
    const slow = await gatewayOf(lane, { requestsPerMinute: 2 });
    try {
      const heard = [];
      for (let time = 0; time < 3; time += 1)
        heard.push(await ask(slow.url, 'GET', time === 0 ? '/v1/cases' : '/v1/cases/individual/none'));
      assert.deepEqual(
        heard.map(({ status }) => status),
        [200, 404, 429],
      );
      assert.match(heard[0]!.headers.get('ratelimit')!, /^"client";r=1;t=\d+$/);
      assert.equal(heard[0]!.headers.get('ratelimit-policy'), '"client";q=2;w=60');
      assert.ok(Number(heard[2]!.headers.get('retry-after')) > 0);
    } finally {
      await slow.close();
    }
  });

  test('no worker: a status is stale, a message has an unknown outcome and may be repeated', async () => {
    const { path } = await start();
    await inReview(path);
    await lane.stopWorker();
    const impatient = await gatewayOf(
      { client: lane.client.patient({ answerSeconds: 1, questionSeconds: 1 }) },
      {
        credentials: await apiKeys(keysFile),
      },
    );
    try {
      const token = tokens.get('back-office');
      const note = { token, key: 'k', body: { text: 'seen' } };
      const { status, body, headers } = await ask(impatient.url, 'POST', `${path}/notes`, note);
      assert.deepEqual([status, (body as Told).code, (body as Told)['outcome']], [503, 'NoAnswer', 'unknown']);
      assert.ok(headers.get('retry-after'));
      const { body: stale } = await ask(impatient.url, 'GET', path, { token });
      assert.equal((stale as Told)['stale'], true);
    } finally {
      await impatient.close();
      await lane.restart({ env: { SIGNERS_FILE: join(folder, 'signers.json'), REQUIRE_PROOF: 'true' } });
    }
    const { status } = await http('POST', `${path}/notes`, { as: 'back-office', key: 'k', body: { text: 'seen' } });
    assert.equal(status, 200);
    const { body } = await http('GET', `${path}/review`);
    assert.equal((body['notes'] as unknown[]).length, 1);
  });

  test('everything the command lines can do has a route, and every message', async () => {
    const messages = new Set(ROUTES.map(({ message }) => message));
    assert.deepEqual(
      MESSAGES.filter((name) => !messages.has(name)),
      [],
    );
    const commands = new Set(ROUTES.flatMap((one) => one.commands));
    for (const entry of ['starter', 'operator'] as const) {
      const { stdout } = await runEntry(entry, ['--help'], { PATH: process.env['PATH'] });
      const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+) /gm)].map(
        ([, name]) => `${entry} ${name}`,
      );
      assert.ok(listed.length > 8, stdout);
      for (const command of listed) assert.ok(commands.has(command) || NO_ROUTE.has(command), command);
    }
  });

  test('the contract that is checked in is what the gateway serves, and breaks nobody', async () => {
    const checkedIn = JSON.parse(await readFile('docs/reference/openapi.json', 'utf8')) as object;
    const served = JSON.parse(JSON.stringify(openApi())) as object;
    assert.deepEqual(breakingChanges(checkedIn, served), []);
    assert.deepEqual(served, checkedIn, 'npm run openapi -- --write');
  });

  test('a change that callers would trip over is seen', () => {
    const before = openApi() as never;
    const changed = (change: (document: Record<string, Record<string, Record<string, never>>>) => void): string[] => {
      const after = structuredClone(before);
      change(after);
      return breakingChanges(before, after);
    };
    const schema = (document: object, name: string) =>
      (
        document as {
          components: { schemas: Record<string, { required: string[]; properties: Record<string, object> }> };
        }
      ).components.schemas[name]!;
    assert.match(changed((one) => delete one['paths']!['/v1/cases']).join(), /GET \/v1\/cases: is gone/);
    assert.match(changed((one) => delete schema(one, 'Answer').properties['detail']).join(), /Answer.*detail is gone/);
    assert.match(changed((one) => schema(one, 'Note').required.push('by')).join(), /Note.*by is needed/);
    const more = changed((one) => Object.assign(schema(one, 'Note').properties, { also: { type: 'string' } }));
    assert.deepEqual(more, []);
  });

  test('a Temporal that is away leaves the outcome unknown, and nothing of ours is told', () => {
    const cause = Object.assign(new Error('14 UNAVAILABLE: 10.0.0.1'), { code: 14, details: '', metadata: {} });
    const away = new ServiceError('Failed to start Workflow', { cause });
    // The SDK wraps its own calls, and nothing wraps ours to Temporal's services.
    for (const error of [away, cause]) {
      const { status, code, outcome } = problemOfError(error, 'r');
      assert.deepEqual([status, code, outcome], [503, 'TemporalUnreachable', 'unknown']);
    }
    for (const error of [away, cause, new Error('password=hunter2'), new CredentialsUnavailable('/etc/keys.json')]) {
      assert.equal(problemOfError(error, 'r').detail, undefined);
    }
  });

  test('every code has a status and an exit code, and problems name it', () => {
    for (const [code, { status, meaning, helps }] of Object.entries(CODES)) {
      assert.ok(status >= 400 && status < 600 && meaning && helps, code);
    }
  });
});
