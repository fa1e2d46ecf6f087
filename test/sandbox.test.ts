import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FAULT_KINDS, type FaultKind } from '../sandbox/faults.js';
import { OTHER_SANDBOX_TENANT, SANDBOX_TENANT } from '../sandbox/fixtures.js';
import type { ProfileName } from '../sandbox/profiles/profile.js';
import { eventually } from './helpers/eventually.js';
import type { Reply } from './helpers/sandbox-client.js';
import {
  ACTING_USER,
  beneficiaryBody,
  claimsOf,
  documentBody,
  individualBody,
  organizationBody,
  parametrization,
  paymentConsentBody,
  SandboxClient,
  withSandbox,
  type Party,
} from './helpers/sandbox-client.js';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const REGISTRATION = '/api/v2.1/customer/individual/registration';
const HIERARCHY = `/api/v2.1/customer/individual/categorization/hierarchy/${SANDBOX_TENANT.id}`;

function refused(reply: Reply, status: number, message: RegExp): void {
  assert.deepEqual(
    [reply.status, message.test(JSON.stringify(reply.body))],
    [status, true],
    JSON.stringify(reply.body),
  );
}

describe('the filters before every call', () => {
  test('context headers, tenant, token and rights', () =>
    withSandbox({}, async (client) => {
      const admin = await client.adminToken();
      const missing = await client.send('GET', HIERARCHY, {
        token: admin,
        headers: { 'x-forwarded-from': undefined, deviceid: undefined },
      });
      assert.equal(missing.status, 400);
      assert.equal(missing.get('code'), 500);
      assert.deepEqual(missing.get('data.missingHeaders'), ['X-Forwarded-From', 'deviceId']);
      const aliases = { deviceid: undefined, 'x-device-id': 'd', platform: undefined, 'sec-ch-ua-platform': 'web' };
      assert.equal((await client.send('GET', HIERARCHY, { token: admin, headers: aliases })).status, 200);
      const forwarded = { 'x-forwarded-for': 'somewhere' };
      refused(await client.send('GET', HIERARCHY, { token: admin, headers: forwarded }), 400, /IPv4/);
      const stranger = { 'x-tenant-id': 'nobody' };
      refused(await client.send('GET', HIERARCHY, { token: admin, headers: stranger }), 403, /Tenant access denied/);
      refused(await client.get(HIERARCHY), 401, /Invalid or expired token/);
      refused(await client.get(HIERARCHY, `${admin}x`), 401, /Invalid or expired token/);
      refused(await client.get('/api/v2.1/nothing', admin), 404, /No such operation/);
    }));

  test('tenants and customers do not see each other', () =>
    withSandbox({}, async (client) => {
      const other = new SandboxClient(client.url, OTHER_SANDBOX_TENANT);
      const [mine, neighbour] = [await client.activeIndividual(), await client.individual()];
      refused(await other.get(HIERARCHY, await client.adminToken()), 403, /Tenant access denied/);
      const otherAdmin = await other.adminToken();
      refused(await other.get(HIERARCHY, otherAdmin), 403, /Tenant access denied/);
      refused(await other.get(`${mine.account}/balance`, otherAdmin), 404, /Account not found/);
      refused(await other.post(`${mine.base}/verification/initiate`, otherAdmin), 404, /Customer not found/);
      refused(await client.get(`${mine.account}/balance`, neighbour.token), 403, /another customer/);
      refused(await client.post(`${mine.base}/consents/terms`, neighbour.token), 403, /another customer/);
      refused(await client.post(REGISTRATION, mine.token, individualBody()), 403, /Admin rights/);
    }));
});

