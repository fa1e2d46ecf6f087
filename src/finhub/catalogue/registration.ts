import { z } from 'zod';
import { personal, plain, secret } from '../../contract/marks.js';
import { FinHubError } from '../error.js';
import { endpoint, type ReadBack } from '../endpoint.js';
import { firstId, madeAfter, requiredId, sameText } from './fields.js';
import { listCustomersByStatus } from './legacy.js';
import {
  Address,
  categorizationDto,
  categoryDto,
  CategoryChoice,
  fullName,
  Person,
  personDto,
  twoNames,
} from './people.js';
import { openCustomerSession, openOrganizationSession } from './sessions.js';

/** States a customer can be in right after registration; the documents disagree (facts §8). */
const FRESH = {
  individual: ['CS_REGISTRATION_COMPLETED', 'PENDING_VERIFICATION'],
  organization: ['PENDING_VERIFICATION', 'PENDING_ACTIVATION'],
};

/**
 * The customer with this e-mail that was registered after the case first wanted it, and that the application's password logs in to: the
 * e-mail alone could be a stranger's. Without an earlier try of ours, it belongs to another application of the same person.
 */
function registeredAs<I>(
  kind: keyof typeof FRESH,
  loginOf: (input: I) => { email: string; password: string },
): ReadBack<I, { customerId: string; userId: string }> {
  return {
    reads: [listCustomersByStatus, kind === 'individual' ? openCustomerSession : openOrganizationSession],
    proof: "registered after our first try, and the application's password logs in",
    absence: 'not needed: FinHub refuses a second one with the same e-mail address',
    find: async ({ input, read, requestedAt, mayBeOurs, canLogIn }) => {
      if (!mayBeOurs) return [];
      const { email, password } = loginOf(input);
      for (const customerStatus of FRESH[kind]) {
        const { customers } = await read(listCustomersByStatus, { customerStatus }).catch(nothingThere);
        for (const { customerId, userId, email: found, createdAt } of customers) {
          if (!customerId || !sameText(found, email) || !madeAfter(createdAt, requestedAt)) continue;
          if (!userId) throw withoutUser(kind);
          if (await canLogIn({ kind, customerId, userId, username: email, password })) {
            return [{ id: customerId, result: { customerId, userId } }];
          }
        }
      }
      return [];
    },
  };
}

/** FinHub makes an organization's admin some time later (O1); until then no login can prove that the organization is ours. */
function withoutUser(kind: keyof typeof FRESH): FinHubError {
  const operation = kind === 'individual' ? 'registerIndividual' : 'registerOrganization';
  return new FinHubError(
    'unavailable',
    operation,
    'it is registered, but has no user yet whose login proves that it is ours',
    {
      unclear: true,
    },
  );
}

/** Nothing can be found without access to the older host, or if nobody has the status. */
function nothingThere(error: unknown): { customers: never[] } {
  if (error instanceof FinHubError && ['notFound', 'forbidden'].includes(error.kind)) return { customers: [] };
  throw error;
}

/**
 * Registers a person: customer, user with credentials, inactive wallet. FinHub then mails the activation code.
 * S0, S1, S2, S3, F1, R4, A1.
 */
export const registerIndividual = endpoint({
  operation: 'registerIndividual',
  summary: 'Registers a person, with user and inactive wallet',
  method: 'POST',
  path: '/api/v2.1/customer/individual/registration',
  auth: 'admin',
  sources: ['S0', 'S1', 'S2', 'S3', 'F1', 'R1', 'R2', 'R4', 'A1'],
  request: z.strictObject({ person: Person, password: secret(z.string()), category: CategoryChoice.optional() }),
  body: ({ person, password, category }, { tenantId }) => {
    const { address: _, ...identity } = person;
    const roles = ['ACCOUNT_OWNER', 'USER'];
    return {
      ...identity,
      ...twoNames(person),
      tenantId,
      pincode: person.address.postalCode,
      password,
      matchingPassword: password,
      roleIds: roles,
      ...categoryDto(category),
      individualCustomer: {
        tenantId,
        customerName: fullName(person),
        person: personDto(person),
        user: {
          tenantId,
          username: person.email,
          email: person.email,
          password,
          status: 'PENDING_ACTIVATION',
          roles,
          isActive: false,
        },
        ...categorizationDto(category),
      },
    };
  },
  echo: ({ person: { email } }) => [
    { name: 'e-mail address', value: email, places: ['email', 'person.email', 'user.email'] },
  ],
  response: z.unknown().transform((data, context) => ({
    customerId: requiredId(data, context, 'customerId', 'id', 'customer.id'),
    userId: requiredId(data, context, 'userId', 'user.id', 'user.userId', 'individual.userId'),
  })),
  idempotency: {
    class: 'naturalKey',
    readBack: registeredAs('individual', ({ person, password }: { person: Person; password: string }) => ({
      email: person.email,
      password,
    })),
  },
});

const Organization = z.strictObject({
  legalName: personal(z.string()),
  tradingName: personal(z.string()).optional(),
  registrationNumber: personal(z.string()),
  taxId: personal(z.string()),
  legalForm: plain(z.string()),
  industry: plain(z.string()),
  incorporationDate: personal(z.string()),
  website: personal(z.string()).optional(),
  email: personal(z.string()),
  phone: personal(z.string()),
  address: Address,
});

/** Registers an organization. FinHub makes a default admin later; we add its people one by one. S0, S2, O1, R11, A4. */
export const registerOrganization = endpoint({
  operation: 'registerOrganization',
  summary: 'Registers an organization, with inactive wallet',
  method: 'POST',
  path: '/api/v2.1/customer/organization/registration',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'O1', 'R1', 'R10', 'R11', 'A4'],
  request: z.strictObject({
    organization: Organization,
    password: secret(z.string()),
    category: CategoryChoice.optional(),
  }),
  body: ({ organization, password, category }, { tenantId }) => {
    const { address, ...rest } = organization;
    const roles = ['ACCOUNT_OWNER', 'ADMIN'];
    return {
      tenantId,
      email: organization.email,
      password,
      matchingPassword: password,
      roleIds: roles,
      ...categoryDto(category),
      organizationCustomer: {
        tenantId,
        customerName: organization.legalName,
        organization: {
          ...rest,
          businessType: 'B2B',
          addresses: [{ ...address, type: 'REGISTERED_OFFICE', isPrimary: true }],
          contacts: [
            { type: 'EMAIL', value: organization.email, isPrimary: true },
            { type: 'PHONE', value: organization.phone, isPrimary: false },
          ],
        },
        user: {
          username: organization.email,
          email: organization.email,
          password,
          status: 'PENDING_ACTIVATION',
          roles,
        },
        ...categorizationDto(category),
      },
    };
  },
  echo: ({ organization: { email, registrationNumber } }) => [
    { name: 'e-mail address', value: email, places: ['email', 'organization.email', 'user.email'] },
    {
      name: 'registration number',
      value: registrationNumber,
      places: ['registrationNumber', 'organization.registrationNumber'],
    },
  ],
  response: z.unknown().transform((data, context): { customerId: string; userId?: string | undefined } => ({
    customerId: requiredId(data, context, 'organizationId', 'id', 'customerId'),
    userId: firstId(data, 'userId', 'user.id', 'adminEmployees.0.userId'),
  })),
  idempotency: {
    class: 'naturalKey',
    readBack: registeredAs(
      'organization',
      ({ organization, password }: { organization: z.infer<typeof Organization>; password: string }) => ({
        email: organization.email,
        password,
      }),
    ),
  },
});
