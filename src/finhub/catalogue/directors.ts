import { z } from 'zod';
import { DIRECTOR_TYPES } from '../../contract/people-schemas.js';
import { personal } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { Id, Nothing } from './fields.js';
import { Person, twoNames } from './people.js';
import { Added, goneFrom, Listed, LISTED_PERSONAL, listedByEmail, Removal } from './personnel-records.js';

/** R1, R13. */
export const listDirectors = endpoint({
  operation: 'listDirectors',
  summary: "Lists an organization's directors",
  method: 'GET',
  path: '/api/v2.1/customer/organization/{organizationId}/directors',
  auth: 'admin',
  sources: ['R1', 'R13'],
  request: z.strictObject({ organizationId: Id }),
  response: Listed('directors'),
  personal: LISTED_PERSONAL,
  idempotency: { class: 'safe' },
});

/** One page wants the type, another the role; the chairman's role is cut off there (facts O02). */
const DIRECTOR_ROLES: Readonly<Record<(typeof DIRECTOR_TYPES)[number], string>> = {
  EXECUTIVE: 'EXECUTIVE_DIRECTOR',
  NON_EXECUTIVE: 'NON_EXECUTIVE_DIRECTOR',
  MANAGING: 'MANAGING_DIRECTOR',
  CHAIRMAN: 'CHAIRMAN',
};

/** Adds a director; FinHub makes two linked records. S0, S2, O2, R12. */
export const addDirector = endpoint({
  operation: 'addDirector',
  summary: 'Adds a director',
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/director',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'O2', 'R10', 'R12'],
  request: z.strictObject({
    organizationId: Id,
    person: Person,
    position: personal(z.string()),
    directorType: z.enum(DIRECTOR_TYPES),
    isPEP: personal(z.boolean()),
  }),
  body: ({ organizationId, person, position, directorType, isPEP }, { tenantId }) => {
    const { phone, ...given } = person;
    const identity = { ...given, ...twoNames(person) };
    return {
      tenantId,
      organizationId,
      ...identity,
      phoneNumber: phone,
      position,
      directorType,
      role: DIRECTOR_ROLES[directorType],
      isPEP,
      person: { ...identity, phoneNumber: phone },
    };
  },
  response: Added,
  idempotency: {
    class: 'guarded',
    readBack: listedByEmail(listDirectors, 'a director'),
  },
});

/** Named only. R13. */
export const removeDirector = endpoint({
  operation: 'removeDirector',
  summary: 'Removes a director',
  method: 'DELETE',
  path: '/api/v2.1/customer/organization/{organizationId}/directors/{recordId}',
  auth: 'admin',
  sources: ['R13'],
  assumed: 'Nothing of the response is used; 404 means that the director is gone.',
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listDirectors) },
});
