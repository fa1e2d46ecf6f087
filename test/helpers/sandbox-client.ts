import { SANDBOX_TENANT, type Tenant } from '../../sandbox/fixtures.js';
import type { SandboxOptions } from '../../sandbox/options.js';
import { startSandbox, type Sandbox } from '../../sandbox/server.js';

/** An answer of the sandbox; its JSON body is looked into by dotted paths. */
export class Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(status: number, headers: Headers, body: unknown) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  get(path: string): unknown {
    return path
      .split('.')
      .reduce<unknown>((value, field) => (value as Record<string, unknown> | undefined)?.[field], this.body);
  }

  /** A value that must be there, as text. */
  text(path: string): string {
    const value = this.get(path);
    if (typeof value === 'string') return value;
    throw new Error(`${this.status} without ${path}: ${JSON.stringify(this.body)}`);
  }

  list(path: string): Record<string, unknown>[] {
    return (path === '' ? this.body : this.get(path)) as Record<string, unknown>[];
  }
}

/** A registered customer that can be driven: an individual, or an organization with an admin's token. */
export interface Party {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  /** Where the customer's calls begin. */
  readonly base: string;
}

export interface Payer extends Party {
  readonly accountId: string;
  readonly account: string;
  readonly assetId: string;
  readonly consentId: string;
  readonly answer: string;
}

interface Sending {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Beside the context headers; `undefined` leaves one of them out. */
  readonly headers?: Record<string, string | undefined>;
  readonly signal?: AbortSignal | null;
}

export const ACTING_USER = { 'x-user-id': '0b6f3c52-7a0e-4f0b-9a55-2f1c7f0d5a02', 'x-user-roles': 'ADMIN_USER' };

let registered = 0;

/** Speaks plain HTTP to a sandbox, as one tenant; it knows nothing of the product's own client. */
export class SandboxClient {
  readonly url: string;
  readonly tenant: Tenant;

  constructor(url: string, tenant: Tenant = SANDBOX_TENANT) {
    this.url = url;
    this.tenant = tenant;
  }

