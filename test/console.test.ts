import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { auditCsv } from '../src/console/audit-page.js';
import { serveConsole } from '../src/console/serve.js';
import type { Gateway } from '../src/gateway/server.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { barriersOn } from './helpers/barriers.js';
import { findChromium, launchChromium } from './helpers/browser.js';
import { CookieBrowser } from './helpers/cookie-browser.js';
import { eventually } from './helpers/eventually.js';
import { gatewayOf } from './helpers/gateway.js';
import { rendererOfSources } from './helpers/renderer.js';
import { startRealServer, type RealServer } from './model/real-server.js';

const PROBE = '<img src=x onerror=alert(1)>';

describe("the operators' console", { timeout: 600_000 }, () => {
  let server: RealServer;
  let gateway: Gateway;
  let folder: string;
  let ids: string[];
  const lines: Record<string, unknown>[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    server = await startRealServer();
    const { lane } = server;
    const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
    const renderer = await rendererOfSources();
    gateway = await gatewayOf(lane, {
      log,
      people: {
        signers: await signersFile('examples/signers.json'),
        keys: parseKeyRing(newKeyRingText()),
        blobs: folderBlobs(join(folder, 'store')),
        limits: { idleMs: 900_000, wholeMs: 3_600_000 },
        signInsPerMinute: 1000,
        tenantId: SANDBOX_TENANT.id,
        provider: undefined,
      },
      console: (at, people) => serveConsole(at, { client: lane.client, people, environment: 'default', log, renderer }),
    });
    const hostile = await anIndividual();
    hostile.person.firstName = PROBE;
    ids = await Promise.all([hostile, await anOrganization()].map((one) => lane.toReview(one)));
    await eventually('the list has both', async () => (await lane.client.list({ forOperators: true })).length === 2);
  });
  after(async () => {
    await gateway.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const signedIn = async (operator = 'op-1'): Promise<CookieBrowser> => {
    const browser = new CookieBrowser();
    const { status } = await browser.send('POST', `${gateway.url}/sign-in`, {
      form: { operator },
      headers: { origin: gateway.url },
    });
    assert.equal(status, 200);
    return browser;
  };
  const pathOf = (id: string): string => {
    const [kind, , name] = id.split('/');
    return `/console/cases/${kind}/${name}`;
  };
  const csrfIn = (text: string): string => /name="csrf" value="([^"]+)"/.exec(text)![1]!;

  test('is for those who have signed in', async () => {
    for (const path of ['/console/queue', pathOf(ids[0]!)]) {
      const answer = await fetch(gateway.url + path, { redirect: 'manual' });
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/sign-in'], path);
    }
    const answer = await fetch(`${gateway.url}/console/search`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ text: 'x' }) },
    });
    assert.equal(answer.status, 303);
  });

  test('shows what waits for a decision, and finds a case by whoever is in it, from its own pages only', async () => {
    const browser = await signedIn();
    const queue = await browser.get(`${gateway.url}/console/queue`);
    for (const id of ids) assert.ok(queue.text.includes(`href="${pathOf(id)}"`), id);
    const mine = await browser.get(`${gateway.url}/console/queue?view=mine`);
    assert.ok(!mine.text.includes(pathOf(ids[0]!)));
    const view = await server.lane.client.caseView(ids[1]!);
    const form = { text: view.subject.organization!.registrationNumber };
    const search = (csrf: string) =>
      browser.send('POST', `${gateway.url}/console/search`, {
        form: { ...form, csrf },
        headers: { origin: gateway.url },
      });
    const found = await search(csrfIn(queue.text));
    assert.ok(found.text.includes(pathOf(ids[1]!)) && !found.text.includes(pathOf(ids[0]!)));
    assert.equal((await search('guess')).status, 403);
  });

  test('shows a case whole, says who looked, and takes nothing in it for more than text', async () => {
    const browser = await signedIn();
    lines.length = 0;
    const { text, headers, status } = await browser.get(gateway.url + pathOf(ids[0]!));
    assert.equal(status, 200);
    assert.ok(!text.includes('<img') && text.includes('&lt;img src=x'), 'it shows as text');
    const { evidence, evidenceHash } = await server.lane.client.caseView(ids[0]!);
    for (const shown of [evidenceHash, ...evidence.map(({ documentId }) => documentId)])
      assert.ok(text.includes(shown));
    assert.match(text, /Decide on round 1/);
    assert.match(
      headers.get('content-security-policy')!,
      /^default-src 'none'; style-src 'self';.*trusted-types 'none'$/,
    );
    assert.ok(!/<title>[^<]*img/.test(text), 'no personal data in titles');
    const looked = await eventually(
      'it is on record',
      () => Promise.resolve(lines.find((one) => one['operator'] === 'op-1')),
      10,
    );
    assert.deepEqual([looked['path'], looked['status'], looked['tenant']], [pathOf(ids[0]!), 200, SANDBOX_TENANT.id]);
    const document = `/v1/cases/individual/${ids[0]!.split('/')[2]}/documents/${evidence[0]!.documentId}`;
    assert.equal((await browser.get(gateway.url + document)).status, 200);
    const audit = await server.lane.client.audit(ids[0]!);
    assert.ok(
      audit.some(({ event, by }) => event === 'viewDocument' && by === 'op-1'),
      JSON.stringify(audit.at(-1)),
    );
  });

  test("has no page of what is not there, or is another tenant's", async () => {
    const browser = await signedIn();
    for (const path of [
      '/console/cases/individual/nobody',
      '/console/cases/individual/..%2Fother%2Fx',
      '/console/cases/x/y',
    ]) {
      assert.equal((await browser.get(gateway.url + path)).status, 404, path);
    }
  });

  test('shows documents as pictures, and each look is on record once', async () => {
    const browser = await signedIn('op-3');
    const { evidence } = await server.lane.client.caseView(ids[0]!);
    const path = `${pathOf(ids[0]!)}/documents/${evidence[0]!.documentId}`;
    const page = await browser.get(gateway.url + path);
    assert.match(page.text, /Page 1 of 1/);
    const picture = await browser.get(`${gateway.url}${path}/page.png?page=1`);
    assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/png']);
    const looks = (await server.lane.client.audit(ids[0]!)).filter(
      ({ event, by }) => event === 'viewDocument' && by === 'op-3',
    );
    assert.equal(looks.length, 1);
    const beyond = await browser.get(`${gateway.url}${path}?page=2`);
    assert.deepEqual([beyond.status, /It has no such page/.test(beyond.text)], [422, true]);
    assert.equal(
      (await browser.get(`${gateway.url}${pathOf(ids[1]!)}/documents/${evidence[0]!.documentId}`)).status,
      404,
    );
  });

  test('gives the next case to whoever asks, and counts what is open', async () => {
    const browser = await signedIn('op-2');
    const { text } = await browser.get(`${gateway.url}/console/queue`);
    assert.match(text, /All open[^<]*\(2\)/);
    const next = () =>
      browser.send('POST', `${gateway.url}/console/next`, {
        form: { csrf: csrfIn(text) },
        headers: { origin: gateway.url },
      });
    for (let at = 0; at < ids.length; at += 1) assert.match((await next()).text, /Give it back/);
    for (const id of ids) assert.equal((await server.lane.client.caseView(id)).assignee, 'op-2');
    assert.match((await next()).text, /Nothing is left/);
  });

  test('gives the whole audit as files, in which no text is a formula', async () => {
    const id = ids[0]!;
    const browser = await signedIn();
    const json = JSON.parse((await browser.get(`${gateway.url}${pathOf(id)}/audit.json`)).text) as unknown[];
    assert.deepEqual(json, JSON.parse(JSON.stringify(await server.lane.client.audit(id))));
    const { text, headers } = await browser.get(`${gateway.url}${pathOf(id)}/audit.csv`);
    assert.match(headers.get('content-disposition')!, /^attachment; filename="Audit-individual-/);
    assert.equal(text.split('\r\n')[0], 'seq,at,by,caller,event,phase,text');
    const [, row] = auditCsv([{ seq: 1, at: '', event: 'note', data: {}, text: '=1,"2"' } as never]).split('\r\n');
    assert.equal(row, `1,,,,note,,"'=1,""2"""`);
    assert.equal((await browser.get(`${gateway.url}${pathOf(id)}/audit.pdf`)).status, 404);
  });

  test('holds its policy in a browser, and keeps nobody out', { skip: !findChromium() && 'no Chromium' }, async () => {
    const chromium = await launchChromium(findChromium()!);
    try {
      // Whoever takes pictures of the pages wants both; console-work.long.ts looks at all widths and themes.
      const all = [
        [390, 'dark'],
        [1280, 'light'],
      ] as const;
      for (const [width, colorScheme] of process.env['SCREENSHOTS_TO'] ? all : all.slice(1)) {
        const context = await chromium.newContext({ viewport: { width, height: 900 }, colorScheme });
        const page = await context.newPage();
        const faults: string[] = [];
        page.on('console', (message) => faults.push(message.text()));
        page.on('pageerror', (error) => faults.push(error.message));
        page.on('request', (request) => {
          if (!request.url().startsWith(gateway.url)) faults.push(request.url());
        });
        await page.goto(`${gateway.url}/sign-in`);
        await page.getByRole('button', { name: 'op-1' }).click();
        await page.waitForURL('**/console/queue');
        const pages = ['/console/queue', '/console/operators', '/console/keys', ...ids.map(pathOf)];
        const { evidence } = await server.lane.client.caseView(ids[0]!);
        const more = ['audit', `documents/${evidence[0]!.documentId}`].map((one) => `${pathOf(ids[0]!)}/${one}`);
        for (const path of [...pages, ...more]) {
          await page.goto(gateway.url + path);
          assert.deepEqual(await barriersOn(page), [], path);
          const room = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
          const [needed, there] = room as [number, number];
          assert.ok(needed <= there, `${path} needs ${needed} px of ${there}`);
          const to = process.env['SCREENSHOTS_TO'];
          const name = `console-${path.split('/').slice(2, 6).join('-')}-${width}-${colorScheme}.png`;
          if (to) await page.screenshot({ path: join(await made(to), name), fullPage: true });
        }
        assert.deepEqual(faults, []);
        await context.close();
      }
    } finally {
      await chromium.close();
    }
  });
});

async function made(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}