describe('registration', () => {
  test('refuses what the facts say is refused', () =>
    withSandbox({}, async (client) => {
      const refusals: [change: object, status: number, message: RegExp][] = [
        [{ matchingPassword: 'Other123!' }, 400, /"matchingPassword".*must be identical/],
        [{ password: 'weak', matchingPassword: 'weak' }, 400, /At least 8 characters/],
        [{ email: 'not-an-address' }, 400, /"email"/],
        [{ firstName: undefined }, 400, /"firstName"/],
        [{ tenantId: OTHER_SANDBOX_TENANT.id }, 403, /Tenant access denied/],
        [{ customerCategory: { id: 'cv-cat-b2c-low-001' } }, 400, /Categorization validation failed.*categoryId/],
        [{ customerCategory: { id: 'fs-cat-b2b-small-001' } }, 400, /Categorization validation failed/],
        [{ customerCategory: { id: 'fs-cat-b2c-prohibited-001' } }, 403, /cannot be onboarded/],
        [{ individualCustomer: {} }, 400, /"missingKeys":\["riskLevel","riskScore"/],
        [withParameters({ monitoring: 'NEVER' }), 400, /"invalidValues":\{"monitoring":\["NEVER"\]\}/],
        [withParameters({ riskScore: '101' }), 400, /"riskScore"/],
      ];
      for (const [change, status, message] of refusals) {
        refused(await client.register('individual', { ...individualBody(), ...change }), status, message);
      }
      const body = individualBody();
      assert.equal((await client.register('individual', body)).status, 200);
      refused(await client.register('individual', { ...body, email: body.email.toUpperCase() }), 409, /already exists/);
      assert.deepEqual(await client.made('customer'), [1]);
    }));

  test('answers as R4 does, mails the activation code, and takes the flat form too', () =>
    withSandbox({}, async (client) => {
      const { customerCategory, individualCustomer, ...body } = individualBody();
      const flat = { ...individualCustomer, tenantId: SANDBOX_TENANT.id, phoneNumber: '+37060000000' };
      const reply = await client.register('individual', { ...body, customerCategory, individualCustomer: flat });
      assert.equal(reply.get('redirectUrl'), '/auth/activate-account');
      assert.equal(reply.get('data.customerStatus'), 'CS_REGISTRATION_COMPLETED');
      assert.equal(reply.get('data.person.fullName'), 'Ona Kazlauskaite');
      assert.ok(!JSON.stringify(reply.body).includes(body.password));
      const mail = await client.control(`outbox?to=${encodeURIComponent(body.email)}`);
      assert.equal(mail.get('0.customerId'), reply.get('data.id'));
      assert.match(mail.text('0.code'), /^ACTIVATION_CODE_\d{8}$/);
    }));

  test('makes an organization’s default admin some time later', () =>
    withSandbox({}, async (client) => {
      const body = organizationBody();
      const organization = await client.organization(body);
      const readiness = () => client.get(`${organization.base}/activation/readiness`, organization.token);
      assert.deepEqual((await readiness()).get('data.adminEmployees'), []);
      await client.advance(1000);
      const admin = (await readiness()).text('data.adminEmployees.0.id');
      const session = await client.login(`${organization.base}/users/${admin}`, body.email, body.password);
      assert.equal((await client.get(`${organization.base}/directors`, session.text('data.token'))).status, 200);
    }));
});

describe('sessions', () => {
  test('last as long as the token says, not as expiresAt says; logout ends them', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const state = await client.control('state');
      const user = state.list('users').find(({ username }) => username === party.email)?.['id'] as string;
      const reply = await client.login(`${party.base}/users/${user}`, party.email, 'SecurePass123!');
      const { iat, exp } = claimsOf(reply.text('data.token')) as { iat: number; exp: number };
      assert.equal(exp - iat, 3600);
      assert.match(reply.text('data.expiresAt'), /\d$/);
      assert.ok(Math.abs(Date.parse(`${reply.text('data.expiresAt')}Z`) / 1000 - iat - 24 * 3600) < 2);
      const session = `${party.base}/users/${user}/sessions/${reply.text('data.sessionId')}`;
      assert.equal((await client.send('DELETE', session, { token: party.token })).status, 200);
      refused(await client.get(HIERARCHY, reply.text('data.token')), 401, /Invalid or expired/);
      assert.equal((await client.get(HIERARCHY, party.token)).status, 200);
      await client.advance(HOUR);
      refused(await client.get(HIERARCHY, party.token), 401, /Invalid or expired/);
    }));

  test('five wrong passwords lock the account for 30 minutes', () =>
    withSandbox({}, async (client) => {
      const { organizationId, userId, username, password } = SANDBOX_TENANT.admin;
      const path = `/api/v2.1/admin/organization/${organizationId}/users/${userId}`;
      for (let attempts = 1; attempts <= 4; attempts += 1) {
        const reply = await client.login(path, username, 'wrong');
        refused(reply, 401, /"errorType":"AUTHENTICATION"/);
        assert.equal(reply.get('data.attempts'), attempts);
      }
      refused(await client.login(path, username, 'wrong'), 401, /Account locked.*30 minutes/);
      refused(await client.login(path, username, password), 401, /Account locked/);
      await client.advance(HOUR / 2);
      refused(await client.login(path, username, 'wrong'), 401, /"attempts":1/);
      assert.equal((await client.login(path, username, password)).status, 200);
      refused(await client.post(`${path}/sessions`, undefined, { username, password }), 400, /tenantKey/);
      refused(await client.login(path.replace(userId, 'nobody'), username, password), 404, /NOT_FOUND/);
    }));
});

describe('verification', () => {
  test('a repeat makes another one, the decision needs documents and is final', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const { token } = party;
      const first = (await client.post(`${party.base}/verification/initiate`, token)).text('data.verificationId');
      const second = (await client.post(`${party.base}/verification/initiate`, token)).text('data.verificationId');
      assert.notEqual(first, second);
      assert.deepEqual(await client.made('verification'), [2]);
      refused(await client.approve(first, party.id), 422, /No documents/);
      refused(await client.approve(first, party.id, token), 403, /Admin rights/);

      const documents = `/api/v2.1/verifications/${first}/documents`;
      refused(await client.post(documents, token, documentBody()), 400, /customerId/);
      refused(
        await client.post(documents, token, documentBody({ customerId: party.id, mimeType: 'text/html' })),
        400,
        /mimeType/,
      );
      refused(
        await client.post(documents, token, documentBody({ customerId: party.id, fileContent: 'no base64!' })),
        400,
        /base64/,
      );
      const large = Buffer.alloc(20 * 1024 * 1024 + 1).toString('base64');
      refused(
        await client.post(documents, token, documentBody({ customerId: party.id, fileContent: large })),
        413,
        /20 MB/,
      );
      const keyed = documentBody({ customerId: party.id, docId: 'd1' });
      const document = await client.post(documents, token, keyed);
      assert.equal(document.get('data.documentType'), 'DT_PASSPORT');
      assert.equal(
        (await client.post(documents, token, keyed)).text('data.documentId'),
        document.text('data.documentId'),
      );
      refused(await client.post(documents, token, { ...keyed, fileContent: 'AAAA' }), 409, /docId/);
      await client.post(documents, token, documentBody({ customerId: party.id }));
      assert.deepEqual(await client.made('document'), [2]);

      refused(await client.approve(first, 'somebody'), 400, /customerId/);
      assert.equal((await client.approve(first, party.id)).get('data.status'), 'APPROVED');
      assert.equal((await client.approve(first, party.id)).status, 200);
      refused(await client.approve(first, party.id, undefined, 'REJECTED'), 409, /already APPROVED/);
      refused(await client.post(documents, token, documentBody({ customerId: party.id })), 409, /APPROVED/);
      const status = await client.get(`/api/v2.1/verifications/${first}`, token);
      assert.equal(status.get('data.verificationLevel'), 'TENANT_VERIFIED');
      assert.equal(status.list('data.documents').length, 2);
    }));

  test('a high-risk customer needs POWER_TENANT; the portal can decide too', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual(individualBody('HIGH'));
      const verification = await client.submitted(party);
      refused(await client.approve(verification, party.id), 403, /POWER_TENANT/);
      assert.equal((await client.approve(verification, party.id, await client.powerToken())).status, 200);
      const other = await client.individual();
      const open = await client.submitted(other);
      await client.control(`verifications/${open}/decide`, { status: 'REJECTED' });
      assert.equal((await client.get(`/api/v2.1/verifications/${open}`, other.token)).get('data.status'), 'REJECTED');
    }));

  test('the submit endpoint submits what is open, and starts one when nothing is', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const body = {
        verificationType: 'STANDARD',
        verificationData: { documentType: 'PASSPORT', documentNumber: 'X1' },
      };
      const submit = () => client.post(`${party.base}/verification`, party.token, body);
      const started = (await submit()).text('data.verificationId');
      assert.equal((await submit()).text('data.verificationId'), started);
      refused(await client.post(`${party.base}/verification`, party.token, {}), 400, /verificationType/);
    }));
});

