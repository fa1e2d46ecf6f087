import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../dev/embedded/ports.js';
import type { OnboardingClient } from '../src/client/index.js';
import type { Gateway } from '../src/gateway/server.js';
import { SESSION_COOKIE } from '../src/gateway/people/session.js';
import type { PeopleOptions } from '../src/gateway/people/people.js';
import { signersFile } from '../src/proof/signers-file.js';
import { parseKeyRing, newKeyRingText } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { CookieBrowser, type Page } from './helpers/cookie-browser.js';
import { eventually } from './helpers/eventually.js';
import { gatewayOf } from './helpers/gateway.js';
import { startIdentityProvider, type TestIdentityProvider } from './helpers/identity-provider.js';
import { signersText } from './helpers/signers.js';

/** Of a route that is not reached here. */
const lane = { client: { tenantId: 'tenant-1' } as OnboardingClient };
const OPERATORS = [
  { id: 'op-1', level: 'TENANT', tenants: ['tenant-1'], subject: 'person-1' },
  { id: 'op-2', level: 'POWER_TENANT', tenants: ['*'], subject: 'person-2' },
  { id: 'op-3', level: 'TENANT', tenants: ['tenant-1'] },
] as const;

describe('people sign in', { timeout: 300_000 }, () => {
  let folder: string;
  let provider: TestIdentityProvider;
  let gateway: Gateway;
  let second: Gateway;
  let people: PeopleOptions;
  let file: string;
  let version = 1;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    file = join(folder, 'signers.json');
    await writeFile(file, signersText(OPERATORS as never));
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    provider = await startIdentityProvider(publicUrl);
    const { issuer, clientId, clientSecret } = provider;
    people = {
      signers: await signersFile(file),
      keys: parseKeyRing(newKeyRingText()),
      blobs: folderBlobs(join(folder, 'store')),
      limits: { idleMs: 900_000, wholeMs: 8 * 3_600_000 },
      signInsPerMinute: 10_000,
      tenantId: 'tenant-1',
      provider: { issuer, clientId, clientSecret, publicUrl },
    };
    gateway = await serve({ port });
    second = await serve();
  });
  after(async () => {
    await Promise.all([gateway.close(), second.close(), provider.close()]);
    await rm(folder, { recursive: true });
  });

  const nobody = { callerOf: () => Promise.resolve(undefined) };
  const serve = ({ port = 0, ...more }: Partial<PeopleOptions> & { port?: number } = {}): Promise<Gateway> =>
    gatewayOf(lane, { port, credentials: nobody, people: { ...people, ...more } });
  const signIn = async (subject: string, query = ''): Promise<{ browser: CookieBrowser; last: Page }> => {
    provider.expect(subject);
    const browser = new CookieBrowser();
    return { browser, last: await browser.get(`${gateway.url}/sign-in${query}`) };
  };
  const session = async (browser: CookieBrowser, at = gateway): Promise<Record<string, string>> => {
    const { status, text } = await browser.get(`${at.url}/session`);
    return { status: String(status), ...(JSON.parse(text) as Record<string, string>) };
  };
  /** The same cookies, at another gateway. */
  const carried = (browser: CookieBrowser, at: Gateway): CookieBrowser => {
    const other = new CookieBrowser();
    other.setCookie(at.url, SESSION_COOKIE, browser.cookie(gateway.url, SESSION_COOKIE)!);
    return other;
  };

  test('as the operator of the signers file, with its level and tenant, at every gateway', async () => {
    const { browser, last } = await signIn('person-1');
    assert.equal(last.status, 200);
    const { operator, level, tenant, status } = await session(browser);
    assert.deepEqual([status, operator, level, tenant], ['200', 'op-1', 'TENANT', 'tenant-1']);
    assert.equal((await session(carried(browser, second), second))['operator'], 'op-1');
    const power = await signIn('person-2', '?tenant=tenant-7');
    const found = await session(power.browser);
    assert.deepEqual([found['operator'], found['level'], found['tenant']], ['op-2', 'POWER_TENANT', 'tenant-7']);
  });

  test('nobody whom the signers file does not know, or for a tenant that is not theirs', async () => {
    for (const [subject, query] of [
      ['stranger', ''],
      // An operator's id is no login.
      ['op-3', ''],
      ['person-1', '?tenant=tenant-2'],
    ] as const) {
      const { browser, last } = await signIn(subject, query);
      assert.equal(last.status, 403, subject);
      assert.equal((await session(browser))['code'], 'Unauthenticated', subject);
    }
  });

  test('only by the answer to the question that this browser asked', async () => {
    provider.expect('person-1');
    const asking = async (): Promise<{ browser: CookieBrowser; answer: string }> => {
      const browser = new CookieBrowser();
      const answer = await browser.get(`${gateway.url}/sign-in`).then(({ url }) => url);
      return { browser, answer };
    };
    const { answer } = await asking();
    // Somebody else's answer: in a browser that asked nothing, and in one that asked for itself.
    const none = new CookieBrowser();
    assert.equal((await none.get(answer)).status, 403);
    const begun = new CookieBrowser();
    const first = await fetch(`${gateway.url}/sign-in`, { redirect: 'manual' });
    const [, own] = /^(__Host-sign-in=[^;]+)/.exec(first.headers.getSetCookie()[0]!)!;
    begun.setCookie(gateway.url, '__Host-sign-in', own!.split('=').slice(1).join('='));
    assert.equal((await begun.get(answer)).status, 403);
    // A forged state in an answer of one's own, and a code that was used.
    const again = await asking();
    assert.equal((await again.browser.get(again.answer)).status, 403);
    for (const browser of [none, begun]) assert.equal((await session(browser))['code'], 'Unauthenticated');
  });

  test('with a cookie that nobody can make, change or take to another site', async () => {
    const { browser, last } = await signIn('person-1');
    const set = last.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`))!;
    for (const mark of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) assert.ok(set.includes(mark), mark);
    assert.ok(!/Domain/i.test(set));
    const cookie = browser.cookie(gateway.url, SESSION_COOKIE)!;
    for (const changed of [`${cookie.slice(0, -6)}AAAAAA`, `x${cookie}`, '', 'garbage']) {
      const other = new CookieBrowser();
      other.setCookie(gateway.url, SESSION_COOKIE, changed);
      assert.equal((await session(other))['code'], 'Unauthenticated');
    }
  });

  test('until they are idle for too long, or in for too long', async () => {
    const { browser } = await signIn('person-1');
    const strict = await serve({ limits: { idleMs: 1, wholeMs: 3_600_000 } });
    const short = await serve({ limits: { idleMs: 3_600_000, wholeMs: 1 } });
    try {
      for (const at of [strict, short])
        assert.equal((await session(carried(browser, at), at))['code'], 'Unauthenticated');
    } finally {
      await Promise.all([strict.close(), short.close()]);
    }
  });

  test('until they sign out, which ends copies of the cookie at every gateway', async () => {
    const { browser } = await signIn('person-1');
    const copy = carried(browser, second);
    assert.equal((await session(copy, second))['status'], '200');
    const { csrfToken } = await session(browser);
    const out = (headers: Record<string, string>) =>
      browser.send('POST', `${gateway.url}/sign-out`, { headers: { ...headers } });
    assert.equal((await out({})).status, 403, 'without the token');
    assert.equal((await out({ 'x-csrf-token': csrfToken!, origin: 'http://elsewhere.example' })).status, 403);
    assert.equal((await session(browser))['status'], '200');
    const kept = browser.cookie(gateway.url, SESSION_COOKIE)!;
    await out({ 'x-csrf-token': csrfToken!, origin: gateway.url });
    browser.setCookie(gateway.url, SESSION_COOKIE, kept);
    assert.equal((await session(browser))['code'], 'Unauthenticated');
    await eventually('it is over elsewhere', async () => (await session(copy, second))['code'] === 'Unauthenticated');
  });

  test('until the provider says that they have left, and nobody else can say so', async () => {
    const { browser } = await signIn('person-2');
    const tell = async (token: string): Promise<number> =>
      (await new CookieBrowser().send('POST', `${gateway.url}/sign-out/by-provider`, { form: { logout_token: token } }))
        .status;
    const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const good = await provider.logoutToken({ sub: 'person-9', events: event });
    assert.equal(await tell(good), 200);
    for (const [what, token] of [
      ['an id token', await provider.logoutToken({ sub: 'person-2', nonce: 'n', events: event })],
      ['no event', await provider.logoutToken({ sub: 'person-2', events: { other: {} } })],
      ['forged', `${good.slice(0, -8)}AAAAAAAA`],
      ['nobody', await provider.logoutToken({ events: event })],
      ['garbage', 'garbage'],
    ] as const) {
      assert.equal(await tell(token), 400, what);
    }
    assert.equal((await session(browser))['status'], '200');
    await provider.logOut('person-2');
    await eventually('it is over', async () => (await session(browser))['code'] === 'Unauthenticated');
  });

  test('until the signers file says otherwise', async () => {
    const { browser } = await signIn('person-1');
    const write = (operators: object[]): Promise<void> => {
      version += 1;
      return writeFile(file, signersText(operators as never, version));
    };
    const [first, ...others] = OPERATORS;
    for (const [what, now] of [
      ['gone', others],
      ['another login', [{ ...first, subject: 'person-8' }, ...others]],
      ['another tenant', [{ ...first, tenants: ['tenant-2'] }, ...others]],
    ] as const) {
      await write([...now]);
      assert.equal((await session(browser))['code'], 'Unauthenticated', what);
    }
    await write([{ ...first, level: 'POWER_TENANT' }, ...others]);
    assert.equal((await session(browser))['level'], 'POWER_TENANT');
    await write([...OPERATORS]);
  });

  test('not when it cannot be known whether they have signed out', async () => {
    const { browser } = await signIn('person-1');
    const away = () => Promise.reject(new Error('away'));
    const blind = await serve({ blobs: { read: away, stream: away, write: away, create: away, remove: away } });
    try {
      const answer = await carried(browser, blind).get(`${blind.url}/session`);
      assert.deepEqual(
        [answer.status, (JSON.parse(answer.text) as { code: string }).code],
        [503, 'CredentialsUnavailable'],
      );
    } finally {
      await blind.close();
    }
  });

  test('not faster than is human', async () => {
    const slow = await serve({ signInsPerMinute: 3 });
    try {
      const statuses = [];
      for (let count = 0; count < 5; count++) {
        statuses.push((await fetch(`${slow.url}/sign-in`, { redirect: 'manual' })).status);
      }
      assert.deepEqual(statuses, [303, 303, 303, 429, 429]);
    } finally {
      await slow.close();
    }
  });

  test('on one machine without a provider, as whom they say, and from no page elsewhere', async () => {
    const trial = await gatewayOf(lane, { people: { ...people, provider: undefined } });
    try {
      const browser = new CookieBrowser();
      const { text } = await browser.get(`${trial.url}/sign-in`);
      for (const { id } of OPERATORS) assert.ok(text.includes(`value="${id}"`));
      const form = { operator: 'op-1' };
      const post = (headers: Record<string, string>) => browser.send('POST', `${trial.url}/sign-in`, { form, headers });
      assert.equal((await post({ origin: 'http://elsewhere.example' })).status, 403);
      assert.equal((await post({})).status, 403);
      await post({ origin: trial.url });
      assert.equal((await session(browser, trial))['operator'], 'op-1');
      // One of them is worth nothing where a provider is asked.
      const real = new CookieBrowser();
      real.setCookie(gateway.url, SESSION_COOKIE, browser.cookie(trial.url, SESSION_COOKIE)!);
      assert.equal((await session(real))['code'], 'Unauthenticated');
    } finally {
      await trial.close();
    }
  });
});