  async send(method: string, path: string, { token, body, headers = {}, signal = null }: Sending = {}): Promise<Reply> {
    const all = {
      'x-tenant-id': this.tenant.id,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-from': 'sandbox-test',
      platform: 'web',
      deviceid: 'test-device',
      'user-agent': 'sandbox-test/1.0',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    return new Reply(response.status, response.headers, JSON.parse(await response.text()));
  }

  post(path: string, token: string | undefined, body: unknown = {}, headers: Sending['headers'] = {}): Promise<Reply> {
    return this.send('POST', path, { token, body, headers });
  }

  get(path: string, token?: string): Promise<Reply> {
    return this.send('GET', path, { token });
  }

  /** Looks behind the sandbox, or steers it. */
  control(path: string, body?: unknown): Promise<Reply> {
    return this.send(body === undefined ? 'GET' : 'POST', `/__sandbox/${path}`, { body });
  }

  advance(advanceMs: number): Promise<Reply> {
    return this.control('clock', { advanceMs });
  }

  /** How often each object of a kind was made. */
  async made(kind: string): Promise<number[]> {
    const objects = (await this.control('ledger')).list('objects');
    return objects.filter((object) => object['kind'] === kind).map((object) => object['count'] as number);
  }

  login(path: string, username: string, password: string): Promise<Reply> {
    const body = { username, password, tenantKey: this.tenant.key, tenantSecret: this.tenant.secret };
    return this.post(`${path}/sessions`, undefined, body);
  }

  async adminToken({ organizationId, userId, username, password } = this.tenant.admin): Promise<string> {
    const path = `/api/v2.1/admin/organization/${organizationId}/users/${userId}`;
    return (await this.login(path, username, password)).text('data.token');
  }

  powerToken(): Promise<string> {
    return this.adminToken(this.tenant.powerTenantAdmin);
  }

  async register(kind: 'individual' | 'organization', body: object): Promise<Reply> {
    return this.post(`/api/v2.1/customer/${kind}/registration`, await this.adminToken(), body);
  }

  async individual(body = individualBody()): Promise<Party> {
    const reply = await this.register('individual', body);
    const id = reply.text('data.id');
    const base = `/api/v2.1/customer/individual/${id}`;
    const session = await this.login(`${base}/users/${reply.text('data.user.id')}`, body.email, body.password);
    return { id, base, email: body.email, token: session.text('data.token') };
  }

  async organization(body = organizationBody()): Promise<Party> {
    const id = (await this.register('organization', body)).text('data.id');
    return { id, base: `/api/v2.1/customer/organization/${id}`, email: body.email, token: await this.adminToken() };
  }

  /** A verification with one document, not decided yet. */
  async submitted({ id, base, token }: Party): Promise<string> {
    const initiated = await this.post(`${base}/verification/initiate`, token);
    const verificationId = initiated.text('data.verificationId');
    await this.post(`/api/v2.1/verifications/${verificationId}/documents`, token, documentBody({ customerId: id }));
    return verificationId;
  }

  async approve(verificationId: string, customerId: string, token?: string, status = 'APPROVED'): Promise<Reply> {
    const body = { verificationId, customerId, status, comment: 'checked' };
    return this.post(`/api/v2.1/verifications/${verificationId}/approve`, token ?? (await this.adminToken()), body);
  }

  async consent({ base, token }: Party, extra: object = {}): Promise<void> {
    for (const type of ['terms', 'privacy', 'data-processing']) {
      await this.post(`${base}/consents/${type}`, token, { accepted: true, version: '1.0', ...extra });
    }
    await this.advance(1000);
  }

  async activationCode({ email }: Party): Promise<string> {
    return (await this.control(`outbox?to=${encodeURIComponent(email)}`)).text('0.code');
  }

  /** Asks for activation by the code, and lets the activation delay pass. */
  async activate(party: Party): Promise<Reply> {
    const reply = await this.post(`${party.base}/activation`, party.token, {
      code: await this.activationCode(party),
      userId: party.email,
    });
    await this.advance(1000);
    return reply;
  }

  async activeIndividual(): Promise<Party & { accountId: string; account: string; iban: string }> {
    const party = await this.individual();
    await this.approve(await this.submitted(party), party.id);
    await this.consent(party);
    await this.activate(party);
    const reply = await this.get(`/api/v2.1/wallets/customer/${party.id}?customerType=B2C`, party.token);
    const wallets = reply.list(Array.isArray(reply.get('data')) ? 'data' : 'data.wallets');
    const wallet = wallets.find(({ iban }) => iban !== null);
    if (!wallet) throw new Error('No wallet with an IBAN');
    const { walletId, iban } = wallet as { walletId: string; iban: string };
    return { ...party, accountId: walletId, account: `/api/v2.1/fintrans/${walletId}`, iban };
  }

  /** An ACTIVE individual with a beneficiary and an approved payment consent. */
  async payer(consent: object = paymentConsentBody()): Promise<Payer> {
    const party = await this.activeIndividual();
    const { account, token } = party;
    const assetId = (await this.post(`${account}/beneficiaries`, token, beneficiaryBody())).get(
      'data.assetId',
    ) as string;
    const created = await this.post(`${account}/payment-consents/types/transfer`, token, consent);
    const consentId = created.text('data.consentId');
    await this.post(`/api/v2.1/consents/${consentId}/approve`, token);
    const claims = new Reply(200, created.headers, claimsOf(created.text('data.magicLinkToken')));
    return { ...party, assetId, consentId, answer: claims.text('answer') };
  }

  prepare(payer: Payer, value: string, extra: object = {}): Promise<Reply> {
    return this.post(`${payer.account}/types/transfer/prepare`, payer.token, transferBody(payer, value, extra));
  }

  execute({ account, token, answer, consentId }: Payer, preparedOrderId: string, extra: object = {}): Promise<Reply> {
    const consentConfirmation = { consentId, channel: 'WEB', confirmed: true };
    const body = { preparedOrderId, authenticationCode: answer, consentConfirmation, ...extra };
    return this.post(`${account}/types/transfer/execute`, token, body);
  }
}

/** Runs `body` against a sandbox of its own. */
export async function withSandbox(
  options: SandboxOptions,
  body: (client: SandboxClient, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox(options);
  try {
    await body(new SandboxClient(sandbox.url), sandbox);
  } finally {
    await sandbox.close();
  }
}

export function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

export function individualBody(riskLevel = 'MEDIUM', category = riskLevel.toLowerCase()) {
  registered += 1;
  return {
    email: `person-${registered}@example.com`,
    password: 'SecurePass123!',
    matchingPassword: 'SecurePass123!',
    firstName: 'Ona',
    lastName: 'Kazlauskaite',
    dateOfBirth: '1990-04-01',
    customerCategory: { id: `fs-cat-b2c-${category}-001`, name: 'Individual' },
    individualCustomer: { categorization: { parametrization: parametrization({ riskLevel }) } },
  };
}

export function organizationBody() {
  registered += 1;
  return {
    email: `company-${registered}@example.com`,
    password: 'SecurePass123!',
    matchingPassword: 'SecurePass123!',
    customerCategory: { id: 'fs-cat-b2b-small-001', name: 'Small Business' },
    organizationCustomer: {
      organization: { legalName: 'Baltic Tools UAB', registrationNumber: '304123456', taxId: 'LT100001234' },
      categorization: { parametrization: parametrization() },
    },
  };
}

export function parametrization(values: object = {}): { name: string; value: unknown }[] {
  const all = {
    riskLevel: 'MEDIUM',
    riskScore: '50',
    pep: 'false',
    sanctionsCheck: 'STANDARD',
    monitoring: 'WEEKLY',
    edd: 'false',
    ...values,
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

export function documentBody(extra: object = {}) {
  return {
    documentType: 'PASSPORT',
    mimeType: 'application/pdf',
    fileName: 'passport.pdf',
    fileContent: Buffer.from('%PDF-1.7 passport').toString('base64'),
    ...extra,
  };
}

export function beneficiaryBody(extra: object = {}) {
  return {
    partyType: 'INDIVIDUAL_CUSTOMER',
    firstName: 'Jonas',
    lastName: 'Petraitis',
    shortName: 'Jonas',
    iban: 'DE89370400440532013000',
    currency: 'EUR',
    country: 'DE',
    bicSwiftCode: 'COBADEFFXXX',
    networkName: 'SEPA',
    ...extra,
  };
}

export function paymentConsentBody(limits: object = {}, validity: object = {}, allowedAccounts: string[] = []) {
  const beneficiaries = { allowedAccounts, allowNewBeneficiaries: allowedAccounts.length === 0 };
  return { metadata: { title: 'Transfers', paymentType: 'TRANSFER', parameters: { validity, limits, beneficiaries } } };
}

export function transferBody({ accountId, assetId, consentId }: Payer, value: string, extra: object = {}) {
  return {
    type: 'EXTERNAL',
    sourceAccount: { walletId: accountId },
    target: { name: 'Jonas Petraitis', iban: 'DE89370400440532013000' },
    amount: { value, scale: 2, currency: 'EUR' },
    currency: 'EUR',
    beneficiaryId: assetId,
    description: 'Rent',
    consent: { consentReference: consentId },
    ...extra,
  };
}