test('consents come in order, with what each kind of customer must say, and are recorded later', () =>
  withSandbox({}, async (client) => {
    const party = await client.individual();
    const accepted = { accepted: true, version: '1.0' };
    refused(
      await client.post(`${party.base}/consents/privacy`, party.token, accepted),
      422,
      /TERMS_AND_CONDITIONS first/,
    );
    refused(await client.post(`${party.base}/consents/cookies`, party.token, accepted), 400, /consentType/);
    refused(
      await client.post(`${party.base}/consents/terms`, party.token, { ...accepted, accepted: false }),
      400,
      /accepted/,
    );
    refused(await client.post(`${party.base}/consents/terms`, party.token, { accepted: true }), 400, /version/);
    const given = await client.post(`${party.base}/consents/terms`, party.token, accepted);
    assert.deepEqual(given.body, { code: 200, data: { status: 'PENDING' }, message: 'Success' });
    await client.consent(party);
    assert.deepEqual(await client.made('consent'), [1, 1, 1]);
    const check = await client.get(`${party.base}/owner/${SANDBOX_TENANT.id}/activation/check`, party.token);
    assert.equal(check.get('data.consentOk'), true);
    const [consent] = (await client.control('state')).list('consents');
    assert.deepEqual([consent?.['ipAddress'], consent?.['userAgent']], ['127.0.0.1', 'sandbox-test/1.0']);

    const organization = await client.organization();
    const terms = (body: object) => client.post(`${organization.base}/consents/terms`, organization.token, body);
    refused(await terms(accepted), 400, /acceptedBy.*acceptedDate/);
    assert.equal((await terms({ ...accepted, acceptedBy: 'A. B.', acceptedDate: '2026-01-01' })).status, 200);
  }));

describe('activation', () => {
  test('of an individual, after approval, consents and with the right code, once', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const wallets = () => client.get(`/api/v2.1/wallets/customer/${party.id}`, party.token);
      refused(await client.activate(party), 422, /Not Verified/);
      await client.approve(await client.submitted(party), party.id);
      refused(await client.activate(party), 422, /Missing Consents.*DATA_PROCESSING/);
      await client.consent(party);
      const wrong = { code: 'ACTIVATION_CODE_0', userId: party.email };
      refused(await client.post(`${party.base}/activation`, party.token, wrong), 400, /Invalid activation code/);
      refused(await client.post(`${party.base}/activation`, party.token, { activationReason: 'x' }), 400, /code/);
      refused(await wallets(), 404, /not activated/);

      const code = await client.activationCode(party);
      const reply = await client.post(`${party.base}/activation`, party.token, { code, userId: party.email });
      assert.deepEqual(reply.body, { code: 200, data: {}, message: 'Success' });
      assert.deepEqual(
        (await wallets()).list('data').map(({ iban }) => iban),
        [null, null],
      );
      await client.advance(1000);
      const [product, master] = (await wallets()).list('data');
      assert.match(product?.['iban'] as string, /^LT\d{18}$/);
      assert.equal(product?.['walletType'], 'b2c_product_general_purpose_wallet');
      assert.equal(master?.['iban'], null);
      refused(await client.activate(party), 409, /Already ACTIVE/);
    }));

  test('of an individual by an admin’s reason', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      await client.approve(await client.submitted(party), party.id);
      await client.consent(party);
      const body = { activationReason: 'Identity checked', activatedBy: 'op-1' };
      assert.equal((await client.post(`${party.base}/activation`, await client.adminToken(), body)).status, 200);
    }));

  test('of an organization, after the role validation', () =>
    withSandbox({}, async (client) => {
      const organization = await client.organization();
      const { id, base, token } = organization;
      const activate = (headers = ACTING_USER) =>
        client.post(`${base}/activation`, token, { activationReason: 'KYB' }, headers);
      refused(await client.post(`${base}/activation`, token, { activationReason: 'KYB' }), 400, /X-User-ID/);
      refused(await activate({ ...ACTING_USER, 'x-user-roles': 'EMPLOYEE' }), 403, /COMPLIANCE_OFFICER/);
      const missing = await activate();
      refused(missing, 422, /Not Verified.*one director.*ADMIN_USER.*exactly 100 %/);

      const verification = (await client.post(`${base}/verify`, token, { customerId: id }, ACTING_USER)).text(
        'data.verificationId',
      );
      const documents = `/api/v2.1/verifications/${verification}/documents`;
      refused(await client.post(documents, token, documentBody({ customerId: id })), 400, /accountId/);
      assert.equal((await client.post(documents, token, documentBody({ customerId: id, accountId: id }))).status, 200);
      await client.approve(verification, id);
      await client.consent(organization, { acceptedBy: 'A. B.', acceptedDate: '2026-01-01' });
      await addPeople(client, organization, { isBeneficialOwner: false });
      refused(await activate(), 422, /not declared a beneficial owner/);
      const holder = (await client.get(`/api/v2/organizations/${id}/shareholders`, token)).text(
        'data.shareholders.0.shareholderId',
      );
      await client.send('DELETE', `/api/v2/organizations/${id}/shareholders/${holder}`, { token });
      await client.post(`${base}/shareholders`, token, {
        ...person('owner'),
        ownershipPercentage: 100,
        isBeneficialOwner: true,
      });
      const pep = await client.post(`${base}/director`, token, {
        ...person('minister'),
        role: 'CHAIRMAN',
        isPEP: true,
      });
      refused(await activate(), 422, /POWER_TENANT_VERIFIED is required/);
      await client.send('DELETE', `${base}/directors/${pep.text('data.directorId')}`, { token });
      assert.equal((await activate()).get('data.activation.status'), 'ACTIVATING');
      assert.equal((await client.get(`${base}/wallet-status`, token)).get('data.iban'), null);
      await client.advance(1000);
      assert.match((await client.get(`${base}/wallet-status`, token)).text('data.iban'), /^LT\d{18}$/);
    }));
});

