import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import { endpoint, type Match, type ReadBack, type Search } from '../endpoint.js';
import { FinHubError } from '../error.js';
import { absenceFrom, absent } from './absence.js';
import {
  at,
  firstText,
  Id,
  listIn,
  Nothing,
  requiredId,
  requiredList,
  requiredText,
  sameText,
  textAt,
} from './fields.js';
import { getVerificationHistory } from './legacy.js';

type Started = { verificationId: string; requiredDocuments?: string[] | undefined };

/** Finds the verification that a case started: its customer has no other. */
function startedFor<I>(customerOf: (input: I) => string): ReadBack<I, Started> {
  return {
    reads: [getVerificationHistory],
    proof: "it is a verification of the case's own customer",
    absence: absenceFrom(getVerificationHistory, 'an id'),
    find: async ({ input, ...search }) => {
      const customerId = customerOf(input);
      const nothing = (whole: boolean) => absent(search, getVerificationHistory, { whole, known: true });
      try {
        const { verifications, whole } = await search.read(getVerificationHistory, { customerId });
        const own = verifications.filter((one) => one.customerId === undefined || sameText(one.customerId, customerId));
        const fresh = own.filter(({ verificationId }) => !search.taken.includes(verificationId));
        if (fresh.length === 0) return nothing(whole);
        return fresh.map(({ verificationId }) => ({ id: verificationId, result: { verificationId } }));
      } catch (error) {
        if (error instanceof FinHubError && error.kind === 'forbidden') return 'cannotRead';
        if (error instanceof FinHubError && error.kind === 'notFound') return nothing(true);
        throw error;
      }
    },
  };
}

/** The document types in a list of texts, or of objects with a type. */
function documentTypes(list: readonly unknown[]): string[] {
  return list
    .slice(0, MAX_REQUIRED)
    .map((one) => textAt(one) ?? firstText(one, 'documentType', 'type', 'code'))
    .filter((type): type is string => type !== undefined && type.length <= 100);
}

const MAX_REQUIRED = 50;

/** The verification, with the documents it accepts if FinHub lists them. Source: facts I07, V01. */
const VerificationStarted = z.unknown().transform((data, context): Started => {
  const required = documentTypes(listIn(at(data, 'requiredDocuments')));
  return {
    verificationId: requiredId(data, context, 'verificationId', 'id'),
    ...(required.length > 0 ? { requiredDocuments: required } : {}),
  };
});

/** Starts a person's KYC. S1, F3, R6. */
export const initiateVerification = endpoint({
  operation: 'initiateVerification',
  summary: "Starts a person's KYC",
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/verification/initiate',
  auth: 'customer',
  sources: ['S1', 'F3', 'R6'],
  request: z.strictObject({ customerId: Id }),
  response: VerificationStarted,
  idempotency: { class: 'guarded', readBack: startedFor(({ customerId }: { customerId: string }) => customerId) },
});

/** Starts an organization's KYB, including its beneficial owners. S0, S2, R18, A6. */
export const startOrganizationVerification = endpoint({
  operation: 'startOrganizationVerification',
  summary: "Starts an organization's KYB",
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/verify',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'R18', 'A6'],
  request: z.strictObject({ organizationId: Id, requestedLevel: plain(z.string()), notes: plain(z.string()) }),
  headers: ({ actor }) => ({ 'X-User-ID': actor.userId, 'X-User-Roles': actor.roles.join(',') }),
  body: ({ organizationId, requestedLevel, notes }, { tenantId, actor }) => ({
    customerId: organizationId,
    type: 'BUSINESS_VERIFICATION',
    requestedLevel,
    requestedByUserId: actor.userId,
    requestedByTenantId: tenantId,
    notes,
    reason: notes,
  }),
  response: VerificationStarted,
  idempotency: {
    class: 'guarded',
    readBack: startedFor(({ organizationId }: { organizationId: string }) => organizationId),
  },
});

/** Starts a verification of either kind; FinHub's documented fallback for the two above. R18, V1, V2, V3, V4, L3. */
export const createVerification = endpoint({
  operation: 'createVerification',
  summary: 'Starts a verification of a person or an organization',
  method: 'POST',
  path: '/api/v2.1/verifications',
  auth: 'admin',
  sources: ['R18', 'V1', 'V2', 'V3', 'V4', 'L3'],
  request: z.strictObject({
    customerId: Id,
    type: z.enum([
      'IDENTITY_VERIFICATION',
      'BUSINESS_VERIFICATION',
      'DOCUMENT_VERIFICATION',
      'ENHANCED_DUE_DILIGENCE',
      'SANCTIONS_CHECK',
      'CUSTOMER_DUE_DILIGENCE',
    ]),
    requestedLevel: z.enum(['TENANT_VERIFIED', 'POWER_TENANT_VERIFIED', 'FINHUB_VERIFIED']),
    notes: plain(z.string()),
  }),
  headers: ({ actor }) => ({ 'X-User-ID': actor.userId, 'X-User-Roles': actor.roles.join(',') }),
  body: (input, { tenantId, actor }) => ({
    ...input,
    requestedByUserId: actor.userId,
    requestedByTenantId: tenantId,
  }),
  response: VerificationStarted,
  idempotency: { class: 'guarded', readBack: startedFor(({ customerId }: { customerId: string }) => customerId) },
});

