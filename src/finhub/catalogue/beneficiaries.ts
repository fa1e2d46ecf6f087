import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { absenceFrom, isGone, isWhole } from './absence.js';
import { withIban } from './beneficiary-pages.js';
import { Address } from './people.js';
import { firstId, firstText, Id, Nothing, requiredId, requiredList, sameText } from './fields.js';

/**
 * The result of PEP and sanctions screening. If the response has none (RUN), the status shows it: a beneficiary that failed screening stays
 * inactive.
 */
function screeningOf(item: unknown): 'VERIFIED' | 'PENDING' | 'FLAGGED' {
  const result = firstText(item, 'pepCheckResult', 'sanctionsCheckResult')?.toUpperCase();
  if (result === 'VERIFIED' || result === 'PENDING' || result === 'FLAGGED') return result;
  switch (firstText(item, 'status')?.toUpperCase()) {
    case 'PENDING':
      return 'PENDING';
    case 'INACTIVE':
      return 'FLAGGED';
    default:
      return 'VERIFIED';
  }
}

/** The names of a beneficiary in all of FinHub's versions of the list; the first is the fullest. */
function namesOf(item: unknown): string[] {
  const [first, last] = [firstText(item, 'firstName'), firstText(item, 'lastName')];
  // We send a single name to FinHub as both first and last name.
  const person = sameText(first, last) ? first : [first, last].filter((part) => part !== undefined).join(' ');
  const names = [firstText(item, 'name'), firstText(item, 'beneficiaryName'), firstText(item, 'companyName'), person];
  return [...names, firstText(item, 'shortName')].flatMap((name) => (name ? [name.trim()] : []));
}

/** The id that orders use is the `assetId` if FinHub returns one (RUN sample of F17), otherwise the beneficiary's own. */
const beneficiaryOf = (item: unknown) => ({
  company:
    firstText(item, 'partyType')?.toUpperCase().startsWith('BUSINESS') || firstText(item, 'companyName') !== undefined,
  beneficiaryId: firstId(item, 'assetId', 'beneficiaryId', 'id'),
  iban: firstText(item, 'iban', 'accountNumber'),
  name: namesOf(item)[0],
  status: firstText(item, 'status')?.toUpperCase() ?? 'ACTIVE',
  screening: screeningOf(item),
});

const Beneficiary = z.unknown().transform((data, context) => ({
  ...beneficiaryOf(data),
  beneficiaryId: requiredId(data, context, 'assetId', 'beneficiaryId', 'id'),
}));

/** The length of the short name that we send to FinHub. */
const SHORT_NAME = 35;

/** F7, O6, T4, L6. */
export const listBeneficiaries = endpoint({
  operation: 'listBeneficiaries',
  summary: "Lists an account's beneficiaries",
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/beneficiaries',
  auth: 'customer',
  sources: ['F7', 'O6', 'T4', 'L6'],
  request: z.strictObject({ accountId: Id, limit: z.number().optional(), offset: z.number().optional() }),
  query: ({ limit, offset }) => (limit === undefined ? {} : { limit: String(limit), offset: String(offset ?? 0) }),
  response: z.unknown().transform((data, context) => {
    const list = requiredList(data, context, 'beneficiaries', 'items', 'content');
    return {
      beneficiaries: list.map((item) => ({ ...beneficiaryOf(item), names: namesOf(item) })),
      whole: isWhole(data, list.length),
    };
  }),
  personal: ['iban', 'name', 'names'],
  idempotency: { class: 'safe' },
});

/** Registers a beneficiary; FinHub screens it. One per IBAN within the account. S0, S1, S2, F7, O6, T5, L5. */
export const addBeneficiary = endpoint({
  operation: 'addBeneficiary',
  summary: 'Registers a beneficiary',
  method: 'POST',
  path: '/api/v2.1/fintrans/{accountId}/beneficiaries',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'F7', 'O6', 'T1', 'T4', 'T5', 'T6', 'A9', 'L5'],
  request: z.strictObject({
    accountId: Id,
    customerId: Id,
    partyType: z.enum(['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER']),
    name: personal(z.string()),
    iban: personal(z.string()),
    bic: personal(z.string()),
    currency: plain(z.string()),
    country: plain(z.string()),
    bankName: personal(z.string()).optional(),
    bankAddress: personal(z.string()).optional(),
    purposeCode: plain(z.string()).optional(),
    email: personal(z.string()).optional(),
    phoneNumber: personal(z.string()).optional(),
    address: Address.optional(),
  }),
  body: ({ accountId: _, name, bic, address, ...rest }) => {
    const [firstName, ...others] = name.split(' ');
    const party =
      rest.partyType === 'BUSINESS_CUSTOMER'
        ? { companyName: name }
        : { firstName, lastName: others.join(' ') || firstName };
    return {
      ...rest,
      ...party,
      ...(address
        ? {
            addressLine1: address.street,
            city: address.city,
            postalCode: address.postalCode,
            ...(address.state === undefined ? {} : { stateProvince: address.state }),
          }
        : {}),
      name,
      shortName: name.slice(0, SHORT_NAME),
      bicSwiftCode: bic,
      bic,
      networkName: 'SEPA',
      type: 'EXTERNAL',
    };
  },
  response: Beneficiary,
  personal: ['iban', 'name'],
  idempotency: {
    class: 'naturalKey',
    readBack: {
      reads: [listBeneficiaries],
      proof: "the customer's own account lists the same IBAN and name",
      absence: 'not needed: FinHub refuses a second one with the same IBAN',
      find: async ({ input, read }) => {
        const beneficiaries = await withIban(
          (page) => read(listBeneficiaries, { accountId: input.accountId, ...page }),
          input.iban,
        );
        const wanted = [input.name, input.name.slice(0, SHORT_NAME)];
        const isSame = (names: string[]): boolean => names.some((name) => wanted.some((one) => sameText(name, one)));
        return beneficiaries.flatMap(({ beneficiaryId, names, ...found }) =>
          beneficiaryId && isSame(names) ? [{ id: beneficiaryId, result: { ...found, beneficiaryId } }] : [],
        );
      },
    },
  },
});

/** Named only. T4. */
export const removeBeneficiary = endpoint({
  operation: 'removeBeneficiary',
  summary: 'Removes a beneficiary',
  method: 'DELETE',
  path: '/api/v2.1/fintrans/{accountId}/beneficiaries/{beneficiaryId}',
  auth: 'customer',
  sources: ['T4'],
  assumed: 'Nothing of the response is used; 404 means that the beneficiary is gone.',
  request: z.strictObject({ accountId: Id, beneficiaryId: Id }),
  response: Nothing,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [listBeneficiaries],
      proof: 'no longer listed',
      absence: absenceFrom(listBeneficiaries, 'an id'),
      find: async ({ input: { accountId, beneficiaryId }, ...search }) => {
        const { beneficiaries, whole } = await search.read(listBeneficiaries, { accountId });
        const known = beneficiaries.every((found) => found.beneficiaryId !== undefined);
        if (beneficiaries.some((found) => found.beneficiaryId === beneficiaryId)) return 'notShown';
        return isGone(search, listBeneficiaries, { whole, known }) ? [{ id: beneficiaryId, result: {} }] : 'notShown';
      },
    },
  },
});