test('personnel: roles, ownership, dual records, and a second record for every repeat', () =>
  withSandbox({}, async (client) => {
    const organization = await client.organization();
    const { id, base, token } = organization;
    const employee = { person: person('staff'), position: 'Clerk', roles: ['EMPLOYEE'] };
    refused(await client.post(`${base}/employee`, token, employee), 400, /Missing required role 'ADMIN_USER'/);
    refused(await client.post(`${base}/director`, token, person('boss')), 400, /role or position/);
    await addPeople(client, organization);
    assert.equal((await client.post(`${base}/employee`, token, employee)).status, 200);
    const one = { ...person('second'), ownershipPercentage: 0.01 };
    refused(await client.post(`${base}/shareholders`, token, one), 422, /exceeds 100 %/);
    refused(
      await client.post(`${base}/shareholders`, token, { type: 'CORPORATE', ownershipPercentage: 1 }),
      400,
      /companyName/,
    );

    const body = { ...person('boss'), role: 'MANAGING_DIRECTOR', isPEP: true };
    const director = await client.post(`${base}/director`, token, body);
    assert.deepEqual(await client.made('director'), [2]);
    const list = (await client.get(`${base}/directors`, token)).list('data.directors');
    assert.deepEqual(
      list.map(({ email }) => email),
      ['boss@example.com', 'boss@example.com'],
    );
    const user = `${base}/users/${director.text('data.individual.userId')}`;
    const session = await client.login(user, director.text('data.username'), director.text('data.temporaryPassword'));
    assert.equal(session.status, 200);
    const verification = (await client.post('/api/v2.1/verifications', token, { customerId: id })).text(
      'data.verificationId',
    );
    refused(await client.approve(verification, id), 403, /POWER_TENANT/);
  }));

