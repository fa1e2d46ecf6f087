import { z } from 'zod';
import { personal, secret } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { firstId, Id, Nothing, requiredText } from './fields.js';

/** A token and its ids; held in the worker's memory, never in Temporal. */
const Session = z.unknown().transform((data, context) => ({
  token: requiredText(data, context, 'token', 'accessToken', 'access_token'),
  sessionId: firstId(data, 'sessionId', 'id'),
}));

const Login = z.strictObject({
  username: personal(z.string()),
  password: secret(z.string()),
  tenantId: Id,
  tenantKey: secret(z.string()),
  tenantSecret: secret(z.string()),
});

/** The login body of all three kinds. Source: R5, A7, M2, M6. */
const loginBody = (login: z.infer<typeof Login>) => ({ ...login, credentialType: 'PASSWORD', value: login.password });

/** S0, S1, S2, S3, F2, R5, A2. */
export const openCustomerSession = endpoint({
  operation: 'openCustomerSession',
  summary: 'Logs a customer in',
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/users/{userId}/sessions',
  auth: 'none',
  sources: ['S0', 'S1', 'S2', 'S3', 'F2', 'R2', 'R5', 'A2'],
  echo: null,
  request: Login.extend({ customerId: Id, userId: Id }),
  body: ({ customerId: _customer, userId: _user, ...login }) => loginBody(login),
  response: Session,
  secrets: ['token'],
  idempotency: { class: 'repeatable' },
});

/** A7, R1. */
export const openOrganizationSession = endpoint({
  operation: 'openOrganizationSession',
  summary: 'Logs a user of an organization in',
  method: 'POST',
  path: '/api/v2.1/customer/organization/{customerId}/users/{userId}/sessions',
  auth: 'none',
  sources: ['A7', 'R1'],
  echo: null,
  request: Login.extend({ customerId: Id, userId: Id }),
  body: ({ customerId: _customer, userId: _user, ...login }) => loginBody(login),
  response: Session,
  secrets: ['token'],
  idempotency: { class: 'repeatable' },
});

/** M2, M6, A15. */
export const openAdminSession = endpoint({
  operation: 'openAdminSession',
  summary: "Logs a tenant's or power tenant's admin in",
  method: 'POST',
  path: '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions',
  auth: 'none',
  sources: ['M2', 'M6', 'A15'],
  echo: null,
  request: Login.extend({ organizationId: Id, userId: Id }),
  body: ({ organizationId: _organization, userId: _user, ...login }) => loginBody(login),
  response: Session,
  secrets: ['token'],
  idempotency: { class: 'repeatable' },
});

/** S1, F2, R5. */
export const closeCustomerSession = endpoint({
  operation: 'closeCustomerSession',
  summary: 'Logs a customer out',
  method: 'DELETE',
  path: '/api/v2.1/customer/individual/{customerId}/users/{userId}/sessions/{sessionId}',
  auth: 'customer',
  sources: ['S1', 'F2', 'R5'],
  request: z.strictObject({ customerId: Id, userId: Id, sessionId: Id }),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

/** Named by no document; as for customers. A7, R1. */
export const closeOrganizationSession = endpoint({
  operation: 'closeOrganizationSession',
  summary: 'Logs a user of an organization out',
  method: 'DELETE',
  path: '/api/v2.1/customer/organization/{customerId}/users/{userId}/sessions/{sessionId}',
  auth: 'customer',
  sources: ['A7', 'R1'],
  assumed: "The path follows the person's log-out.",
  request: z.strictObject({ customerId: Id, userId: Id, sessionId: Id }),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

/** Named by no document; as for customers. M2, M6. */
export const closeAdminSession = endpoint({
  operation: 'closeAdminSession',
  summary: "Logs a tenant's or power tenant's admin out",
  method: 'DELETE',
  path: '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions/{sessionId}',
  auth: 'admin',
  sources: ['M2', 'M6'],
  assumed: "The path follows the person's log-out.",
  request: z.strictObject({ organizationId: Id, userId: Id, sessionId: Id }),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});
