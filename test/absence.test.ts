import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isWhole } from '../src/finhub/catalogue/absence.js';
import { CATALOGUE, type OperationName } from '../src/finhub/catalogue/index.js';
import { FinHubClient } from '../src/finhub/client.js';
import { lookUpOf, type Endpoint } from '../src/finhub/endpoint.js';
import { FinHubError } from '../src/finhub/error.js';
import { LOOK_UPS } from '../src/config/look-ups.js';
import { perform, type PerformContext, type Performed } from '../src/finhub/perform.js';
import type { FaultKind } from '../sandbox/faults.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { FinHub, madeTwice } from './helpers/finhub.js';
import { SandboxClient } from './helpers/sandbox-client.js';
import { Veil } from './helpers/veil.js';
import { SITUATIONS } from './matrix/situations.js';

/* What a look-up does not show is made anew only where it is proved not to be there; else a person decides. */

/** Every operation whose repeat makes a second object, and that is looked for. */
const LOOKED_FOR = [
  'addDirector',
  'addShareholder',
  'addEmployee',
  'initiateVerification',
  'createVerification',
  'startOrganizationVerification',
  'initiateLegacyKyb',
  'createPaymentConsent',
  'createWebhookSubscription',
] as const satisfies OperationName[];

const LATE_MS = 5000;

describe('after a try whose answer was lost', () => {
  let sandbox: Sandbox;
  let finhub: FinHub;
  let veil: Veil;
  let client: FinHubClient;
  beforeEach(async () => {
    sandbox = await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0, honourIdempotencyKeys: false });
    finhub = new FinHub(sandbox.url);
    veil = await Veil.before(sandbox.url);
  });
  afterEach(async () => {
    await client.close();
    veil.close();
    await sandbox.close();
  });

  function connect(promptLookUps: readonly string[]): void {
    const { id, key, secret, apiKey, admin, powerTenantAdmin } = SANDBOX_TENANT;
    client = new FinHubClient({
      ...{
        baseUrl: veil.url,
        legacy: { baseUrl: veil.url, apiKey },
        tenantId: id,
        tenantKey: key,
        tenantSecret: secret,
      },
      ...{
        admin,
        powerTenant: powerTenantAdmin,
        timeoutMs: 1000,
        maxConnections: 8,
        deviceId: 'absence',
        promptLookUps,
      },
    });
  }

  /** Makes the call once with the fault, and returns how it is made again. */
  async function lost(name: OperationName, kind: FaultKind): Promise<() => Promise<string>> {
    const { input } = await SITUATIONS[name](new SandboxClient(sandbox.url));
    const endpoint = CATALOGUE[name] as unknown as Endpoint<unknown, unknown>;
    const { method, path } = endpoint;
    const context: PerformContext = {
      ...{ key: `${name}-${Math.random()}`, requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false },
    };
    const attempt = (more: Partial<PerformContext>): Promise<string> =>
      perform(client, endpoint, input, { ...context, ...more }).then(
        ({ provenance }: Performed<unknown>) => provenance.how,
        (error: unknown) => {
          assert.ok(error instanceof FinHubError, String(error));
          return error.kind;
        },
      );
    await finhub.inject({ method, path: path.replace('/types/transfer', '/types/{type}'), kind });
    assert.notEqual(await attempt({}), 'made');
    return () => attempt({ mayHaveBeenTried: true });
  }

  const isOnce = async (): Promise<void> => assert.deepEqual(madeTwice(await finhub.ledger()), []);
  const isConsent = (name: string): boolean => name === 'createPaymentConsent';

  for (const name of LOOKED_FOR) {
    const [lookUp] = lookUpOf(CATALOGUE[name] as unknown as Endpoint<unknown, unknown>)!.reads;

    test(`${name}: a list that never shows anything proves nothing, and a person decides`, async () => {
      connect([]);
      veil.veiling = () => [];
      const again = await lost(name, 'drop');
      assert.equal(await again(), 'unclear');
      await isOnce();
    });

    test(`${name}: without effect it is made anew only where the list is known to show things at once`, async () => {
      connect(LOOK_UPS.filter((other) => other !== lookUp!.operation));
      const again = await lost(name, 'refuse-503');
      assert.equal(await again(), 'unclear');
      await client.close();
      connect([lookUp!.operation]);
      assert.equal(await again(), 'made');
      await isOnce();
    });

    test(`${name}: a page of a list is not the list, however prompt it is`, async () => {
      connect(LOOK_UPS);
      const others = (rows: object[]): object[] => Array.from({ length: 20 }, (_, index) => filler(rows, index));
      veil.veiling = (rows) => others(rows);
      const again = await lost(name, 'drop');
      assert.equal(await again(), 'unclear');
      await isOnce();
    });
  }

  /** A row of somebody else's, with all that a list tells. */
  function filler(_rows: object[], index: number): object {
    const id = `other-${index}`;
    return {
      ...{ id, directorId: id, shareholderId: id, employeeId: id, verificationId: id, consentId: id, customerId: id },
      ...{ email: `${id}@example.com`, ownershipPercentage: 1, title: id, status: 'ACTIVE' },
    };
  }

  for (const name of ['addDirector', 'addShareholder', 'addEmployee', 'createPaymentConsent'] as const) {
    test(`${name}: a list without the field by which ours is known proves nothing, however prompt it is`, async () => {
      connect(LOOK_UPS);
      veil.veiling = (rows) =>
        rows.map(({ id, consentId, directorId, shareholderId, employeeId, status }) => ({
          ...{ id: id ?? consentId ?? directorId ?? shareholderId ?? employeeId, status },
        }));
      const again = await lost(name, 'drop');
      assert.equal(await again(), 'unclear');
      await isOnce();
    });
  }

  for (const name of ['addDirector', 'initiateVerification', 'createPaymentConsent'] as const) {
    test(`${name}: a list that is late by 5 s proves nothing, and shows it then`, { timeout: 1_200_000 }, async () => {
      connect([]);
      veil.lateMs = LATE_MS;
      const again = await lost(name, 'drop');
      assert.equal(await again(), 'unclear');
      await pause(LATE_MS);
      assert.equal(await again(), isConsent(name) ? 'made' : 'adopted');
      await isOnce();
    });
  }

  test('a first try needs no proof', async () => {
    connect([]);
    veil.veiling = () => [];
    const { input } = await SITUATIONS.addDirector(new SandboxClient(sandbox.url));
    const context = { key: 'first', requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false };
    const { provenance } = await perform(client, CATALOGUE.addDirector, input as never, context);
    assert.equal(provenance.how, 'made');
  });

  test('what FinHub will not remove and no longer lists is gone only where that is proved', async () => {
    connect([]);
    veil.veiling = () => [];
    const { input } = await SITUATIONS.removeShareholder(new SandboxClient(sandbox.url));
    const context = { key: 'gone', requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false };
    const { method, path } = CATALOGUE.removeShareholder;
    const remove = () => perform(client, CATALOGUE.removeShareholder, input as never, context);
    await finhub.inject({ method, path, kind: 'conflict-running' });
    await assert.rejects(remove, FinHubError);
    assert.equal((await remove()).provenance.how, 'made');
    assert.equal((await remove()).provenance.how, 'adopted', '404 and the list agree');
  });
});

