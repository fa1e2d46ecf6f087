import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { serveConsole } from '../src/console/serve.js';
import type { Gateway } from '../src/gateway/server.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { findChromium, launchChromium } from './helpers/browser.js';
import { CookieBrowser } from './helpers/cookie-browser.js';
import { eventually } from './helpers/eventually.js';
import { gatewayOf } from './helpers/gateway.js';
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
      console: (at, people) => serveConsole(at, { client: lane.client, people, environment: 'default', log }),
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

  test(
    'holds its policy in a browser, at both widths, light and dark',
    { skip: !findChromium() && 'no Chromium' },
    async () => {
      const chromium = await launchChromium(findChromium()!);
      try {
        for (const [width, colorScheme] of [
          [1280, 'light'],
          [390, 'dark'],
        ] as const) {
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
          for (const path of ['/console/queue', ...ids.map(pathOf)]) {
            await page.goto(gateway.url + path);
            const room = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
            const [needed, there] = room as [number, number];
            assert.ok(needed <= there, `${path} needs ${needed} px of ${there}`);
            const to = process.env['SCREENSHOTS_TO'];
            const name = `console-${path.split('/').slice(2, 4).join('-')}-${width}-${colorScheme}.png`;
            if (to) await page.screenshot({ path: join(await made(to), name), fullPage: true });
          }
          assert.deepEqual(faults, []);
          await context.close();
        }
      } finally {
        await chromium.close();
      }
    },
  );
});

async function made(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}
