import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { pino } from 'pino';
import { codeFile, madeOfSources } from '../dev/console-code/made.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import type { ShownAuditEntry } from '../src/client/audit.js';
import { serveConsole } from '../src/console/serve.js';
import type { Gateway } from '../src/gateway/server.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { anIndividual } from './helpers/applications.js';
import { findChromium, launchChromium } from './helpers/browser.js';
import { gatewayOf } from './helpers/gateway.js';
import { rendererOfSources } from './helpers/renderer.js';
import { startRealServer, type RealServer } from './model/real-server.js';

test("what the console's pages run is what the sources have", async () => {
  assert.equal(await readFile(codeFile, 'utf8'), await madeOfSources(), 'npm run console.code -- --write');
});

describe(
  'an operator at a browser, where decisions must be signed',
  { timeout: 600_000, skip: !findChromium() && 'no Chromium' },
  () => {
    let server: RealServer;
    let gateway: Gateway;
    let chromium: Browser;
    let folder: string;
    let url: string;
    const signers: Record<string, unknown>[] = [];
    let version = 0;
    const writeSigners = (): Promise<void> => {
      version += 1;
      return writeFile(join(folder, 'signers.json'), JSON.stringify({ version, signers }));
    };

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
      const keys = [{ publicKey: await makeSigningKey(join(folder, 'backend.key')) }];
      signers.push({ id: 'backend', role: 'client', tenants: ['*'], keys });
      for (const [id, level] of Object.entries({ 'op-1': 'TENANT', 'op-2': 'POWER_TENANT' }))
        signers.push({ id, role: 'operator', level, tenants: ['*'] });
      await writeSigners();
      const file = join(folder, 'signers.json');
      const backend = { signerId: 'backend', key: await readSigningKey(join(folder, 'backend.key')) };
      server = await startRealServer({
        env: { SIGNERS_FILE: file, REQUIRE_PROOF: 'true' },
        signing: { ...backend, environment: 'default' },
      });
      const log = pino({ level: 'silent' });
      const { client } = server.lane;
      const renderer = await rendererOfSources();
      gateway = await gatewayOf(server.lane, {
        log,
        people: {
          signers: await signersFile(file),
          keys: parseKeyRing(newKeyRingText()),
          blobs: folderBlobs(join(folder, 'store')),
          limits: { idleMs: 900_000, wholeMs: 3_600_000 },
          signInsPerMinute: 1000,
          tenantId: SANDBOX_TENANT.id,
          provider: undefined,
        },
        console: (at, people) => serveConsole(at, { client, people, environment: 'default', log, renderer }),
      });
      // A passkey is for a name.
      url = gateway.url.replace('127.0.0.1', 'localhost');
      chromium = await launchChromium(findChromium()!);
    });
    after(async () => {
      await chromium.close();
      await gateway.close();
      await server.stop();
      await rm(folder, { recursive: true });
    });

    interface Desk {
      page: Page;
      context: BrowserContext;
      cdp: CDPSession;
      authenticatorId: string;
      faults: string[];
    }
    /** Somebody at a browser of their own, signed in, with an authenticator. */
    async function desk(operator: string, { javaScriptEnabled = true, synced = false } = {}): Promise<Desk> {
      const context = await chromium.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => {
        // Chromium reports each answer that is no success.
        if (!message.text().startsWith('Failed to load resource')) faults.push(message.text());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
          ...{ isUserVerified: true, automaticPresenceSimulation: true, defaultBackupEligibility: synced },
        },
      });
      await page.goto(`${url}/sign-in`);
      await page.getByRole('button', { name: operator }).click();
      if (javaScriptEnabled) await page.waitForURL('**/console/queue');
      return { page, context, cdp, authenticatorId, faults };
    }
    /** Makes a passkey, and has it in the signers file, as whoever keeps that file would. */
    async function enrol({ page }: Desk, operator: string): Promise<void> {
      await page.goto(`${url}/console/keys`);
      await page.getByRole('button', { name: 'Make a passkey' }).click();
      await page.locator('#made').waitFor();
      const entry: unknown = JSON.parse(await page.locator('#entry').innerText());
      const own = signers.find(({ id }) => id === operator)!;
      own['passkeys'] = [...((own['passkeys'] as unknown[] | undefined) ?? []), entry];
      await writeSigners();
    }
    const pathOf = (id: string): string => {
      const [kind, , name] = id.split('/');
      return `${url}/console/cases/${kind}/${name}`;
    };
    async function decide({ page }: Desk, id: string, choice: string, reason = ''): Promise<string> {
      await page.goto(pathOf(id));
      await page.getByLabel(choice, { exact: true }).check();
      if (reason) await page.getByLabel('Internal reason').fill(reason);
      await page.getByRole('button', { name: 'Decide' }).click();
      await page.waitForURL('**/messages');
      return page.locator('main').innerText();
    }
    const audit = async (id: string): Promise<ShownAuditEntry[]> => server.lane.client.audit(id);
    const stage = async (id: string): Promise<string> => (await server.lane.client.caseView(id)).review.stage;

    let one: Desk;
    let other: Desk;
    before(async () => {
      [one, other] = [await desk('op-1'), await desk('op-2')];
      await enrol(one, 'op-1');
      await enrol(other, 'op-2');
    });

    test('decides by their own passkey, and the case says who', async () => {
      const id = await server.lane.toReview(await anIndividual());
      assert.match(await decide(one, id, 'Approve', 'The address was checked.\nBy phone, too.'), /^Decided/);
      await server.lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
      const entry = (await audit(id)).find(({ event }) => event === 'decideVerification');
      assert.equal(entry?.by, 'op-1');
      assert.deepEqual(one.faults, []);
    });

    test('requests documents, and rejects', async () => {
      const id = await server.lane.toReview(await anIndividual());
      await one.page.goto(pathOf(id));
      await one.page.getByLabel('Request documents', { exact: true }).check();
      await one.page.getByText('Documents to request').click();
      await one.page.getByLabel('Document 1', { exact: true }).selectOption('PROOF_OF_ADDRESS');
      await one.page.getByLabel('Reason for the customer').fill('The bill is older than three months.');
      await one.page.getByRole('button', { name: 'Decide' }).click();
      await one.page.getByText('documents:').waitFor();
      await server.lane.until(id, 'collects', ({ review }) => review.round === 2);
      const another = await server.lane.toReview(await anIndividual());
      assert.match(await decide(one, another, 'Reject finally'), /^Decided/);
      assert.equal(await stage(another), 'rejected');
    });

    test('decides nothing where somebody between changes what was signed', async () => {
      const id = await server.lane.toReview(await anIndividual());
      const altered: Record<string, (form: URLSearchParams) => void> = {
        'another verdict': (form) => form.set('choice', 'reject'),
        'another reason': (form) => form.set('internalReason', 'x'),
        'another round': (form) => form.set('round', '2'),
        'another customer': (form) => form.set('customerId', 'somebody'),
        'no proof': (form) => form.delete('proof'),
      };
      for (const [what, alter] of Object.entries(altered)) {
        await one.page.route('**/messages', async (route) => {
          const form = new URLSearchParams(route.request().postData() ?? '');
          alter(form);
          await route.continue({ postData: form.toString() });
        });
        const refused = await decide(one, id, 'Approve');
        await one.page.unroute('**/messages');
        assert.match(refused, /^Nothing was done/, what);
        assert.equal(await stage(id), 'inReview', what);
      }
      const refusals = (await audit(id)).filter(({ event }) => event === 'messageTurnedAway');
      assert.equal(refusals.length, Object.keys(altered).length);
    });

    test('decides no other case, and not as somebody else, by what they once signed', async () => {
      const [id, next] = [
        await server.lane.toReview(await anIndividual()),
        await server.lane.toReview(await anIndividual()),
      ];
      const stopped = new Promise<URLSearchParams>((resolve) => {
        void one.page.route('**/messages', async (route) => {
          await route.abort();
          resolve(new URLSearchParams(route.request().postData() ?? ''));
        });
      });
      await one.page.goto(pathOf(id));
      await one.page.getByLabel('Approve', { exact: true }).check();
      await one.page.getByRole('button', { name: 'Decide' }).click();
      const signed = await stopped;
      await one.page.unroute('**/messages');
      const { ids } = await server.lane.client.caseView(next);
      const post = async ({ page, context }: Desk, to: string, change: Record<string, string>): Promise<number> => {
        await page.goto(pathOf(to));
        const csrf = (await page.locator('form.decide input[name=csrf]').getAttribute('value'))!;
        const form = { ...Object.fromEntries(signed), csrf, ...change };
        return (await context.request.post(`${pathOf(to)}/messages`, { form })).status();
      };
      const about = { customerId: ids.customerId!, verificationId: ids.verificationId! };
      assert.equal(await post(one, next, about), 403, 'another case');
      assert.equal(await post(other, id, {}), 403, 'another operator');
      assert.equal(await post(one, id, { csrf: 'guess' }), 403);
      assert.deepEqual([await stage(id), await stage(next)], ['inReview', 'inReview']);
      assert.equal(await post(one, id, {}), 200, 'as it was signed');
      await server.lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    });

    test('sends nothing where the authenticator verifies nobody', async () => {
      const id = await server.lane.toReview(await anIndividual());
      const { cdp, authenticatorId, page } = one;
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      await page.goto(pathOf(id));
      await page.getByLabel('Approve', { exact: true }).check();
      await page.getByRole('button', { name: 'Decide' }).click();
      await page.getByText('Nothing was sent').waitFor();
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
      assert.equal(await stage(id), 'inReview');
    });

    test('is told what another operator has decided meanwhile', async () => {
      const id = await server.lane.toReview(await anIndividual());
      await other.page.goto(pathOf(id));
      assert.match(await decide(one, id, 'Reject finally'), /^Decided/);
      await other.page.getByLabel('Approve', { exact: true }).check();
      await other.page.getByRole('button', { name: 'Decide' }).click();
      await other.page.waitForURL('**/messages');
      const text = await other.page.locator('main').innerText();
      assert.match(text, /^Nothing was done/);
      assert.match(text, /no longer in review/);
      assert.equal(await stage(id), 'rejected');
    });

    test('decides at high risk only by a passkey that is on one device', async () => {
      const categorization = { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'HIGH' } };
      const id = await server.lane.toReview(await anIndividual({ categorization }));
      const synced = await desk('op-2', { synced: true });
      await enrol(synced, 'op-2');
      assert.match(await decide(synced, id, 'Approve'), /on one device only/);
      assert.equal(await stage(id), 'inReview');
      await synced.context.close();
      assert.match(await decide(other, id, 'Approve'), /^Decided/);
    });

    test('takes a case, leaves a note and gives more time, and shows all of it', async () => {
      const id = await server.lane.toReview(await anIndividual());
      const { page } = one;
      await page.goto(pathOf(id));
      await page.getByRole('button', { name: 'Take it' }).click();
      await page.getByRole('button', { name: 'Give it back' }).waitFor();
      await page.getByText('Note for other operators').click();
      await page.getByLabel('Note', { exact: true }).fill('Called the customer.\n<b>Passport</b> follows.');
      await page.getByRole('button', { name: 'Leave the note' }).click();
      await page.getByText('<b>Passport</b> follows.').waitFor();
      await page.getByText('More time', { exact: true }).click();
      await page.getByLabel('Due at the end of').fill('2027-03-01');
      await page.locator('form:has(input[name=until]) textarea').fill('The registry is closed.');
      await page.getByRole('button', { name: 'Give more time' }).click();
      await page.getByText('1 Mar 2027').first().waitFor();
      const { assignee, notes } = await server.lane.client.caseView(id);
      assert.deepEqual([assignee, notes[0]?.by], ['op-1', 'op-1']);
    });

    test('settles what needs attention', async () => {
      const id = await server.lane.start(
        await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY', parameters: { riskLevel: 'LOW' } } }),
      );
      await server.lane.until(id, 'asks', ({ attention }) => attention !== null);
      await one.page.goto(pathOf(id));
      await one.page.getByLabel('End the case').check();
      await one.page.getByLabel('Reason', { exact: true }).fill('Nobody can be registered so.');
      await one.page.getByRole('button', { name: 'Settle' }).click();
      await one.page.getByText('The case has ended').waitFor();
      assert.equal((await server.lane.closed(id)).result, 'aborted');
    });

    test('without code of ours sends the form, and the case refuses what nobody has signed', async () => {
      const id = await server.lane.toReview(await anIndividual());
      const plain = await desk('op-1', { javaScriptEnabled: false });
      await plain.page.goto(pathOf(id));
      await plain.page.getByLabel('Approve', { exact: true }).check();
      const [answer] = await Promise.all([
        plain.page.waitForResponse('**/messages'),
        plain.page.getByRole('button', { name: 'Decide' }).click(),
      ]);
      assert.equal(answer.status(), 403);
      assert.equal(await stage(id), 'inReview');
      await plain.context.close();
    });
  },
);
