import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Call } from './call.js';
import { iso } from './clock.js';
import { categoriesOf, checkParameters, riskIn } from './hierarchy.js';
import { invalid, read, Refusal } from './refusal.js';
import type { Customer, CustomerKind, RiskLevel, User, Wallet } from './records.js';
import { recordMaking, type World } from './world.js';

type Fields = Readonly<Record<string, unknown>>;

const text = z.string().min(1);
const date = z.iso.date();
const credentials = z.looseObject({
  email: z.email(),
  password: text,
  matchingPassword: text,
  tenantId: text.optional(),
});
const person = z.looseObject({
  firstName: text,
  lastName: text,
  dateOfBirth: date.optional(),
  addresses: z.array(z.looseObject({})).optional(),
  contacts: z.array(z.looseObject({})).optional(),
});
const organization = z.looseObject({ legalName: text, registrationNumber: text, taxId: text.optional() });

/** What a registration says, its known fields read. */
interface Registration {
  readonly whole: Fields;
  readonly customer: Fields;
  readonly details: Fields;
  readonly name: string;
}

/** A person as I02 takes it, in the nested form (R4) or the flat one (F1). */
export function readIndividual(body: unknown): Registration {
  const whole = fieldsOf(body);
  const customer = fieldsOf(whole['individualCustomer']);
  const fields = { ...fieldsOf(customer['person']), ...customer, ...whole };
  const details = detailsOf(read(person, fields));
  return { whole, customer, details, name: `${String(details['firstName'])} ${String(details['lastName'])}` };
}

/** An organization as O01 takes it, nested (R11) or flat (O1). */
export function readOrganization(body: unknown): Registration {
  const whole = fieldsOf(body);
  const customer = fieldsOf(whole['organizationCustomer']);
  const fields = { ...whole, ...customer, ...fieldsOf(customer['organization']) };
  const details = detailsOf(read(organization, fields));
  return { whole: { email: whole['contactEmail'], ...whole }, customer, details, name: String(details['legalName']) };
}

const NOT_DETAILS = new Set([
  ...['password', 'matchingPassword', 'tenantId', 'roleIds', 'customerCategory', 'categorization', 'user', 'person'],
  ...['individualCustomer', 'organizationCustomer', 'organization', 'employees', 'directors', 'shareholders'],
]);

/** The customer's own fields, without credentials, categorization and what other endpoints take (O1). */
function detailsOf(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !NOT_DETAILS.has(name)));
}

/**
 * Registers a customer with its user (individuals only; an organization's comes later) and inactive wallets.
 * @throws Refusal 400 faulty fields, 403 prohibited category or another tenant, 409 e-mail already registered.
 */
export function register(call: Call, kind: CustomerKind, given: Registration): Customer {
  const { world, tenant, now } = call;
  const { state } = world;
  const { email, password, matchingPassword, tenantId } = read(credentials, given.whole);
  if (tenantId !== undefined && tenantId !== tenant.id) {
    throw new Refusal(403, 'Tenant access denied or categorization not available');
  }
  if (password !== matchingPassword) {
    throw invalid({ field: 'matchingPassword', message: 'Password and matching password must be identical' });
  }
  checkPassword(password);
  const categorization = given.customer['categorization'] ?? given.whole['categorization'];
  const categoryId = fieldsOf(given.whole['customerCategory'])['id'] ?? given.whole['categoryId'];
  const riskLevel = categorize(call, kind, categoryId, fieldsOf(categorization));
  if (isRegistered(world, tenant.id, email)) {
    const errors = [{ field: 'email', message: 'Email address is already registered' }];
    throw new Refusal(409, 'Customer with this email already exists', { errors });
  }

  const id = randomUUID();
  const user =
    kind === 'INDIVIDUAL'
      ? { userId: randomUUID(), activationCode: activationCode() }
      : { defaultAdminPassword: password };
  const customer = state.customers.put({
    id,
    tenantId: tenant.id,
    kind,
    origin: 'registration',
    status: kind === 'INDIVIDUAL' ? world.profile.registeredStatus : 'PENDING_VERIFICATION',
    email: email.toLowerCase(),
    name: given.name,
    riskLevel,
    categorization,
    createdAt: iso(now),
    details: { ...given.details, id: randomUUID(), fullName: given.name, email },
    ...user,
  });
  if (customer.userId !== undefined) {
    putUser(world, customer, { id: customer.userId, username: email, password, roles: ['ACCOUNT_OWNER', 'USER'] });
  }
  addWallets(world, customer);
  recordMaking(world, tenant.id, kind === 'INDIVIDUAL' ? 'customer' : 'organization', customer.email, id);
  return customer;
}

