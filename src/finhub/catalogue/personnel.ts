import { z } from 'zod';
import { DIRECTOR_TYPES, ORGANIZATION_ROLES, type DirectorType } from '../../lifecycle/application.js';
import { personal, plain } from '../../privacy/marks.js';
import { FinHubError } from '../error.js';
import { endpoint, type Match, type ReadBack, type Search } from '../endpoint.js';
import { absenceFrom, absent, isGone, isWhole } from './absence.js';
import { firstId, firstText, Id, Nothing, requiredId, requiredList, sameText } from './fields.js';
import { fullName, Person, twoNames } from './people.js';

/**
 * A person's record in an organization. FinHub links it to a customer record of the person's own, with a temporary password that cannot be
 * read again; nothing here needs it, so it is not kept.
 */
const Added = z.unknown().transform((data, context) => {
  const one = Array.isArray(data) ? (data[0] as unknown) : data;
  return {
    recordId: requiredId(
      one,
      context,
      'directorId',
      'shareholderId',
      'employeeId',
      'shareholders.0.shareholderId',
      'id',
      'individual.userId',
      'userId',
    ),
    individualId: firstId(
      one,
      'individualCustomerId',
      'individual.customerId',
      'individual.id',
      'individual.userId',
      'customerId',
      'userId',
    ),
  };
});
type Added = z.infer<typeof Added>;

const Listed = (...names: string[]) =>
  z.unknown().transform((data, context) => {
    const list = requiredList(data, context, ...names, 'items', 'content');
    const people = list.map((item) => ({
      recordId: requiredId(item, context, 'directorId', 'shareholderId', 'employeeId', 'id'),
      individualId: firstId(
        item,
        'individualCustomerId',
        'individual.customerId',
        'individualId',
        'customerId',
        'userId',
      ),
      email: firstText(item, 'email', 'person.email', 'individual.email'),
      firstName: firstText(item, 'firstName', 'person.firstName'),
      lastName: firstText(item, 'lastName', 'person.lastName'),
      companyName: firstText(item, 'companyName'),
      percentage: firstText(item, 'ownershipPercentage', 'sharePercentage'),
    }));
    // Only the list of employees is said to have pages (facts O11).
    return { people, whole: isWhole(data, people.length) };
  });
const LISTED_PERSONAL = ['email', 'firstName', 'lastName', 'companyName', 'percentage'] as const;
type People = z.infer<ReturnType<typeof Listed>>;
type ListedPerson = People['people'][number];

/**
 * Those of the listed people who are the one that is wanted; whoever is not among them may be on another page, or may be one of whom the list
 * does not say enough.
 */
function matching(
  search: Pick<Search<unknown>, 'taken' | 'showsAtOnce'>,
  list: { operation: string },
  { people, whole }: People,
  { isSame, isKnown }: { isSame: (person: ListedPerson) => boolean; isKnown: (person: ListedPerson) => boolean },
): Match<Added>[] | 'notShown' | 'cannotRead' {
  const others = people.filter(({ recordId }) => !search.taken.includes(recordId));
  const found = others.filter(isSame);
  if (found.length > 0) {
    return found.map(({ recordId, individualId }) => ({ id: recordId, result: { recordId, individualId } }));
  }
  return whole ? absent(search, list, { whole, known: others.every(isKnown) }) : 'cannotRead';
}

const hasEmail = ({ email }: ListedPerson): boolean => email !== undefined;

/** An organization without people of a sort may answer 404; a list that may not be read at all is an error. */
function nobody(error: unknown): People {
  if (error instanceof FinHubError && error.kind === 'notFound') return { people: [], whole: true };
  throw error;
}

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

/** One page asks for the type, another for the role; a chairman's role is cut off there (facts O02). */
const DIRECTOR_ROLES: Readonly<Record<DirectorType, string>> = {
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
    readBack: {
      reads: [listDirectors],
      proof: 'listed as a director with the same e-mail',
      absence: absenceFrom(listDirectors, 'an e-mail address'),
      find: async ({ input, ...search }) => {
        const listed = await search.read(listDirectors, { organizationId: input.organizationId }).catch(nobody);
        const isSame = ({ email }: ListedPerson): boolean => sameText(email, input.person.email);
        return matching(search, listDirectors, listed, { isSame, isKnown: hasEmail });
      },
    },
  },
});

/** Stays on `/api/v2/`. R14. */
export const listShareholders = endpoint({
  operation: 'listShareholders',
  summary: "Lists an organization's shareholders",
  method: 'GET',
  path: '/api/v2/organizations/{organizationId}/shareholders',
  auth: 'admin',
  sources: ['R14'],
  assumed: 'The answer is a list, bare or named, with `shareholderId`, names or e-mail, and `ownershipPercentage`.',
  request: z.strictObject({ organizationId: Id }),
  response: Listed('shareholders'),
  personal: LISTED_PERSONAL,
  idempotency: { class: 'safe' },
});

