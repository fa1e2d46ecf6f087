import { z } from 'zod';
import { personal, plain } from '../../privacy/marks.js';
import { endpoint } from '../endpoint.js';
import { firstText, Id, Nothing, requiredList, requiredText, sameText } from './fields.js';

/**
 * What PEP and sanctions screening came to. Where the answer does not say (RUN), the status tells: FinHub keeps inactive what it does not let
 * through.
 */
function screeningOf(item: unknown): 'VERIFIED' | 'PENDING' | 'FLAGGED' {
  const told = firstText(item, 'pepCheckResult', 'sanctionsCheckResult')?.toUpperCase();
  if (told === 'VERIFIED' || told === 'PENDING' || told === 'FLAGGED') return told;
  switch (firstText(item, 'status')?.toUpperCase()) {
    case 'PENDING':
      return 'PENDING';
    case 'INACTIVE':
      return 'FLAGGED';
    default:
      return 'VERIFIED';
  }
}

/** The id that orders name is the `assetId`, where FinHub gives one (RUN sample of F17), else the beneficiary's own. */
const beneficiaryOf = (item: unknown) => ({
  beneficiaryId: firstText(item, 'assetId', 'beneficiaryId', 'id'),
  iban: firstText(item, 'iban'),
  name: firstText(item, 'name', 'beneficiaryName'),
  status: firstText(item, 'status')?.toUpperCase() ?? 'ACTIVE',
  screening: screeningOf(item),
});

const Beneficiary = z.unknown().transform((data, context) => ({
  ...beneficiaryOf(data),
  beneficiaryId: requiredText(data, context, 'assetId', 'beneficiaryId', 'id'),
}));

const compactIban = (iban: string | undefined) => iban?.replaceAll(' ', '').toUpperCase();

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
  response: z.unknown().transform((data, context) => ({
    beneficiaries: requiredList(data, context, 'beneficiaries', 'items').map(beneficiaryOf),
  })),
  personal: ['iban', 'name'],
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
    purposeCode: plain(z.string()).optional(),
  }),
  body: ({ accountId: _, name, bic, ...rest }) => {
    const [firstName, ...others] = name.split(' ');
    const party =
      rest.partyType === 'BUSINESS_CUSTOMER'
        ? { companyName: name }
        : { firstName, lastName: others.join(' ') || firstName };
    return {
      ...rest,
      ...party,
      name,
      shortName: name.slice(0, 35),
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
      find: async ({ input, read }) => {
        const { beneficiaries } = await read(listBeneficiaries, { accountId: input.accountId });
        return beneficiaries.flatMap(({ beneficiaryId, ...found }) =>
          beneficiaryId && compactIban(found.iban) === compactIban(input.iban) && sameText(found.name, input.name)
            ? [{ id: beneficiaryId, result: { ...found, beneficiaryId } }]
            : [],
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
  assumed: 'Nothing of the answer is used; 404 says that the beneficiary is gone.',
  request: z.strictObject({ accountId: Id, beneficiaryId: Id }),
  response: Nothing,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [listBeneficiaries],
      proof: 'no longer listed',
      find: async ({ input: { accountId, beneficiaryId }, read }) => {
        const { beneficiaries } = await read(listBeneficiaries, { accountId });
        return beneficiaries.some((found) => found.beneficiaryId === beneficiaryId)
          ? []
          : [{ id: beneficiaryId, result: {} }];
      },
    },
  },
});
