import type { OperationName } from '../../src/finhub/catalogue/index.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import {
  ACTING_USER,
  beneficiaryBody,
  individualBody,
  organizationBody,
  type Party,
  type Payer,
  type SandboxClient,
} from '../helpers/sandbox-client.js';

/** What is asked of an activity: its input, or the session that it opens or closes. */
export interface Situation {
  input?: object;
  session?: object;
}

let made = 0;
const unique = (what: string): string => `${what}-${(made += 1)}`;

const parameters = {
  ...{ riskLevel: 'MEDIUM', riskScore: '50', pep: 'false', sanctionsCheck: 'STANDARD' },
  ...{ monitoring: 'WEEKLY', edd: 'false' },
};
const address = { street: 'Gedimino pr. 1', city: 'Vilnius', postalCode: '01103', country: 'LT' };
const PASSWORD = 'SecurePass123!';
const AT = '2026-01-15T10:00:00.000Z';

const person = (): object => ({
  ...{ firstName: 'Rasa', lastName: 'Jonaityte', phone: '+37060000001', dateOfBirth: '1985-02-03' },
  ...{ nationality: 'LT', address, email: `${unique('rasa')}@example.com` },
});
const organization = (): object => ({
  ...{ legalName: unique('Tools'), registrationNumber: unique('30'), taxId: unique('LT'), legalForm: 'UAB' },
  ...{ industry: 'TECHNOLOGY', incorporationDate: '2019-05-06', phone: '+37060000002', address },
  email: `${unique('tools')}@example.com`,
});
const shareholder = (ownershipPercentage = '100'): object => ({
  ...{ type: 'INDIVIDUAL', firstName: 'Tomas', lastName: 'Petraitis', email: `${unique('tomas')}@example.com` },
  ...{ ownershipPercentage, isPEP: false, isBeneficialOwner: true },
});

/** A person who may be activated. */
async function ready(client: SandboxClient): Promise<Party> {
  const party = await client.individual();
  await client.approve(await client.submitted(party), party.id);
  await client.consent(party);
  return party;
}

/** An organization that may be activated. */
async function readyOrganization(client: SandboxClient): Promise<Party> {
  const party = await client.organization();
  const { id, base, token } = party;
  await addPeople(client, party);
  const verificationId = await startKyb(client, party);
  await client.post(`/api/v2.1/verifications/${verificationId}/documents`, token, {
    ...{ customerId: id, organizationId: id, accountId: id, documentType: 'SHAREHOLDER_REGISTER' },
    ...{ mimeType: 'application/pdf', fileName: 'register.pdf', fileContent: 'JVBERi0xLjQK' },
  });
  await client.approve(verificationId, id);
  await client.consent({ ...party, base }, { acceptedBy: 'Rasa Jonaityte', acceptedDate: AT });
  return party;
}

async function addPeople(client: SandboxClient, { base, token }: Party) {
  const director = await client.post(`${base}/director`, token, { ...person(), position: 'CEO', isPEP: false });
  const holder = await client.post(`${base}/shareholders`, token, {
    ...shareholder(),
    ownershipPercentage: 100,
  });
  const employee = await client.post(`${base}/employee`, token, { person: person(), roles: ['ADMIN_USER'] });
  return {
    directorId: director.text('data.directorId'),
    shareholderId: holder.text('data.shareholderId'),
    employeeId: employee.text('data.employeeId'),
  };
}

async function startKyb(client: SandboxClient, { id, base, token }: Party): Promise<string> {
  const body = { customerId: id, type: 'BUSINESS_VERIFICATION' };
  return (await client.post(`${base}/verify`, token, body, ACTING_USER)).text('data.verificationId');
}

/** A registered person's own login. */
async function login(client: SandboxClient): Promise<{ session: object }> {
  const body = individualBody();
  const reply = await client.register('individual', body);
  const ids = { customerId: reply.text('data.id'), userId: reply.text('data.user.id') };
  return { session: { kind: 'individual', ...ids, username: body.email, password: body.password } };
}