/** Whether a registered customer of the tenant, of either kind, has the e-mail address. */
export function isRegistered({ state }: World, tenantId: string, email: string): boolean {
  return state.customers.by('email', `${tenantId}|${email.toLowerCase()}`).length > 0;
}

export function putUser(
  { state }: World,
  { id: customerId, tenantId, email }: Customer,
  user: Pick<User, 'id' | 'username' | 'password' | 'roles'> & { organizationId?: string; status?: string },
): User {
  return state.users.put({
    tenantId,
    customerId,
    email,
    userType: 'CONSUMER',
    status: 'PENDING_ACTIVATION',
    failedAttempts: 0,
    ...user,
  });
}

/** @throws Refusal 400 unless the password has 8 characters of four kinds (S1). */
export function checkPassword(password: string): void {
  if (password.length >= 8 && [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].every((kind) => kind.test(password))) return;
  const message = 'At least 8 characters with upper and lower case, a digit and a special character';
  throw invalid({ field: 'password', message });
}

/** An object's fields; none for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The risk level of a registration; without any category it is that of a standard customer (S1: "optional"). */
function categorize(call: Call, kind: CustomerKind, categoryId: unknown, categorization: Fields): RiskLevel {
  const id = categoryId ?? categorization['categoryId'] ?? categorization['id'];
  if (id === undefined && Object.keys(categorization).length === 0) return 'MEDIUM';
  const category = categoriesOf(call.tenant).find(({ databaseId }) => databaseId === id);
  if (category?.kind !== kind) {
    throw categorizationFailed([], { categoryId: [String(id)] }, 'The category is not in the tenant’s hierarchy');
  }
  if (category.riskLevel === 'PROHIBITED') throw new Refusal(403, 'Customers of this category cannot be onboarded');
  const parameters = parametersOf(categorization);
  const { missingKeys, invalidValues } = checkParameters(parameters);
  if (missingKeys.length > 0 || Object.keys(invalidValues).length > 0) {
    throw categorizationFailed(missingKeys, invalidValues, 'Mandatory keys are missing or have values not allowed');
  }
  return riskIn(category, parameters.get('riskLevel')?.[0] as RiskLevel);
}

function categorizationFailed(missingKeys: string[], invalidValues: object, details: string): Refusal {
  return new Refusal(400, 'Categorization validation failed', { details, missingKeys, invalidValues });
}

/** All `{name, value}` parameters of a categorization: its own, its features', or a plain map. */
function parametersOf(categorization: Fields): Map<string, string[]> {
  const relations = categorization['categoryFeatureRelations'];
  const holders = [categorization, ...(Array.isArray(relations) ? relations.map(fieldsOf) : [])];
  const parameters = new Map<string, string[]>();
  for (const { parametrization } of holders as { parametrization?: unknown }[]) {
    const pairs: [unknown, unknown][] = Array.isArray(parametrization)
      ? parametrization.map((item) => [fieldsOf(item)['name'], fieldsOf(item)['value']])
      : Object.entries(fieldsOf(parametrization));
    for (const [name, value] of pairs) parameters.set(String(name), [value].flat().map(String));
  }
  return parameters;
}

function activationCode(): string {
  return `ACTIVATION_CODE_${randomInt(10_000_000, 99_999_999)}`;
}

/** The two wallets of a customer, inactive until activation (T8). */
function addWallets({ state }: World, { id: customerId, tenantId, kind }: Customer): void {
  const line = kind === 'INDIVIDUAL' ? 'B2C' : 'B2B';
  for (const purpose of ['Product', 'Master']) {
    const wallet: Wallet = {
      id: randomUUID(),
      tenantId,
      customerId,
      assetId: randomUUID(),
      name: `${line} ${purpose} General Purpose Wallet`,
      walletType: `${line}_${purpose}_general_purpose_wallet`.toLowerCase(),
      status: 'INACTIVE',
      currency: 'EUR',
      available: 0,
      blocked: 0,
    };
    state.wallets.put(wallet);
  }
}
