import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { adoptedActivities, type Given, type Sight } from '../src/activities/adopted.js';
import { secretsWith } from '../src/activities/secrets.js';
import { CATALOGUE, type OperationName } from '../src/finhub/catalogue/index.js';
import { FinHubClient } from '../src/finhub/client.js';
import type { Endpoint } from '../src/finhub/endpoint.js';
import { perform } from '../src/finhub/perform.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../sandbox/server.js';
import { SandboxClient } from './helpers/sandbox-client.js';
import { SITUATIONS } from './matrix/situations.js';

/** What a person can give in place of a result, and by which id of the result it is known. */
const GIVEN = {
  registerOrganization: 'customerId',
  initiateVerification: 'verificationId',
  startOrganizationVerification: 'verificationId',
  addDirector: 'recordId',
  addShareholder: 'recordId',
  addEmployee: 'recordId',
  addBeneficiary: 'beneficiaryId',
  createPaymentConsent: 'consentId',
} as const satisfies Partial<Record<OperationName, string>>;

describe('ids that a person gives in place of a result', () => {
  let sandbox: Sandbox;
  let client: FinHubClient;
  before(async () => {
    sandbox = await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0 });
    const { id, key, secret, apiKey, admin, powerTenantAdmin } = SANDBOX_TENANT;
    client = new FinHubClient({
      ...{ baseUrl: sandbox.url, legacy: { baseUrl: sandbox.url, apiKey }, tenantId: id, tenantKey: key },
      ...{ tenantSecret: secret, admin, powerTenant: powerTenantAdmin, timeoutMs: 5000, maxConnections: 8 },
      ...{ deviceId: 'adopted', promptLookUps: [] },
    });
  });
  after(async () => {
    await client.close();
    await sandbox.close();
  });

  const lookUp = (input: Given): Promise<Sight> => {
    const activities = adoptedActivities(client, secretsWith(parseKeyRing(newKeyRingText())));
    const purpose = { tenantId: SANDBOX_TENANT.id, key: 'adopted', requestedAt: new Date().toISOString() };
    return new MockActivityEnvironment().run(() => activities.lookUpAdopted({ input, for: purpose }));
  };

  for (const [name, id] of Object.entries(GIVEN) as [keyof typeof GIVEN, string][]) {
    test(`${name}: are looked for at FinHub`, async () => {
      const { input } = await SITUATIONS[name](new SandboxClient(sandbox.url));
      const endpoint = CATALOGUE[name] as unknown as Endpoint<unknown, Record<string, string>>;
      const made = { key: name, requestedAt: new Date().toISOString(), taken: [], mayHaveBeenTried: false };
      const { result } = await perform(client, endpoint, input, made);
      const { organizationId: customerId, accountId } = input as { organizationId?: string; accountId?: string };
      const given = (value: string): Given => ({ operation: name, ids: { [id]: value }, customerId, accountId });
      assert.equal(await lookUp(given(result[id]!)), 'shown');
      assert.equal(await lookUp(given(randomUUID())), 'notShown');
    });
  }

  test('of what FinHub shows nowhere are not known to be right or wrong', async () => {
    assert.equal(await lookUp({ operation: 'createWallet', ids: { walletId: randomUUID() } }), 'unknown');
  });
});
