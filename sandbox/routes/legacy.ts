import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { customerOf, type Call, type Route } from '../call.js';
import { iso } from '../clock.js';
import type { Answer } from '../profiles/answer.js';
import { documentView } from '../profiles/runner-views.js';
import { invalid, read, Refusal } from '../refusal.js';
import { checkPassword, fieldsOf, isRegistered } from '../registration.js';
import type { Customer, Verification } from '../records.js';
import { recordMaking } from '../world.js';
import { create } from './verification.js';

/** The v1 and v2 calls of S4; where it names a call only, the body is our assumption. */
export const legacyRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/v1/customers', access: 'api-key', handle: createCustomer },
  { method: 'GET', path: '/v2/profile/{customerId}', access: 'api-key', handle: showCustomer },
  { method: 'PUT', path: '/v2/profile/{profileId}', access: 'api-key', handle: updateProfile },
  { method: 'GET', path: '/v2/customer/{customerId}', access: 'api-key', handle: showCustomer },
  { method: 'GET', path: '/v2/customer/status/{customerStatus}', access: 'api-key', handle: listByStatus },
  { method: 'PUT', path: '/v2/persons/{customerId}/{customerStatus}', access: 'api-key', handle: setPersonStatus },
  { method: 'POST', path: '/v2/organization', access: 'api-key', handle: createOrganization },
  { method: 'GET', path: '/v2/organization/{organizationId}/{status}', access: 'api-key', handle: showOrganization },
  {
    method: 'PUT',
    path: '/v2/organization/{organizationId}/{status}',
    access: 'api-key',
    handle: setOrganizationStatus,
  },
  { method: 'PUT', path: '/v2/kyb/initiateKYBStatus/{organizationId}', access: 'api-key', handle: initiateKyb },
  { method: 'GET', path: '/v2/verification-history/{customerId}', access: 'api-key', handle: verificationHistory },
];

const text = z.string().min(1);
const newCustomer = z.looseObject({
  firstName: text,
  lastName: text,
  email: z.email(),
  password: text,
  captcha: text,
  termsAccepted: z.literal(true, { error: 'Must be true' }),
});
const newOrganization = z.looseObject({
  businessName: text,
  businessType: text,
  registrationNumber: text,
  countryOfIncorporation: text,
  dateOfIncorporation: z.iso.date(),
  industryType: text,
  contactEmail: z.email(),
  contactPhone: text,
});

function createCustomer(call: Call): Answer {
  const { password, captcha: _captcha, ...given } = read(newCustomer, call.body);
  checkPassword(password);
  if (isRegistered(call.world, call.tenant.id, given.email))
    throw invalid({ field: 'email', message: 'Email address is already registered' });
  const name = `${given.firstName} ${given.lastName}`;
  const customer = put(call, 'INDIVIDUAL', 'PENDING_EMAIL_VERIFICATION', given.email, name, given);
  const data = { ...customerView(customer), verificationEmailSent: true };
  return { status: 201, bare: true, data };
}

function createOrganization(call: Call): Answer {
  const given = read(newOrganization, call.body);
  if (isRegistered(call.world, call.tenant.id, given.contactEmail))
    throw new Refusal(409, 'Organization already exists');
  const organization = put(call, 'ORGANIZATION', 'PENDING_VERIFICATION', given.contactEmail, given.businessName, given);
  return { status: 201, bare: true, data: organizationView(call, organization) };
}

function showCustomer(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'));
  return flat({ ...customerView(customer), details: customer.details });
}

function updateProfile(call: Call): Answer {
  const customer = customerOf(call, call.param('profileId'));
  const details = { ...customer.details, ...fieldsOf(call.body) };
  return flat({ ...customerView(call.world.state.customers.patch(customer.id, { details })), details });
}

function listByStatus(call: Call): Answer {
  const status = call.param('customerStatus');
  const customers = call.world.state.customers.by('status', `${call.tenant.id}|${status}`);
  return flat({ customerStatus: status, customers: customers.map(customerView), total: customers.length });
}

function setPersonStatus(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'), 'INDIVIDUAL');
  return flat(customerView(setStatus(call, customer, call.param('customerStatus'))));
}

function showOrganization(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  if (organization.status !== call.param('status')) throw new Refusal(404, 'Organization not found in this status');
  return flat(organizationView(call, organization));
}

function setOrganizationStatus(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  return flat(organizationView(call, setStatus(call, organization, call.param('status'))));
}

function initiateKyb(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  const verification = create(call, organization, { status: 'PENDING', requestedLevel: 'TENANT_VERIFIED' });
  return flat({ organizationId: organization.id, verificationId: verification.id, kybStatus: verification.status });
}

function verificationHistory(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'));
  const { state } = call.world;
  const history = state.verifications.by('customer', customer.id).map((verification) => ({
    ...historyView(verification),
    documents: state.documents.by('verification', verification.id).map(documentView),
  }));
  return flat({ customerId: customer.id, verifications: history, total: history.length });
}

/** Suspends an active customer, or takes that back: there is no other way for a status to move from outside. */
function setStatus(call: Call, customer: Customer, status: string): Customer {
  if (customer.status === status) return customer;
  const allowed = { ACTIVE: 'SUSPENDED', SUSPENDED: 'ACTIVE' }[customer.status];
  if (status !== allowed) throw new Refusal(400, `Status cannot change from ${customer.status} to ${status}`);
  return call.world.state.customers.patch(customer.id, { status });
}

function put(
  call: Call,
  kind: Customer['kind'],
  status: string,
  email: string,
  name: string,
  details: Customer['details'],
): Customer {
  const customer: Customer = {
    id: randomUUID(),
    tenantId: call.tenant.id,
    origin: 'legacy',
    riskLevel: 'MEDIUM',
    createdAt: iso(call.now),
    email: email.toLowerCase(),
    ...{ kind, status, name, details },
  };
  recordMaking(
    call.world,
    call.tenant.id,
    kind === 'INDIVIDUAL' ? 'customer' : 'organization',
    customer.email,
    customer.id,
  );
  return call.world.state.customers.put(customer);
}

function flat(data: unknown): Answer {
  return { bare: true, data };
}

function customerView({ id, userId, email, name, status, createdAt, details }: Customer) {
  const { firstName = null, lastName = null } = details;
  return { customerId: id, userId: userId ?? null, email, name, firstName, lastName, status, createdAt };
}

function organizationView({ world }: Call, organization: Customer) {
  const { id, userId, email, name, status, createdAt } = organization;
  const kyb = world.state.verifications.by('customer', id).at(-1);
  return {
    organizationId: id,
    businessName: name,
    contactEmail: email,
    adminUserId: userId ?? null,
    status,
    createdAt,
    kybStatus: kyb?.status ?? 'NOT_STARTED',
  };
}

function historyView(verification: Verification) {
  const { id, kind, type, status, level, requestedLevel, startedAt, submittedAt, decidedBy, decidedAt } = verification;
  return {
    verificationId: id,
    verificationType: kind,
    ...{ type, status, requestedLevel, verificationLevel: level ?? null, startedAt },
    ...{ submittedAt: submittedAt ?? null, approvedBy: decidedBy ?? null, approvedAt: decidedAt ?? null },
  };
}
