import { z } from 'zod';
import { personal, plain, secret } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { at, firstText, Id, listIn, Nothing } from './fields.js';
import { listWallets } from './wallets.js';

const truth = (data: unknown, ...paths: string[]): boolean | undefined =>
  paths.map((path) => at(data, path)).find((value): value is boolean => typeof value === 'boolean');

/** Whether FinHub would activate now, and what is missing; undefined if the response does not say. F5, R9, R22, A3. */
const readinessOf = (data: unknown) => ({
  allowed: truth(data, 'activationAllowed', 'canActivate', 'ready', 'readyForActivation'),
  verificationOk: truth(data, 'verificationOk'),
  consentOk: truth(data, 'consentOk'),
  missing: [
    ...listIn(at(data, 'missingConsents')),
    ...listIn(at(data, 'missing')),
    ...listIn(at(data, 'missingRequirements')),
  ].map((item) => (typeof item === 'string' ? item : (firstText(item, 'message', 'code', 'name') ?? 'unnamed'))),
});

export const checkActivation = endpoint({
  operation: 'checkActivation',
  summary: 'Asks whether a person can be activated',
  method: 'GET',
  path: '/api/v2.1/customer/individual/{customerId}/owner/{tenantId}/activation/check',
  auth: 'customer',
  sources: ['F5', 'R8', 'R9', 'R22', 'A3'],
  request: z.strictObject({ customerId: Id, tenantId: Id }),
  response: z.unknown().transform((data, context) => {
    const readiness = readinessOf(data);
    if (readiness.allowed === undefined)
      context.addIssue({ code: 'custom', message: 'it does not say whether activation is allowed' });
    return readiness;
  }),
  idempotency: { class: 'safe' },
});

/** Named only; body undocumented. R21. */
export const checkOrganizationReadiness = endpoint({
  operation: 'checkOrganizationReadiness',
  summary: 'Asks whether an organization can be activated',
  method: 'GET',
  path: '/api/v2.1/customer/organization/{organizationId}/activation/readiness',
  auth: 'admin',
  sources: ['R21'],
  assumed: 'The response has the form that it has for a person; one that does not say counts as ready.',
  request: z.strictObject({ organizationId: Id }),
  response: z.unknown().transform(readinessOf),
  idempotency: { class: 'safe' },
});

/** Activates a person by the mailed code, or by the admin with a reason. S0, S1, S2, S3, F5, R9, L2. */
export const activateIndividual = endpoint({
  operation: 'activateIndividual',
  summary: 'Activates a person and the wallet',
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/activation',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'S3', 'F5', 'R1', 'R2', 'R9', 'L2'],
  request: z.union([
    z.strictObject({ customerId: Id, code: secret(z.string()), email: personal(z.string()) }),
    z.strictObject({ customerId: Id, activationReason: plain(z.string()) }),
  ]),
  body: (input, { actor }) =>
    'code' in input
      ? { code: input.code, userId: input.email }
      : { activationReason: input.activationReason, activatedBy: actor.userId },
  response: Nothing,
  idempotency: { class: 'asynchronous', accepted: {}, polled: listWallets },
});

/** S0, S2, O5, R10, R21, A8. */
export const activateOrganization = endpoint({
  operation: 'activateOrganization',
  summary: 'Activates an organization and its wallet',
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/activation',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'O5', 'R1', 'R10', 'R21', 'A8'],
  request: z.strictObject({ organizationId: Id, activationReason: plain(z.string()) }),
  headers: ({ actor }) => ({ 'X-User-ID': actor.userId, 'X-User-Roles': actor.roles.join(',') }),
  body: ({ activationReason }, { actor }) => ({
    activationReason,
    activatedBy: actor.userId,
    additionalInfo: { activatedBy: actor.userId },
  }),
  response: Nothing,
  idempotency: { class: 'asynchronous', accepted: {}, polled: listWallets },
});