describe('money', () => {
  test('nothing before activation; balance and operations after it', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const wallet = (await client.control('state')).text('wallets.0.id');
      refused(await client.get(`/api/v2.1/fintrans/${wallet}/balance`, party.token), 422, /not ACTIVE/);
      refused(await client.get('/api/v2.1/fintrans/unknown/balance', party.token), 404, /Account not found/);
      const { account, token } = await client.activeIndividual();
      assert.equal((await client.get(`${account}/balance`, token)).get('data.availableBalance'), '100000');
      const operations = await client.get(`${account}/allowed-operations?includeConsents=true`, token);
      assert.equal(operations.get('data.limits.perTransaction'), '5000.00');
      assert.deepEqual(operations.get('data.consents'), []);
    }));

  test('beneficiaries are checked, screened and unique', () =>
    withSandbox({}, async (client) => {
      const payer = await client.payer();
      const add = (extra: object) => client.post(`${payer.account}/beneficiaries`, payer.token, beneficiaryBody(extra));
      refused(await add({ iban: 'DE89370400440532013001' }), 400, /Invalid IBAN/);
      refused(await add({ iban: 'FR1420041010050500013M02606', bicSwiftCode: 'SHORT' }), 400, /BIC/);
      refused(await add({ iban: 'DE89 3704 0044 0532 0130 00' }), 409, /already exists/);
      const flagged = await add({ iban: 'GB82WEST12345698765432', shortName: 'FLAGGED' });
      const pending = await add({ iban: 'FR1420041010050500013M02606', lastName: 'PENDING' });
      const pay = (added: Reply, iban: string) =>
        client.prepare(payer, '100', { beneficiaryId: added.text('data.assetId'), target: { iban } });
      refused(await pay(flagged, 'GB82WEST12345698765432'), 422, /screening is FLAGGED/);
      refused(await pay(pending, 'FR1420041010050500013M02606'), 422, /screening is PENDING/);
      await client.advance(1000);
      assert.equal((await pay(pending, 'FR1420041010050500013M02606')).status, 200);
      const list = (await client.get(`${payer.account}/beneficiaries`, payer.token)).list('data');
      assert.deepEqual(
        list.map(({ pepCheckResult }) => pepCheckResult),
        ['VERIFIED', 'FLAGGED', 'VERIFIED'],
      );
      const gone = `${payer.account}/beneficiaries/${flagged.text('data.id')}`;
      assert.equal((await client.send('DELETE', gone, { token: payer.token })).status, 200);
      refused(await pay(flagged, 'GB82WEST12345698765432'), 422, /not registered/);
    }));

  test('a transfer: prepared, executed once, settled; the double entry holds', () =>
    withSandbox({}, async (client) => {
      const payer = await client.payer();
      const id = (await client.prepare(payer, '10050', { reference: 'rent-1' })).text('data.preparedOrderId');
      const held = await client.get(`${payer.account}/balance`, payer.token);
      assert.deepEqual([held.get('data.availableBalance'), held.get('data.blockedBalance')], ['89950', '10050']);
      refused(await client.execute(payer, 'unknown'), 400, /Prepared order not found: unknown/);
      refused(await client.execute(payer, id, { authenticationCode: '000000' }), 403, /authentication code/);
      refused(await client.execute(payer, id, { consentConfirmation: undefined }), 400, /confirmed/);
      const executed = await client.execute(payer, id);
      assert.equal(executed.get('data.status'), 'EXECUTING');
      assert.deepEqual((await client.execute(payer, id)).body, executed.body);
      await client.advance(1000);
      const order = await client.get(`${payer.account}/orders/${id}`, payer.token);
      assert.equal(order.get('data.status'), 'COMPLETED');
      assert.deepEqual(await client.made('payment'), [1]);
      const money = await client.control('ledger');
      assert.equal(money.get('money.balanced'), true);
      assert.equal(money.get(`money.accounts.outside`), -100000 + 10050);
    }));

  test('a failed order and one that lapses give the money back; a transfer to a sandbox wallet arrives there', () =>
    withSandbox({}, async (client) => {
      const payer = await client.payer();
      const balance = async () =>
        (await client.get(`${payer.account}/balance`, payer.token)).text('data.availableBalance');
      const failing = (await client.prepare(payer, '5000', { description: 'FAIL please' })).text(
        'data.preparedOrderId',
      );
      await client.execute(payer, failing);
      await client.advance(1000);
      assert.equal((await client.get(`${payer.account}/orders/${failing}`, payer.token)).get('data.status'), 'FAILED');
      assert.equal(await balance(), '100000');

      const lapsing = (await client.prepare(payer, '5000')).text('data.preparedOrderId');
      assert.equal(await balance(), '95000');
      await client.advance(HOUR / 4);
      assert.equal(await balance(), '100000');
      refused(await client.execute(payer, lapsing), 422, /expired/);

      const friend = await client.activeIndividual();
      const added = await client.post(
        `${payer.account}/beneficiaries`,
        payer.token,
        beneficiaryBody({ iban: friend.iban }),
      );
      const target = { beneficiaryId: added.text('data.id'), target: { iban: friend.iban } };
      await client.execute(payer, (await client.prepare(payer, '2500', target)).text('data.preparedOrderId'));
      await client.advance(1000);
      const received = await client.get(`${friend.account}/balance`, friend.token);
      assert.equal(received.get('data.availableBalance'), '102500');
      assert.equal((await client.control('ledger')).get('money.balanced'), true);
    }));

  test('top-up and withdrawal', () =>
    withSandbox({ openingBalance: '0' }, async (client) => {
      const { account, token, accountId } = await client.activeIndividual();
      const run = async (operation: string, value: string) => {
        const body = { amount: { value, scale: 2, currency: 'EUR' }, target: { iban: 'DE89370400440532013000' } };
        const prepared = await client.post(`${account}/types/${operation}/prepare`, token, body);
        if (prepared.status !== 200) return prepared;
        const execution = { preparedOrderId: prepared.text('data.preparedOrderId') };
        await client.post(`${account}/types/${operation}/execute`, token, execution);
        return client.advance(1000);
      };
      refused(await run('withdraw', '1'), 422, /Insufficient balance/);
      await run('topup', '7000');
      await run('withdrawal', '3000');
      await client.control(`wallets/${accountId}/credit`, { amount: '0.50' });
      assert.equal((await client.get(`${account}/balance`, token)).get('data.currentBalance'), '4050');
      assert.equal((await client.control('ledger')).get('money.balanced'), true);
      refused(await run('exchange', '1'), 400, /operationType/);
      const bare = { amount: { value: '1', scale: 2, currency: 'EUR' } };
      refused(await client.post(`${account}/types/withdraw/prepare`, token, bare), 400, /target.iban/);
    }));

  test('prepare refuses', () =>
    withSandbox({}, async (client) => {
      const payer = await client.payer();
      const refusals: [value: string, change: object, status: number, message: RegExp][] = [
        ['10.00', {}, 400, /amount.value/],
        ['0', {}, 400, /amount.value/],
        ['100', { amount: { value: '100', scale: 3, currency: 'EUR' } }, 400, /amount.scale/],
        ['100', { amount: { value: '100', scale: 2, currency: 'USD' }, currency: 'USD' }, 422, /currency is EUR/],
        ['100', { currency: 'USD' }, 400, /amount.currency/],
        ['100', { sourceAccount: { walletId: 'other' } }, 400, /sourceAccount.walletId/],
        ['100', { target: { iban: 'GB82WEST12345698765432' } }, 400, /target.iban/],
        ['100', { beneficiaryId: 'unknown' }, 422, /not registered/],
        ['100', { consent: undefined }, 422, /payment consent is required/],
        ['100001', {}, 422, /Insufficient balance/],
        ['500001', {}, 422, /maxAmountPerTransaction/],
      ];
      for (const [value, change, status, message] of refusals) {
        refused(await client.prepare(payer, value, change), status, message);
      }
      await client.control(`wallets/${payer.accountId}/status`, { status: 'SUSPENDED' });
      refused(await client.prepare(payer, '100'), 422, /SUSPENDED/);
      assert.deepEqual(await client.made('prepared-order'), []);
    }));

  test('payment consents: approval, limits in major units, validity, revocation', () =>
    withSandbox({}, async (client) => {
      const eur = (amount: number) => ({ amount, currency: 'EUR' });
      const limits = {
        maxAmountPerTransaction: eur(50),
        maxAmountPerDay: eur(80),
        maxAmountPerMonth: eur(100),
        maxTransactionsPerDay: 2,
      };
      const payer = await client.payer(paymentConsentBody(limits));
      const pay = async (value: string) => {
        const prepared = await client.prepare(payer, value);
        return prepared.status === 200 ? client.execute(payer, prepared.text('data.preparedOrderId')) : prepared;
      };
      refused(await pay('5001'), 422, /maxAmountPerTransaction/);
      assert.equal((await pay('4500')).status, 200);
      refused(await pay('3501'), 422, /maxAmountPerDay/);
      assert.equal((await pay('1000')).status, 200);
      refused(await pay('100'), 422, /maxTransactionsPerDay/);

      const consent = `${payer.account}/payment-consents/${payer.consentId}`;
      const shown = await client.get(consent, payer.token);
      assert.equal(shown.get('data.status'), 'ACTIVE');
      assert.ok(!JSON.stringify(shown.body).includes('magicLinkToken'));
      await client.send('DELETE', consent, { token: payer.token });
      refused(await pay('100'), 422, /is REVOKED/);
      refused(await client.post(`/api/v2.1/consents/${payer.consentId}/approve`, payer.token), 409, /REVOKED/);

      const create = (body: object) =>
        client.post(`${payer.account}/payment-consents/types/transfer`, payer.token, body);
      const prepareWith = async (body: object, approve = true) => {
        const consentReference = (await create(body)).text('data.consentId');
        if (approve) await client.post(`/api/v2.1/consents/${consentReference}/approve`, payer.token);
        return client.prepare(payer, '100', { consent: { consentReference } });
      };
      refused(await prepareWith(paymentConsentBody(), false), 422, /is PENDING/);
      refused(await prepareWith(paymentConsentBody({}, { endDate: '2020-01-01' })), 422, /has expired/);
      refused(await prepareWith(paymentConsentBody({}, { startDate: '2999-01-01' })), 422, /not valid yet/);
      refused(await prepareWith(paymentConsentBody({}, {}, ['GB82WEST12345698765432'])), 422, /not allowed by/);
      refused(await create(paymentConsentBody({ maxAmountPerDay: eur(1.005) })), 400, /maxAmountPerDay/);
      refused(await create({}), 400, /title/);
    }));
});

