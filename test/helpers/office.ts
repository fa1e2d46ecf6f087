import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { pino } from 'pino';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { serveConsole } from '../../src/console/serve.js';
import type { Gateway } from '../../src/gateway/server.js';
import { makeSigningKey, readSigningKey } from '../../src/proof/key-pair.js';
import { signersFile } from '../../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../../src/secrets/key-ring.js';
import { folderBlobs } from '../../src/store/folder-blobs.js';
import { startRealServer, type RealServer } from '../model/real-server.js';
import { findChromium, launchChromium } from './browser.js';
import { gatewayOf } from './gateway.js';
import type { Lane } from './lane.js';
import { rendererOfSources } from './renderer.js';

/** Somebody at a browser of their own, signed in, with an authenticator. */
export interface Desk {
  page: Page;
  context: BrowserContext;
  cdp: CDPSession;
  authenticatorId: string;
  /** What the browser complained about. */
  faults: string[];
}

/** A service whose decisions must be signed, and operators at browsers: op-1 of level TENANT, op-2 of level POWER_TENANT. */
export class Office {
  readonly #signers: Record<string, unknown>[] = [];
  #version = 0;
  #server!: RealServer;
  #gateway!: Gateway;
  #chromium!: Browser;
  #folder!: string;
  /** Of the console, by a name: a passkey is for a name. */
  url!: string;

  get lane(): Lane {
    return this.#server.lane;
  }

  static async open(): Promise<Office> {
    const office = new Office();
    await office.#open();
    return office;
  }

  async #open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const file = join(this.#folder, 'signers.json');
    const keyFile = join(this.#folder, 'backend.key');
    const keys = [{ publicKey: await makeSigningKey(keyFile) }];
    this.#signers.push({ id: 'backend', role: 'client', tenants: ['*'], keys });
    for (const [id, level] of Object.entries({ 'op-1': 'TENANT', 'op-2': 'POWER_TENANT' }))
      this.#signers.push({ id, role: 'operator', level, tenants: ['*'] });
    await this.#writeSigners();
    this.#server = await startRealServer({
      env: { SIGNERS_FILE: file, REQUIRE_PROOF: 'true' },
      signing: { signerId: 'backend', key: await readSigningKey(keyFile), environment: 'default' },
    });
    const log = pino({ level: 'silent' });
    const { client } = this.lane;
    const renderer = await rendererOfSources();
    this.#gateway = await gatewayOf(this.lane, {
      log,
      people: {
        signers: await signersFile(file),
        keys: parseKeyRing(newKeyRingText()),
        blobs: folderBlobs(join(this.#folder, 'store')),
        limits: { idleMs: 900_000, wholeMs: 3_600_000 },
        signInsPerMinute: 1000,
        tenantId: SANDBOX_TENANT.id,
        provider: undefined,
      },
      console: (at, people) => serveConsole(at, { client, people, environment: 'default', log, renderer }),
    });
    this.url = this.#gateway.url.replace('127.0.0.1', 'localhost');
    this.#chromium = await launchChromium(findChromium()!);
  }

  async close(): Promise<void> {
    await this.#chromium.close();
    await this.#gateway.close();
    await this.#server.stop();
    await rm(this.#folder, { recursive: true });
  }

  async desk(
    operator: string,
    { synced = false, ...how }: BrowserContextOptions & { synced?: boolean } = {},
  ): Promise<Desk> {
    const context = await this.#chromium.newContext(how);
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
    await page.goto(`${this.url}/sign-in`);
    await page.getByRole('button', { name: operator }).click();
    if (how.javaScriptEnabled !== false) await page.waitForURL('**/console/queue');
    return { page, context, cdp, authenticatorId, faults };
  }

  /** Makes a passkey, and has it in the signers file, as whoever keeps that file would. */
  async enrol({ page }: Desk, operator: string): Promise<void> {
    await page.goto(`${this.url}/console/keys`);
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.locator('#made').waitFor();
    const entry: unknown = JSON.parse(await page.locator('#entry').innerText());
    const own = this.#signers.find(({ id }) => id === operator)!;
    own['passkeys'] = [...((own['passkeys'] as unknown[] | undefined) ?? []), entry];
    await this.#writeSigners();
  }

  pathOf(id: string): string {
    const [kind, , name] = id.split('/');
    return `${this.url}/console/cases/${kind}/${name}`;
  }

  /** Decides as an operator does, and returns what the page says then. */
  async decide({ page }: Desk, id: string, choice: string, reason = ''): Promise<string> {
    await page.goto(this.pathOf(id));
    await page.getByLabel(choice, { exact: true }).check();
    if (reason) await page.getByLabel('Internal reason').fill(reason);
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.waitForURL('**/messages');
    return page.locator('main').innerText();
  }

  async stage(id: string): Promise<string> {
    return (await this.lane.client.caseView(id)).review.stage;
  }

  async #writeSigners(): Promise<void> {
    this.#version += 1;
    await writeFile(
      join(this.#folder, 'signers.json'),
      JSON.stringify({ version: this.#version, signers: this.#signers }),
    );
  }
}
