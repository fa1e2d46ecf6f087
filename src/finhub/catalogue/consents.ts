import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import { endpoint, type Match } from '../endpoint.js';
import { checkActivation, checkOrganizationReadiness } from './activation.js';
import { firstText, Id } from './fields.js';

const ConsentType = z.enum(['terms', 'privacy', 'data-processing']);
type ConsentType = z.infer<typeof ConsentType>;

/** FinHub's names of the three consents. F4. */
const NAMES: Record<ConsentType, string> = {
  terms: 'TERMS_AND_CONDITIONS',
  privacy: 'PRIVACY_POLICY',
  'data-processing': 'DATA_PROCESSING',
};

/** Recording is asynchronous in the newest samples (`PENDING`); the activation check confirms it. */
const recordedOf = (data: unknown) => ({ status: firstText(data, 'status') ?? 'PENDING' });
const Recorded = z.unknown().transform(recordedOf);

/** Whether the activation check knows the consent. */
function accepted(
  type: ConsentType,
  { consentOk, missing }: { consentOk: boolean | undefined; missing: string[] },
): Match<ReturnType<typeof recordedOf>>[] {
  const names = (one: ConsentType): boolean => missing.some((text) => text.toUpperCase().includes(NAMES[one]));
  // A list with other consents would include this one; a list without any may be about something else.
  const isThere = consentOk === true || (!names(type) && ConsentType.options.some(names));
  return isThere ? [{ id: type, result: { status: 'ACCEPTED' } }] : [];
}

/** S0, S1, S2, S3, F4, R8, V11. */
export const acceptConsent = endpoint({
  operation: 'acceptConsent',
  summary: "Records a person's consent",
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/consents/{consentType}',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'S3', 'F4', 'R1', 'R2', 'R8', 'V1', 'V9', 'V11', 'V13'],
  request: z.strictObject({
    customerId: Id,
    consentType: ConsentType,
    version: plain(z.string()),
    acceptedAt: plain(z.string()),
  }),
  body: ({ version, acceptedAt }) => ({ accepted: true, version, acceptanceTimestamp: acceptedAt, acceptedAt }),
  response: Recorded,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [checkActivation],
      proof: 'the activation check no longer lists it as missing',
      absence: 'not needed: repeating the same consent changes nothing',
      find: async ({ input: { customerId, consentType }, read, tenantId }) =>
        accepted(consentType, await read(checkActivation, { customerId, tenantId })),
    },
  },
});

/** S0, S2, O4, R20, V12. */
export const acceptOrganizationConsent = endpoint({
  operation: 'acceptOrganizationConsent',
  summary: "Records an organization's consent, given by its signatory",
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/consents/{consentType}',
  auth: 'customer',
  sources: ['S0', 'S2', 'O0', 'O4', 'R1', 'R10', 'R20', 'V1', 'V10', 'V12', 'V13'],
  request: z.strictObject({
    organizationId: Id,
    consentType: ConsentType,
    version: plain(z.string()),
    acceptedBy: personal(z.string()),
    acceptedAt: plain(z.string()),
  }),
  body: ({ version, acceptedBy, acceptedAt }) => ({ accepted: true, version, acceptedBy, acceptedDate: acceptedAt }),
  response: Recorded,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [checkOrganizationReadiness],
      proof: 'the readiness check no longer lists it as missing',
      absence: 'not needed: repeating the same consent changes nothing',
      find: async ({ input: { organizationId, consentType }, read }) =>
        accepted(consentType, await read(checkOrganizationReadiness, { organizationId })),
    },
  },
});
