import { z } from 'zod';
import { personal, plain, secret } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { isWhole } from './absence.js';
import { firstId, firstText, Id, Payload, requiredId, requiredList } from './fields.js';
import { firstTime } from './times.js';

/*
 * The calls of v1 and v2 (S4), on the older host with its API key. No lifecycle starts with them; two of them are the only documented
 * look-ups for registered customers and started verifications. If S4 shows no body for a call, we use the fields of the calls it shows.
 */

/** Customers in one status. S4. */
export const listCustomersByStatus = endpoint({
  operation: 'listCustomersByStatus',
  summary: 'Lists customers in a status; the only documented way to find a registered one',
  method: 'GET',
  path: '/v2/customer/status/{customerStatus}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'The response is a list, bare or named, of customers with ids, e-mail and time of registration.',
  request: z.strictObject({ customerStatus: plain(z.string()) }),
  response: z.unknown().transform((data, context) => ({
    customers: requiredList(data, context, 'customers', 'content', 'items').map((item) => ({
      customerId: firstId(item, 'customerId', 'organizationId', 'id'),
      userId: firstId(item, 'userId', 'user.id', 'user.userId'),
      email: firstText(item, 'email', 'user.email', 'person.email'),
      name: firstText(item, 'customerName', 'legalName', 'name', 'person.fullName', 'fullName'),
      createdAt: firstTime(item, ['createdAt', 'registeredAt', 'registrationDate']),
    })),
  })),
  personal: ['email', 'name'],
  idempotency: { class: 'safe' },
});

/** A customer's verifications. S4. */
export const getVerificationHistory = endpoint({
  operation: 'getVerificationHistory',
  summary: "Lists a customer's verifications; the only documented way to find a started one",
  method: 'GET',
  path: '/v2/verification-history/{customerId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'The response is a list, bare or named, of verifications with `verificationId` or `id`.',
  request: z.strictObject({ customerId: Id }),
  response: z.unknown().transform((data, context) => {
    const list = requiredList(data, context, 'verifications', 'history', 'items', 'content');
    const verifications = list.map((item) => ({
      verificationId: requiredId(item, context, 'verificationId', 'id'),
      customerId: firstText(item, 'customerId', 'organizationId'),
      status: firstText(item, 'status'),
    }));
    return { verifications, whole: isWhole(data, list.length) };
  }),
  idempotency: { class: 'safe' },
});

const Customer = z.unknown().transform((data, context) => ({
  customerId: requiredId(data, context, 'customerId', 'id', 'profileId'),
  status: firstText(data, 'status', 'customerStatus'),
}));

/** Registers a customer of v1; FinHub then mails a link. Nothing documented proves that an existing one is ours. S4. */
export const createLegacyCustomer = endpoint({
  operation: 'createLegacyCustomer',
  summary: 'Registers a person by v1, with a captcha',
  method: 'POST',
  path: '/api/v1/customers',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  request: z.strictObject({
    firstName: personal(z.string()),
    lastName: personal(z.string()),
    email: personal(z.string()),
    password: secret(z.string()),
    captcha: secret(z.string()),
    termsAccepted: z.literal(true),
    marketingConsent: z.boolean().optional(),
  }),
  response: Customer,
  idempotency: { class: 'naturalKey' },
});

/** S4. */
export const getLegacyProfile = endpoint({
  operation: 'getLegacyProfile',
  summary: "Reads a customer's profile by v2",
  method: 'GET',
  path: '/v2/profile/{customerId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'The response has `customerId` and `status`.',
  request: z.strictObject({ customerId: Id }),
  response: Customer,
  idempotency: { class: 'safe' },
});

/** S4. */
export const updateLegacyProfile = endpoint({
  operation: 'updateLegacyProfile',
  summary: "Changes a customer's contact details by v2",
  method: 'PUT',
  path: '/v2/profile/{profileId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: "`profileId` is the customer's id, and the body holds the fields to change.",
  request: z.strictObject({ profileId: Id, changes: personal(Payload) }),
  body: ({ changes }) => changes,
  response: Customer,
  idempotency: { class: 'repeatable' },
});

/** S4. */
export const getLegacyCustomer = endpoint({
  operation: 'getLegacyCustomer',
  summary: 'Reads a customer by v2',
  method: 'GET',
  path: '/v2/customer/{customerId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'The response has `customerId` and `status`.',
  request: z.strictObject({ customerId: Id }),
  response: Customer,
  idempotency: { class: 'safe' },
});

/** S4. */
export const setLegacyPersonStatus = endpoint({
  operation: 'setLegacyPersonStatus',
  summary: "Sets a person's status by v2",
  method: 'PUT',
  path: '/v2/persons/{customerId}/{customerStatus}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'There is no body, and the response has `customerId` and `status`.',
  request: z.strictObject({ customerId: Id, customerStatus: plain(z.string()) }),
  response: Customer,
  idempotency: { class: 'repeatable' },
});

const Organization = z.unknown().transform((data, context) => ({
  organizationId: requiredId(data, context, 'organizationId', 'id'),
  status: firstText(data, 'status'),
  kybStatus: firstText(data, 'kybStatus'),
}));

/** Creates an organization of v2; FinHub refuses a second one. Nothing documented proves that an existing one is ours. S4. */
export const createLegacyOrganization = endpoint({
  operation: 'createLegacyOrganization',
  summary: 'Creates an organization by v2',
  method: 'POST',
  path: '/v2/organization',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  request: z.strictObject({
    businessName: personal(z.string()),
    businessType: plain(z.string()),
    registrationNumber: personal(z.string()),
    countryOfIncorporation: plain(z.string()),
    dateOfIncorporation: personal(z.string()),
    industryType: plain(z.string()),
    contactEmail: personal(z.string()),
    contactPhone: personal(z.string()),
  }),
  response: Organization,
  idempotency: { class: 'naturalKey' },
});

/** S4. */
export const getLegacyOrganization = endpoint({
  operation: 'getLegacyOrganization',
  summary: 'Reads an organization in a status by v2',
  method: 'GET',
  path: '/v2/organization/{organizationId}/{status}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'The response has the form of the one to POST; 404 where the organization is in another status.',
  request: z.strictObject({ organizationId: Id, status: plain(z.string()) }),
  response: Organization,
  idempotency: { class: 'safe' },
});

/** S4. */
export const setLegacyOrganizationStatus = endpoint({
  operation: 'setLegacyOrganizationStatus',
  summary: "Sets an organization's status by v2",
  method: 'PUT',
  path: '/v2/organization/{organizationId}/{status}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: 'There is no body, and the response has the form of the one to POST.',
  request: z.strictObject({ organizationId: Id, status: plain(z.string()) }),
  response: Organization,
  idempotency: { class: 'repeatable' },
});