/** The login of an organization's default admin. */
async function organizationLogin(client: SandboxClient): Promise<{ session: object }> {
  const body = organizationBody();
  const customerId = (await client.register('organization', body)).text('data.id');
  await client.advance(1000);
  const readiness = await client.get(
    `/api/v2.1/customer/organization/${customerId}/activation/readiness`,
    await client.adminToken(),
  );
  const userId = readiness.text('data.adminEmployees.0.id');
  return { session: { kind: 'organization', customerId, userId, username: body.email, password: body.password } };
}

async function prepared(client: SandboxClient): Promise<{ payer: Payer; preparedOrderId: string }> {
  const payer = await client.payer();
  const reply = await client.prepare(payer, '2500', { reference: unique('order') });
  return { payer, preparedOrderId: reply.text('data.preparedOrderId') };
}

const beneficiary = {
  ...{ partyType: 'INDIVIDUAL_CUSTOMER', name: 'Jonas Petraitis', iban: 'DE89370400440532013000' },
  ...{ bic: 'COBADEFFXXX', currency: 'EUR', country: 'DE' },
};
const amount = { value: '25.00', currency: 'EUR' };

const ofPerson =
  (more: object = {}) =>
  async (client: SandboxClient) => ({
    input: { customerId: (await client.individual()).id, ...more },
  });
const ofOrganization =
  (more: () => object = () => ({})) =>
  async (client: SandboxClient) => ({
    input: { organizationId: (await client.organization()).id, ...more() },
  });
const ofAccount =
  (more: object = {}) =>
  async (client: SandboxClient) => ({
    input: { accountId: (await client.activeIndividual()).accountId, ...more },
  });
const ofVerification =
  (more: object = {}) =>
  async (client: SandboxClient) => {
    const party = await client.individual();
    return { input: { verificationId: await client.submitted(party), ...more, customerId: party.id } };
  };
const legacyCustomer = () => ({
  ...{ firstName: 'Rasa', lastName: 'Jonaityte', email: `${unique('legacy')}@example.com`, password: PASSWORD },
  ...{ captcha: 'solved', termsAccepted: true },
});

