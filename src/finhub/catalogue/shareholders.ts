import { z } from 'zod';
import { personal } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { absenceFrom } from './absence.js';
import { Id, Nothing, sameText } from './fields.js';
import { twoNames } from './people.js';
import {
  Added,
  goneFrom,
  Listed,
  LISTED_PERSONAL,
  type ListedPerson,
  matching,
  nobody,
  Removal,
} from './personnel-records.js';

/** Still on `/api/v2/`. R14. */
export const listShareholders = endpoint({
  operation: 'listShareholders',
  summary: "Lists an organization's shareholders",
  method: 'GET',
  path: '/api/v2/organizations/{organizationId}/shareholders',
  auth: 'admin',
  sources: ['R14'],
  assumed: 'The response is a list, bare or named, with `shareholderId`, names or e-mail, and `ownershipPercentage`.',
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

/** A person's names; a company has none. */
function namesOf({ firstName, lastName }: { firstName?: string | undefined; lastName?: string | undefined }): {
  firstName?: string;
  lastName?: string;
} {
  return firstName === undefined ? {} : twoNames({ firstName, lastName });
}

/** Adds one shareholder. The flow guide's form is a list; we send one entry at a time, so that each can be found again. S0, S2, O2, R14. */
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
      proof: 'listed as a shareholder with the same e-mail or name and the same share',
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

/** Still on `/api/v2/`. R14. */
export const removeShareholder = endpoint({
  operation: 'removeShareholder',
  summary: 'Removes a shareholder',
  method: 'DELETE',
  path: '/api/v2/organizations/{organizationId}/shareholders/{recordId}',
  auth: 'admin',
  sources: ['R14'],
  assumed: 'Nothing of the response is used; 404 means that the shareholder is gone.',
  request: Removal,
  response: Nothing,
  idempotency: { class: 'repeatable', readBack: goneFrom(listShareholders) },
});