describe('faults', () => {
  const EFFECT: Record<FaultKind, { status: number | 'none'; made: number[] }> = {
    'refuse-500': { status: 500, made: [] },
    'refuse-502': { status: 502, made: [] },
    'refuse-503': { status: 503, made: [] },
    'refuse-429': { status: 429, made: [] },
    'refuse-401': { status: 401, made: [] },
    'conflict-running': { status: 409, made: [] },
    drop: { status: 'none', made: [1] },
    'late-effect': { status: 'none', made: [] },
    'effect-500': { status: 500, made: [1] },
    'late-answer': { status: 200, made: [1] },
    cut: { status: 'none', made: [1] },
    garble: { status: 200, made: [1] },
  };

  for (const kind of FAULT_KINDS) {
    test(kind, () =>
      withSandbox({}, async (client) => {
        const party = await client.individual();
        const path = '/api/v2.1/customer/individual/{id}/verification/initiate';
        const delayMs = kind === 'late-effect' ? 1000 : 50;
        await client.control('faults', { method: 'POST', path, kind, delayMs, retryAfter: 7 });
        const call = () => client.post(`${party.base}/verification/initiate`, party.token);
        const began = performance.now();
        const reply = await call().catch(() => undefined);
        const took = performance.now() - began;
        assert.equal(reply?.status ?? 'none', EFFECT[kind].status);
        assert.deepEqual(await client.made('verification'), EFFECT[kind].made);
        if (kind === 'refuse-429') {
          assert.deepEqual([reply?.headers.get('retry-after'), reply?.get('data.retryAfter')], ['7', 7]);
        }
        if (kind === 'garble') assert.equal(reply?.get('data'), undefined);
        if (kind === 'late-answer') assert.ok(took >= 50);
        if (kind === 'late-effect') {
          await eventually('the effect', async () => (await client.made('verification'))[0] === 1);
        }
        assert.equal((await call()).status, 200, 'the fault is used up');
        assert.equal((await client.control('faults')).get('injected.0.kind'), kind);
        const [record] = (await client.control(`requests?fault=${kind}`)).list('');
        assert.equal(record?.['status'] ?? 'none', EFFECT[kind].status);
      }),
    );
  }

  test('one for an operation that does not exist is refused', () =>
    withSandbox({}, async (client) => {
      refused(
        await client.control('faults', { path: '/api/v2.1/nothing/{id}', kind: 'drop' }),
        400,
        /No such operation/,
      );
      assert.deepEqual((await client.control('faults')).get('waiting'), []);
    }));

  test('an effect can wait until the client has given up', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      await client.control('faults', { kind: 'late-effect', hang: true, delayMs: 1000 });
      const signal = AbortSignal.timeout(1000);
      const call = client.send('POST', `${party.base}/verification/initiate`, { token: party.token, signal });
      await assert.rejects(call, /timeout/i);
      assert.deepEqual(await client.made('verification'), []);
      await eventually('the effect', async () => (await client.made('verification'))[0] === 1);
    }));

  test('random ones follow their seed and spare logins', async () => {
    const sequence = async (seed: number) => {
      const faults: unknown[] = [];
      await withSandbox({ faultRate: 0.5, seed, faultKinds: ['refuse-500', 'refuse-503'] }, async (client) => {
        const token = await client.adminToken();
        for (let calls = 0; calls < 20; calls += 1) faults.push((await client.get(HIERARCHY, token)).status);
      });
      return faults.join();
    };
    const first = await sequence(1);
    assert.match(first, /200.*500|500.*200/);
    assert.equal(await sequence(1), first);
    assert.notEqual(await sequence(2), first);
  });
});

