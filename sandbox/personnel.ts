import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { peopleOf, totalOwnership } from './activation.js';
import type { Call } from './call.js';
import { iso } from './clock.js';
import type { AddedPerson } from './profiles/runner-shapes.js';
import { invalid, read, Refusal } from './refusal.js';
import { fieldsOf, putUser } from './registration.js';
import type { Customer, Personnel } from './records.js';
import { recordMaking, type World } from './world.js';

const EMPLOYEE_ROLES = ['ADMIN_USER', 'COMPLIANCE_OFFICER', 'TRANSACTION_APPROVER', 'EMPLOYEE'] as const;

const text = z.string().min(1);
const percentage = z.number().min(0).max(100);
const person = z.looseObject({
  firstName: text,
  lastName: text,
  email: z.email(),
  dateOfBirth: z.iso.date().optional(),
  isPEP: z.boolean().default(false),
  position: text.optional(),
  role: text.optional(),
  directorType: text.optional(),
  department: text.optional(),
  ownershipPercentage: percentage.default(0),
});
const shareholder = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('INDIVIDUAL'),
    firstName: text,
    lastName: text,
    email: z.email().optional(),
    ownershipPercentage: percentage,
    isBeneficialOwner: z.boolean().default(false),
    isPEP: z.boolean().default(false),
  }),
  z.looseObject({
    type: z.literal('CORPORATE'),
    companyName: text,
    email: z.email().optional(),
    ownershipPercentage: percentage,
    isBeneficialOwner: z.boolean().default(false),
    isPEP: z.boolean().default(false),
  }),
]);
const employee = z.looseObject({ roles: z.array(z.enum(EMPLOYEE_ROLES)).min(1) });

/** Adds a director (O02): the organization's record and an individual customer with temporary credentials. */
export function addDirector(call: Call, organization: Customer): AddedPerson {
  const given = read(person, flattened(call.body));
  if (given.position === undefined && given.role === undefined && given.directorType === undefined) {
    throw invalid({ field: 'role', message: 'role or position is required' });
  }
  return addPerson(call.world, organization, 'director', {
    ...given,
    position: given.role ?? given.position ?? given.directorType,
    roles: [],
    isBeneficialOwner: false,
    status: 'ACTIVE',
  });
}

/** Adds one shareholder or several (O06). @throws Refusal 422 when they would hold more than 100 %. */
export function addShareholders(call: Call, organization: Customer): AddedPerson[] {
  const bodies = [call.body].flat().map((body) => ({ type: 'INDIVIDUAL', ...flattened(body) }));
  const given = read(z.array(shareholder).min(1), bodies);
  const total = totalOwnership([...peopleOf(call.world.state, organization, 'shareholder'), ...given]);
  if (total > 100) {
    throw new Refusal(422, 'Total ownership exceeds 100 %', { details: `It would be ${total} %` });
  }
  return given.map((holder) =>
    addPerson(call.world, organization, 'shareholder', { ...holder, roles: [], status: 'PENDING_VERIFICATION' }),
  );
}

/** Adds an employee (O10). @throws Refusal 400 when none would hold ADMIN_USER (R12). */
export function addEmployee(call: Call, organization: Customer): AddedPerson {
  const fields = flattened(call.body);
  const given = { ...read(person, fields), ...read(employee, fields) };
  const admins = [given, ...peopleOf(call.world.state, organization, 'employee')];
  if (!admins.some(({ roles }) => roles.includes('ADMIN_USER'))) {
    throw new Refusal(
      400,
      "Missing required role 'ADMIN_USER' for BUSINESS_TYPE_CLIENT_TO_TENANT organization. At least one employee must have this role.",
    );
  }
  return addPerson(call.world, organization, 'employee', { ...given, isBeneficialOwner: false, status: 'ACTIVE' });
}

/** The user that FinHub makes for a new organization by itself, some time after the registration (O1). */
export function createDefaultAdmin(world: World, organizationId: string): void {
  const registered = world.state.customers.get(organizationId) as Customer;
  const { defaultAdminPassword = '', ...organization } = registered;
  const user = putUser(world, organization, {
    id: randomUUID(),
    organizationId,
    username: organization.email,
    password: defaultAdminPassword,
    roles: ['ACCOUNT_OWNER', 'ADMIN'],
  });
  world.state.customers.put({ ...organization, userId: user.id });
}

/** The key by which the ledger knows a person: the organization with the e-mail or else the name. */
export function personKey(person: Pick<Personnel, 'organizationId' | 'email' | 'name'>): string {
  return `${person.organizationId}/${person.email?.toLowerCase() ?? person.name}`;
}

type Given = Pick<Personnel, 'roles' | 'ownershipPercentage' | 'isPEP' | 'isBeneficialOwner' | 'status'> &
  Partial<Pick<Personnel, 'firstName' | 'lastName' | 'companyName' | 'email' | 'position' | 'department'>>;

function addPerson(world: World, organization: Customer, role: Personnel['role'], given: Given): AddedPerson {
  const { state, clock } = world;
  const { firstName, lastName, companyName, email, position, department } = given;
  const { roles, ownershipPercentage, isPEP, isBeneficialOwner, status } = given;
  const name = companyName ?? `${firstName} ${lastName}`;
  const createdAt = iso(clock.now());
  const individual =
    companyName === undefined ? addIndividual(world, organization, name, email ?? '', roles) : undefined;
  const record = state.personnel.put({
    id: randomUUID(),
    tenantId: organization.tenantId,
    organizationId: organization.id,
    ...(individual && { customerId: individual.customerId, userId: individual.id }),
    ...{ role, name, firstName, lastName, companyName, email, position, department },
    ...{ roles, ownershipPercentage, isPEP, isBeneficialOwner, status, createdAt },
  });
  recordMaking(world, organization.tenantId, role, personKey(record), record.id);
  return individual ? { record, username: individual.username, temporaryPassword: individual.password } : { record };
}

/** The individual half of the dual record, with a user that can log in to the organization. */
function addIndividual(world: World, organization: Customer, name: string, email: string, roles: readonly string[]) {
  const { state, clock } = world;
  const userId = randomUUID();
  const customer = state.customers.put({
    id: randomUUID(),
    tenantId: organization.tenantId,
    kind: 'INDIVIDUAL',
    origin: 'personnel',
    status: 'ACTIVE',
    email,
    name,
    userId,
    riskLevel: 'MEDIUM',
    createdAt: iso(clock.now()),
    details: { fullName: name },
  });
  return putUser(world, customer, {
    id: userId,
    organizationId: organization.id,
    username: `${name.toLowerCase().replace(/[^\p{L}]+/gu, '.')}.${randomBytes(3).toString('hex')}`,
    password: `Tmp-${randomBytes(6).toString('hex')}-A1!`,
    roles,
    status: 'ACTIVE',
  });
}

/** A person's fields whether they stand in `person` (R12, R16) or flat (O2, R15). */
function flattened(body: unknown): Record<string, unknown> {
  const fields = fieldsOf(body);
  return { ...fieldsOf(fields['person']), ...fields };
}
