import { z } from 'zod';
import { ORGANIZATION_ROLES } from '../../contract/people-schemas.js';
import { personal, plain } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { Id, Nothing } from './fields.js';
import { fullName, Person, twoNames } from './people.js';
import { Added, goneFrom, Listed, LISTED_PERSONAL, listedByEmail, Removal } from './personnel-records.js';

/** R15. */
export const listEmployees = endpoint({
  operation: 'listEmployees',
  summary: "Lists an organization's employees",
  method: 'GET',
  path: '/api/v2.1/customer/organization/{organizationId}/employees',
  auth: 'admin',
  sources: ['R15'],
  request: z.strictObject({ organizationId: Id }),
  response: Listed('employees'),
  personal: LISTED_PERSONAL,
  idempotency: { class: 'safe' },
});

/** FinHub codes an employee's gender by ISO 5218 (facts §1.5), which has no number for others. */
const GENDERS: Readonly<Partial<Record<string, string>>> = { MALE: '1', FEMALE: '2' };

/** Adds an employee; the first one must have ADMIN_USER. S0, S2, O2, R12, R16, A5. */
export const addEmployee = endpoint({
  operation: 'addEmployee',
  summary: 'Adds an employee with roles',
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/employee',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'O2', 'R1', 'R10', 'R15', 'R16', 'A5'],
  request: z.strictObject({
    organizationId: Id,
    person: Person,
    position: personal(z.string()),
    department: personal(z.string()).optional(),
    roles: z.array(plain(z.string())),
    organizationRole: z.enum(ORGANIZATION_ROLES),
  }),
  headers: ({ actor }) => ({ 'X-User-Roles': actor.roles.join(',') }),
  body: ({ organizationId, person, position, department, roles, organizationRole }) => {
    const { phone, address, gender, ...identity } = person;
    return {
      organizationId,
      person: {
        ...identity,
        ...twoNames(person),
        ...(gender && GENDERS[gender] ? { gender: GENDERS[gender] } : {}),
        fullName: fullName(person),
        phoneNumber: phone,
        countryCode: address.country,
        contacts: [{ type: 'EMAIL', value: person.email, isPrimary: true }],
        addresses: [{ addressLine1: address.street, addressType: 'HOME', ...address }],
      },
      position,
      ...(department === undefined ? {} : { department }),
      roles,
      organizationRole,
      status: 'ACTIVE',
    };
  },
  response: Added,
  idempotency: {
    class: 'guarded',
    readBack: listedByEmail(listEmployees, 'an employee'),
  },
});

/** R15 shows its 204 without its path. */
export const removeEmployee = endpoint({
  operation: 'removeEmployee',
  summary: 'Removes an employee',
  method: 'DELETE',
  path: '/api/v2.1/customer/organization/{organizationId}/employees/{recordId}',
  auth: 'admin',
  sources: ['R15'],
  assumed: "The path follows the director's; nothing of the response is used.",
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listEmployees) },
});