test('an Idempotency-Key counts only when the sandbox is told to honour it', async () => {
  for (const honourIdempotencyKeys of [false, true]) {
    await withSandbox({ honourIdempotencyKeys }, async (client) => {
      const { base, token } = await client.individual();
      const initiate = (key: string, body: object = {}) =>
        client.post(`${base}/verification/initiate`, token, body, { 'idempotency-key': key });
      const first = await initiate('k1');
      const again = await initiate('k1');
      assert.equal(again.text('data.verificationId') === first.text('data.verificationId'), honourIdempotencyKeys);
      if (honourIdempotencyKeys) refused(await initiate('k1', { other: true }), 422, /another request/);
      assert.deepEqual(await client.made('verification'), [honourIdempotencyKeys ? 1 : 2]);
    });
  }
});

test('legacy calls', () =>
  withSandbox({}, async (client) => {
    const key = { 'x-api-key': SANDBOX_TENANT.apiKey };
    const call = (method: string, path: string, body?: object, headers: Record<string, string> = key) =>
      client.send(method, path, { ...(body && { body }), headers });
    const email = 'john.doe@example.com';
    const person = {
      firstName: 'John',
      lastName: 'Doe',
      email,
      password: 'SecurePassword123!',
      captcha: 'c',
      termsAccepted: true,
    };
    refused(await call('POST', '/api/v1/customers', person, {}), 401, /Invalid API key/);
    const invalid = await call('POST', '/api/v1/customers', { ...person, captcha: undefined, termsAccepted: false });
    assert.equal(invalid.status, 400);
    assert.equal(invalid.get('error'), 'VALIDATION_ERROR');
    assert.deepEqual(
      invalid.list('details').map(({ field }) => field),
      ['captcha', 'termsAccepted'],
    );
    const created = await call('POST', '/api/v1/customers', person);
    assert.deepEqual([created.status, created.get('status')], [201, 'PENDING_EMAIL_VERIFICATION']);
    refused(await call('POST', '/api/v1/customers', person), 400, /already registered/);
    await client.control('faults', { kind: 'refuse-429', retryAfter: 60 });
    const limited = await call('POST', '/api/v1/customers', person);
    assert.deepEqual([limited.get('error'), limited.get('retryAfter')], ['RATE_LIMIT_EXCEEDED', 60]);

    const id = created.text('customerId');
    assert.equal((await call('PUT', `/v2/profile/${id}`, { phone: '1' })).get('details.phone'), '1');
    assert.equal((await call('GET', `/v2/profile/${id}`)).get('details.phone'), '1');
    assert.equal((await call('GET', `/v2/customer/${id}`)).get('email'), email);
    refused(await call('PUT', `/v2/persons/${id}/ACTIVE`), 400, /cannot change/);
    const registered = await client.individual();
    const found = await call('GET', '/v2/customer/status/CS_REGISTRATION_COMPLETED');
    assert.deepEqual(
      found.list('customers').map(({ customerId }) => customerId),
      [registered.id],
    );
    await client.submitted(registered);
    const history = await call('GET', `/v2/verification-history/${registered.id}`);
    assert.equal(history.list('verifications').length, 1);

    const business = {
      businessName: 'Doe Ltd',
      businessType: 'LTD',
      registrationNumber: '1',
      countryOfIncorporation: 'LT',
      dateOfIncorporation: '2020-01-01',
      industryType: 'TECHNOLOGY',
      contactEmail: 'doe@example.com',
      contactPhone: '1',
    };
    const organization = (await call('POST', '/v2/organization', business)).text('organizationId');
    refused(await call('POST', '/v2/organization', business), 409, /already exists/);
    assert.equal((await call('PUT', `/v2/kyb/initiateKYBStatus/${organization}`)).get('kybStatus'), 'PENDING');
    assert.equal(
      (await call('GET', `/v2/organization/${organization}/PENDING_VERIFICATION`)).get('kybStatus'),
      'PENDING',
    );
    refused(await call('GET', `/v2/organization/${organization}/ACTIVE`), 404, /not found/);
    refused(await call('PUT', `/v2/organization/${organization}/ACTIVE`), 400, /cannot change/);
  }));