const status = (data: unknown, context: z.core.$RefinementCtx) => ({
  status: requiredText(data, context, 'status', 'verificationStatus'),
});

/** The state of a verification. S1. */
export const getVerification = endpoint({
  operation: 'getVerification',
  summary: 'Reads the state of a verification',
  method: 'GET',
  path: '/api/v2.1/verifications/{verificationId}',
  auth: 'admin',
  sources: ['S1'],
  assumed: 'The response has the form of the one to POST, with the current `status`.',
  request: z.strictObject({ verificationId: Id }),
  response: z.unknown().transform(status),
  idempotency: { class: 'safe' },
});

/** The verification, if it has ended with the given decision. */
async function decided<R>(
  { read }: Pick<Search<unknown>, 'read'>,
  verificationId: string,
  as: (status: string) => R | undefined,
): Promise<Match<R>[]> {
  const verification = await read(getVerification, { verificationId });
  const result = as(verification.status);
  return result === undefined ? [] : [{ id: verificationId, result }];
}

/**
 * Submits the KYC, after its documents. If no verification is open, FinHub may start another one (the sources disagree, facts I08), so it
 * is not sent for a decided verification. S0, S1, S2, S3, R6.
 */
export const submitVerification = endpoint({
  operation: 'submitVerification',
  summary: "Submits a person's KYC for review",
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/verification',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'S3', 'R1', 'R2', 'R6'],
  assumed: 'It submits the open verification; the response is not documented, and we use nothing of it.',
  request: z.strictObject({
    customerId: Id,
    verificationId: Id,
    verificationType: z.enum(['STANDARD', 'ENHANCED', 'SIMPLIFIED']),
  }),
  body: ({ verificationId, verificationType }) => ({ verificationId, verificationType }),
  response: Nothing,
  idempotency: {
    class: 'keyed',
    readBack: {
      reads: [getVerification],
      proof: 'the verification is decided already',
      absence: 'not needed: submitting again leaves the same verification open',
      find: (search) =>
        decided(search, search.input.verificationId, (is) => (/^(APPROVED|REJECTED)$/.test(is) ? {} : undefined)),
    },
  },
});

/** Sends the decision to FinHub; as the power tenant's admin for high risk. S3, V1, V7, V8. */
export const decideVerificationAtFinHub = endpoint({
  operation: 'decideVerificationAtFinHub',
  summary: 'Approves or rejects a verification at FinHub',
  method: 'POST',
  path: '/api/v2.1/verifications/{verificationId}/approve',
  auth: 'admin',
  sources: ['S3', 'V1', 'V7', 'V8'],
  assumed: '`status` REJECTED rejects; the samples show only approval, though V7 mentions both.',
  request: z.strictObject({
    verificationId: Id,
    customerId: Id,
    organization: z.boolean(),
    status: z.enum(['APPROVED', 'REJECTED']),
    comment: personal(z.string()),
  }),
  body: ({ organization, ...decision }, { actor }) => ({
    ...decision,
    ...(organization ? { organizationId: decision.customerId } : {}),
    verificationType: organization ? 'BUSINESS_VERIFICATION' : 'IDENTITY_VERIFICATION',
    userId: actor.userId,
    approvedBy: actor.userId,
  }),
  response: z.unknown().transform(status),
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [getVerification],
      proof: 'the verification has that decision',
      absence: 'not needed: repeating the same decision changes nothing',
      find: (search) =>
        decided(search, search.input.verificationId, (is) => (is === search.input.status ? { status: is } : undefined)),
    },
  },
});

/** R17. */
export const getVerificationRequirements = endpoint({
  operation: 'getVerificationRequirements',
  summary: 'Reads which documents a KYB needs',
  method: 'GET',
  path: '/api/v2.1/customer/organization/{organizationId}/verification/requirements',
  auth: 'admin',
  sources: ['R17'],
  request: z.strictObject({ organizationId: Id }),
  response: z.unknown().transform((data, context) => ({
    requiredDocuments: documentTypes(requiredList(data, context, 'requiredDocuments')),
  })),
  idempotency: { class: 'safe' },
});

/** Starts an organization's KYB by v2. Though it is a PUT, it may start another one each time. S4. */
export const initiateLegacyKyb = endpoint({
  operation: 'initiateLegacyKyb',
  summary: "Starts an organization's KYB by v2",
  method: 'PUT',
  path: '/v2/kyb/initiateKYBStatus/{organizationId}',
  host: 'legacy',
  auth: 'apiKey',
  sources: ['S4'],
  assumed: "There is no body, and the response has the verification's id.",
  request: z.strictObject({ organizationId: Id }),
  response: VerificationStarted,
  idempotency: {
    class: 'guarded',
    readBack: startedFor(({ organizationId }: { organizationId: string }) => organizationId),
  },
});