/** For each operation, what has to be there before, and the call that then succeeds. */
export const SITUATIONS: Record<OperationName, (client: SandboxClient) => Promise<Situation>> = {
  getCategorizationHierarchy: () => Promise.resolve({ input: { tenantId: SANDBOX_TENANT.id } }),
  registerIndividual: () =>
    Promise.resolve({
      input: {
        person: person(),
        password: PASSWORD,
        category: { id: 'fs-cat-b2c-medium-001', name: 'Individual', features: [], parameters },
      },
    }),
  registerOrganization: () =>
    Promise.resolve({
      input: {
        organization: organization(),
        password: PASSWORD,
        category: { id: 'fs-cat-b2b-small-001', name: 'Small Business', features: [], parameters },
      },
    }),
  openAdminSession: () => Promise.resolve({ input: { tenantId: SANDBOX_TENANT.id } }),
  openCustomerSession: login,
  openOrganizationSession: organizationLogin,
  closeAdminSession: () => Promise.resolve({}),
  closeCustomerSession: login,
  closeOrganizationSession: organizationLogin,
  addDirector: ofOrganization(() => ({ person: person(), position: 'CEO', directorType: 'MANAGING', isPEP: false })),
  addShareholder: ofOrganization(() => ({ shareholder: shareholder('60') })),
  addEmployee: ofOrganization(() => ({
    person: person(),
    position: 'Office',
    roles: ['ADMIN_USER'],
    organizationRole: 'ADMIN',
  })),
  listDirectors: ofOrganization(),
  listShareholders: ofOrganization(),
  listEmployees: ofOrganization(),
  removeDirector: async (client) => removal(client, 'directorId'),
  removeShareholder: async (client) => removal(client, 'shareholderId'),
  removeEmployee: async (client) => removal(client, 'employeeId'),
  initiateVerification: ofPerson(),
  createVerification: ofPerson({ type: 'IDENTITY_VERIFICATION', requestedLevel: 'TENANT_VERIFIED', notes: 'KYC' }),
  startOrganizationVerification: ofOrganization(() => ({ requestedLevel: 'TENANT_VERIFIED', notes: 'KYB' })),
  initiateLegacyKyb: ofOrganization(),
  submitVerification: ofVerification({ verificationType: 'STANDARD' }),
  decideVerificationAtFinHub: ofVerification({ organization: false, status: 'APPROVED', comment: 'checked' }),
  getVerification: async (client) => {
    const { verificationId } = (await ofVerification()(client)).input;
    return { input: { verificationId } };
  },
  getVerificationRequirements: ofOrganization(),
  listIndividualDocuments: ofPerson(),
  listOrganizationDocuments: async (client) => ({ input: { customerId: (await client.organization()).id } }),
  uploadDocument: async (client) => {
    const party = await client.individual();
    const initiated = await client.post(`${party.base}/verification/initiate`, party.token);
    const document = {
      ...{ documentId: unique('4b4c6b1a'), type: 'PASSPORT', fileName: 'passport.pdf', mimeType: 'application/pdf' },
      ...{ size: 4, sha256: '' },
    };
    const verificationId = initiated.text('data.verificationId');
    return { input: { verificationId, customerId: party.id, organization: false, document } };
  },
  acceptConsent: ofPerson({ consentType: 'terms', version: '1.0', acceptedAt: AT }),
  acceptOrganizationConsent: ofOrganization(() => ({
    ...{ consentType: 'terms', version: '1.0', acceptedBy: 'Rasa Jonaityte', acceptedAt: AT },
  })),
  activateIndividual: async (client) => ({
    input: { customerId: (await ready(client)).id, activationReason: 'Onboarding' },
  }),
  activateOrganization: async (client) => ({
    input: { organizationId: (await readyOrganization(client)).id, activationReason: 'Onboarding' },
  }),
  checkActivation: ofPerson({ tenantId: SANDBOX_TENANT.id }),
  checkOrganizationReadiness: ofOrganization(),
  listWallets: async (client) => ({ input: { customerId: (await client.activeIndividual()).id, customerType: 'B2C' } }),
  getWalletStatus: ofOrganization(),
  getBalance: ofAccount(),
  getAllowedOperations: ofAccount(),
  addBeneficiary: async (client) => {
    const { id, accountId } = await client.activeIndividual();
    return { input: { accountId, customerId: id, ...beneficiary } };
  },
  listBeneficiaries: ofAccount(),
  removeBeneficiary: async (client) => {
    const { account, accountId, token } = await client.activeIndividual();
    const added = await client.post(`${account}/beneficiaries`, token, beneficiaryBody());
    return { input: { accountId, beneficiaryId: added.text('data.assetId') } };
  },
  createPaymentConsent: ofAccount({
    ...{ title: 'Transfers (app-1)', startDate: '2026-01-01', endDate: '2036-01-01' },
    ...{ perTransaction: amount, perDay: amount, transactionsPerDay: 5, allowedAccounts: [] },
  }),
  listPaymentConsents: ofAccount(),
  getPaymentConsent: ofPaymentConsent,
  revokePaymentConsent: ofPaymentConsent,
  approvePaymentConsent: async (client) => ({ input: { consentId: (await ofPaymentConsent(client)).input.consentId } }),
  prepareOrder: async (client) => {
    const { accountId, iban, assetId, consentId } = (await client.payer()) as Payer & { iban: string };
    const counterparty = { name: beneficiary.name, iban: beneficiary.iban, beneficiaryId: assetId };
    const order = { type: 'transfer', reference: unique('transfer'), description: 'Rent', amount };
    return { input: { accountId, ...order, counterparty, iban, consentId } };
  },
  executeOrder: async (client) => {
    const { payer, preparedOrderId } = await prepared(client);
    const { accountId, consentId, answer: authenticationCode } = payer;
    return { input: { accountId, type: 'transfer', preparedOrderId, consentId, authenticationCode } };
  },
  getOrder: async (client) => {
    const { payer, preparedOrderId } = await prepared(client);
    return { input: { accountId: payer.accountId, orderId: preparedOrderId } };
  },
  createWebhookSubscription: () => Promise.resolve({ input: subscription() }),
  listWebhookSubscriptions: () => Promise.resolve({ input: {} }),
  getWebhookSubscription: async (client) => ({ input: { subscriptionId: await subscribed(client) } }),
  updateWebhookSubscription: async (client) => ({
    input: { subscriptionId: await subscribed(client), ...subscription() },
  }),
  removeWebhookSubscription: async (client) => ({ input: { subscriptionId: await subscribed(client) } }),
  listWebhookDeliveries: async (client) => ({ input: { subscriptionId: await subscribed(client) } }),
  getWebhookDelivery: async (client) => {
    const subscriptionId = await subscribed(client);
    await client.individual();
    const listed = await client.get(`${SUBSCRIPTIONS}/${subscriptionId}/deliveries`, await client.adminToken());
    return { input: { deliveryId: listed.text('data.deliveries.0.deliveryId') } };
  },
  createLegacyCustomer: () => Promise.resolve({ input: legacyCustomer() }),
  getLegacyProfile: ofPerson(),
  getLegacyCustomer: ofPerson(),
  updateLegacyProfile: async (client) => ({
    input: { profileId: (await client.individual()).id, changes: { phone: '+37060000003' } },
  }),
  setLegacyPersonStatus: async (client) => ({
    input: { customerId: (await client.activeIndividual()).id, customerStatus: 'SUSPENDED' },
  }),
  createLegacyOrganization: () =>
    Promise.resolve({
      input: {
        ...{ businessName: unique('Tools'), businessType: 'UAB', registrationNumber: unique('30') },
        ...{ countryOfIncorporation: 'LT', dateOfIncorporation: '2019-05-06', industryType: 'TECHNOLOGY' },
        ...{ contactEmail: `${unique('tools')}@example.com`, contactPhone: '+37060000004' },
      },
    }),
  getLegacyOrganization: ofOrganization(() => ({ status: 'PENDING_VERIFICATION' })),
  setLegacyOrganizationStatus: ofOrganization(() => ({ status: 'PENDING_VERIFICATION' })),
  listCustomersByStatus: () => Promise.resolve({ input: { customerStatus: 'PENDING_VERIFICATION' } }),
  getVerificationHistory: ofPerson(),
};