test('a list is whole by its own word, or where no page is as long', () => {
  const whole: [unknown, number, boolean][] = [
    [[], 0, true],
    [[], 3, true],
    ...[10, 20, 25, 50, 100].map((length): [unknown, number, boolean] => [[], length, false]),
    [{ pagination: { total: 20 } }, 20, true],
    [{ pagination: { total: 21 } }, 20, false],
    [{ pagination: { hasMore: true } }, 3, false],
    [{ totalElements: 3, last: true }, 3, true],
    [{ last: false }, 3, false],
    [{ pagination: { totalPages: 2 } }, 3, false],
    [{ nextCursor: 'abc' }, 3, false],
    [{ nextCursor: null }, 3, true],
  ];
  for (const [data, length, expected] of whole) assert.equal(isWhole(data, length), expected, JSON.stringify(data));
});

test('every look-up that finds what was made says what proves that there is none', () => {
  for (const endpoint of Object.values(CATALOGUE) as unknown as Endpoint<unknown, unknown>[]) {
    const { idempotency } = endpoint;
    const lookUp = lookUpOf(endpoint);
    if (!lookUp) continue;
    const isOpen = idempotency.class === 'guarded' || idempotency.class === 'unrecoverableResponse';
    if (!isOpen) continue;
    assert.match(lookUp.absence, /FINHUB_PROMPT_LOOKUPS/, endpoint.operation);
    assert.ok((LOOK_UPS as readonly string[]).includes(lookUp.reads[0]!.operation), endpoint.operation);
  }
  for (const name of LOOK_UPS) assert.equal(CATALOGUE[name].idempotency.class, 'safe');
});