const Shareholder = z.strictObject({
  type: z.enum(['INDIVIDUAL', 'CORPORATE']),
  firstName: personal(z.string()).optional(),
  lastName: personal(z.string()).optional(),
  companyName: personal(z.string()).optional(),
  email: personal(z.string()),
  dateOfBirth: personal(z.string()).optional(),
  nationality: personal(z.string()).optional(),
  ownershipPercentage: personal(z.string()),
  isPEP: personal(z.boolean()),
  isBeneficialOwner: personal(z.boolean()),
});

/** Of a person; a company has none. */
function namesOf({ firstName, lastName }: { firstName?: string | undefined; lastName?: string | undefined }): {
  firstName?: string;
  lastName?: string;
} {
  return firstName === undefined ? {} : twoNames({ firstName, lastName });
}

/** Adds one shareholder; the flow guide's form, a list, with one in it, so that each can be found again. S0, S2, O2, R14. */
export const addShareholder = endpoint({
  operation: 'addShareholder',
  summary: 'Adds a shareholder',
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/shareholders',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'O2', 'R10', 'R14'],
  request: z.strictObject({ organizationId: Id, shareholder: Shareholder }),
  body: ({ shareholder: { ownershipPercentage, ...shareholder } }) => [
    {
      ...shareholder,
      ...namesOf(shareholder),
      ownershipPercentage: Number(ownershipPercentage),
      sharePercentage: Number(ownershipPercentage),
    },
  ],
  response: Added,
  idempotency: {
    class: 'guarded',
    readBack: {
      reads: [listShareholders],
      proof: 'listed as a shareholder of the same e-mail or name, with the same share',
      absence: absenceFrom(listShareholders, 'a share, and an e-mail address or a name,'),
      find: async ({ input: { organizationId, shareholder }, ...search }) => {
        const listed = await search.read(listShareholders, { organizationId }).catch(nobody);
        const isSame = (person: ListedPerson): boolean =>
          Number(person.percentage) === Number(shareholder.ownershipPercentage) &&
          (person.email !== undefined
            ? sameText(person.email, shareholder.email)
            : shareholder.type === 'CORPORATE'
              ? sameText(person.companyName, shareholder.companyName)
              : sameText(person.firstName, shareholder.firstName) &&
                sameText(person.lastName, namesOf(shareholder).lastName));
        const isKnown = ({ percentage, email, firstName, lastName, companyName }: ListedPerson): boolean =>
          percentage !== undefined &&
          (email ?? companyName ?? (firstName !== undefined && lastName !== undefined ? lastName : undefined)) !==
            undefined;
        return matching(search, listShareholders, listed, { isSame, isKnown });
      },
    },
  },
});

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

/** An employee's gender goes by ISO 5218 (facts §1.5); it has no number for others. */
const GENDERS: Readonly<Partial<Record<string, string>>> = { MALE: '1', FEMALE: '2' };

/** Adds an employee; the first one must hold ADMIN_USER. S0, S2, O2, R12, R16, A5. */
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
    readBack: {
      reads: [listEmployees],
      proof: 'listed as an employee with the same e-mail',
      absence: absenceFrom(listEmployees, 'an e-mail address'),
      find: async ({ input, ...search }) => {
        const listed = await search.read(listEmployees, { organizationId: input.organizationId }).catch(nobody);
        const isSame = ({ email }: ListedPerson): boolean => sameText(email, input.person.email);
        return matching(search, listEmployees, listed, { isSame, isKnown: hasEmail });
      },
    },
  },
});

const Removal = z.strictObject({ organizationId: Id, recordId: Id });

/** A removal is done where the list no longer has the person. */
function goneFrom(list: typeof listDirectors): ReadBack<z.infer<typeof Removal>, object> {
  return {
    reads: [list],
    proof: 'no longer listed',
    absence: absenceFrom(list, 'an id'),
    find: async ({ input: { organizationId, recordId }, ...search }) => {
      const { people, whole } = await search.read(list, { organizationId }).catch(nobody);
      if (people.some((person) => person.recordId === recordId)) return 'notShown';
      return isGone(search, list, { whole, known: true }) ? [{ id: recordId, result: {} }] : 'notShown';
    },
  };
}

/** Named only. R13. */
export const removeDirector = endpoint({
  operation: 'removeDirector',
  summary: 'Removes a director',
  method: 'DELETE',
  path: '/api/v2.1/customer/organization/{organizationId}/directors/{recordId}',
  auth: 'admin',
  sources: ['R13'],
  assumed: 'Nothing of the answer is used; 404 says that the director is gone.',
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listDirectors) },
});

/** Stays on `/api/v2/`. R14. */
export const removeShareholder = endpoint({
  operation: 'removeShareholder',
  summary: 'Removes a shareholder',
  method: 'DELETE',
  path: '/api/v2/organizations/{organizationId}/shareholders/{recordId}',
  auth: 'admin',
  sources: ['R14'],
  assumed: 'Nothing of the answer is used; 404 says that the shareholder is gone.',
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listShareholders) },
});

/** R15 has the 204 of it without its path. */
export const removeEmployee = endpoint({
  operation: 'removeEmployee',
  summary: 'Removes an employee',
  method: 'DELETE',
  path: '/api/v2.1/customer/organization/{organizationId}/employees/{recordId}',
  auth: 'admin',
  sources: ['R15'],
  assumed: "The path follows the director's; nothing of the answer is used.",
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listEmployees) },
});