const SUBSCRIPTIONS = '/api/v2.1/webhooks/subscriptions';
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9/hooks/';

const subscription = () => ({
  ...{ name: 'finhub-onboarding', description: 'tells of decisions', url: `${NOBODY}${unique('hook')}` },
  ...{ secretKey: 'a-secret-of-twenty-four-characters', events: ['verification.approved', 'customer.created'] },
  ...{ maxRetryAttempts: 0, retryBackoffSeconds: 60 },
});

async function subscribed(client: SandboxClient): Promise<string> {
  const body = {
    ...{ subscriptionName: 'finhub-onboarding', endpointUrl: `${NOBODY}${unique('hook')}` },
    ...{ secretKey: 'a-secret-of-twenty-four-characters', subscribedEvents: ['customer.created'] },
    maxRetryAttempts: 0,
  };
  return (await client.post(SUBSCRIPTIONS, await client.adminToken(), body)).text('data.id');
}

async function removal(client: SandboxClient, which: 'directorId' | 'shareholderId' | 'employeeId') {
  const party = await client.organization();
  const people = await addPeople(client, party);
  return { input: { organizationId: party.id, recordId: people[which] } };
}

async function ofPaymentConsent(client: SandboxClient) {
  const { accountId, consentId } = await client.payer();
  return { input: { accountId, consentId } };
}
