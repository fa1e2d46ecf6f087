import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { firstText, Id, listIn } from './fields.js';

/** Customers in one status, with what the answer says of them; body undocumented, read tolerantly. S4. */
export const listCustomersByStatus = endpoint({
  operation: 'listCustomersByStatus',
  summary: 'Lists customers in a status; the only documented way to find one that was registered',
  method: 'GET',
  path: '/v2/customer/status/{customerStatus}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  request: z.strictObject({ customerStatus: z.string() }),
  response: z.unknown().transform((data) => ({
    customers: listIn(data, 'customers', 'content', 'items').map((item) => ({
      customerId: firstText(item, 'customerId', 'organizationId', 'id'),
      userId: firstText(item, 'userId', 'user.id', 'user.userId'),
      email: firstText(item, 'email', 'user.email', 'person.email'),
      name: firstText(item, 'customerName', 'legalName', 'name', 'person.fullName', 'fullName'),
      createdAt: firstText(item, 'createdAt', 'registeredAt'),
    })),
  })),
  idempotency: { class: 'safe' },
});

/** A customer's verifications; body undocumented, read tolerantly. S4. */
export const getVerificationHistory = endpoint({
  operation: 'getVerificationHistory',
  summary: "Lists a customer's verifications; the only documented way to find one that was started",
  method: 'GET',
  path: '/v2/verification-history/{customerId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  request: z.strictObject({ customerId: Id }),
  response: z.unknown().transform((data) => ({
    verifications: listIn(data, 'verifications', 'history', 'items').map((item) => ({
      verificationId: firstText(item, 'verificationId', 'id'),
      status: firstText(item, 'status'),
      createdAt: firstText(item, 'createdAt', 'startedAt'),
    })),
  })),
  idempotency: { class: 'safe' },
});