describe('the other forms of FinHub’s answers', () => {
  const run = (profile: ProfileName, look: (replies: Record<string, Reply>) => void) =>
    withSandbox({ profile }, async (client) => {
      const party = await client.individual();
      const consented = await client.post(`${party.base}/consents/terms`, party.token, {
        accepted: true,
        version: '1.0',
      });
      const verification = await client.post(`${party.base}/verification/initiate`, party.token);
      const check = await client.get(`${party.base}/owner/${SANDBOX_TENANT.id}/activation/check`, party.token);
      await client.approve(await client.submitted(party), party.id);
      await client.consent(party);
      const activated = await client.activate(party);
      const payer = await client.payer();
      const beneficiaries = await client.get(`${payer.account}/beneficiaries`, payer.token);
      const beneficiaryId = beneficiaries.text(`data.${profile === 'flow' ? '' : 'beneficiaries.'}0.beneficiaryId`);
      const prepared = await client.prepare(payer, '100', { beneficiaryId });
      const id = prepared.text('data.preparedOrderId');
      const executed = await client.execute(payer, id);
      const refusal = await client.execute(payer, 'unknown');
      look({ consented, verification, check, activated, prepared, executed, refusal });
      await client.advance(1000);
      assert.equal((await client.get(`${payer.account}/orders/${id}`, payer.token)).get('data.status'), 'COMPLETED');
    });

  test('flow', () =>
    run('flow', ({ consented, verification, check, activated, prepared, executed, refusal }) => {
      assert.equal(consented?.get('data.status'), 'ACCEPTED');
      assert.equal(verification?.get('data.status'), 'IN_PROGRESS');
      assert.equal(check?.get('data.powerTenantApprovalRequired'), false);
      assert.match(activated?.text('data.iban') ?? '', /^LT/);
      assert.equal(prepared?.get('data.status'), 'PREPARED');
      assert.equal(executed?.text('data.orderId'), prepared?.text('data.preparedOrderId'));
      assert.equal(refusal?.get('code'), 400);
    }));

  test('reference', () =>
    run('reference', ({ consented, verification, check, activated, prepared, executed, refusal }) => {
      assert.equal(consented?.get('success'), true);
      assert.equal(consented?.get('code'), undefined);
      assert.equal(verification?.get('data.status'), 'INITIATED');
      assert.equal(check?.get('data.canActivate'), false);
      assert.equal(activated?.get('data.activationStatus'), 'ACTIVATED');
      assert.equal(prepared?.get('data.summary.amount.value'), '100');
      assert.equal(executed?.get('data.status'), 'COMPLETED');
      assert.equal(refusal?.get('success'), false);
    }));
});

describe('control', () => {
  test('the clock only goes forward; reset forgets everything', () =>
    withSandbox({}, async (client) => {
      const party = await client.individual();
      const setTo = new Date(Date.now() + WEEK).toISOString();
      assert.ok((await client.control('clock', { setTo })).text('now') >= setTo);
      await client.control('clock', { setTo: '2020-01-01T00:00:00Z' });
      assert.ok((await client.control('clock')).text('now') >= setTo);
      refused(await client.control('clock', { advanceMs: -1 }), 400, /advanceMs/);
      await client.control('reset', {});
      refused(await client.get(HIERARCHY, party.token), 401, /Invalid or expired/);
      assert.deepEqual(await client.made('customer'), []);
      assert.equal((await client.individual()).token.length > 0, true);
    }));

  test('the requests tell operation, status and headers, never a credential', () =>
    withSandbox({}, async (client) => {
      const token = await client.adminToken();
      await client.send('GET', HIERARCHY, { token, headers: { 'idempotency-key': 'k1' } });
      const requests = await client.control('requests?method=GET');
      const [record] = requests.list('');
      assert.equal(record?.['operation'], 'GET /api/v2.1/customer/individual/categorization/hierarchy/{tenantId}');
      assert.equal((record?.['headers'] as Record<string, string>)['idempotency-key'], 'k1');
      assert.ok(!JSON.stringify((await client.control('requests')).body).includes(token));
    }));
});

test('the command line keeps its state in a journal over a SIGKILL, and ends on SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  const journal = join(folder, 'journal');
  const start = async () => {
    const args = ['--import', 'tsx', 'sandbox/main.ts', '--port', '0', '--journal', journal, '--log-level', 'error'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      void exited.then((status) => reject(new Error(`It ended with ${status}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const found = /^FinHub sandbox listening on (http:\/\/127\.0\.0\.1:\d+)\n[^]*ORGANIZATION_ID=.*\n$/.exec(
          output,
        );
        if (found?.[1] !== undefined) resolve(found[1]);
      });
    });
    assert.ok(output.includes(`export FINHUB_BASE_URL=${url}\n`));
    return { client: new SandboxClient(url), end: (signal: NodeJS.Signals) => (child.kill(signal), exited) };
  };

  try {
    const first = await start();
    const payer = await first.client.payer();
    await first.client.prepare(payer, '10050');
    const before = await first.client.control('state');
    assert.equal(await first.end('SIGKILL'), 'SIGKILL');
    await appendFile(journal, '[["customers","half-a-line"');

    const second = await start();
    const after = await second.client.control('state');
    for (const table of ['customers', 'wallets', 'orders', 'jobs', 'sessions', 'postings', 'makings']) {
      assert.deepEqual(after.get(table), before.get(table), table);
    }
    const balance = await second.client.get(`${payer.account}/balance`, payer.token);
    assert.equal(balance.get('data.blockedBalance'), '10050');
    await second.client.advance(HOUR / 4);
    assert.equal((await second.client.control('ledger')).get('money.balanced'), true);
    assert.equal(await second.end('SIGTERM'), 0);

    const third = await start();
    assert.equal((await third.client.control('state')).get('orders.0.status'), 'EXPIRED');
    assert.equal(await third.end('SIGINT'), 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

function withParameters(values: object): object {
  return { individualCustomer: { categorization: { parametrization: parametrization(values) } } };
}

function person(name: string) {
  return { firstName: 'Ruta', lastName: 'Simkute', email: `${name}@example.com` };
}

/** A director, an owner of everything and an employee with ADMIN_USER. */
async function addPeople(client: SandboxClient, { base, token }: Party, owner: object = { isBeneficialOwner: true }) {
  await client.post(`${base}/director`, token, { ...person('boss'), position: 'CEO' });
  await client.post(`${base}/shareholders`, token, [{ ...person('owner'), ownershipPercentage: 100, ...owner }]);
  await client.post(`${base}/employee`, token, { person: person('admin'), position: 'Admin', roles: ['ADMIN_USER'] });
}
