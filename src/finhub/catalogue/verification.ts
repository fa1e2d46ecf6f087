import { z } from 'zod';
import { FinHubError } from '../error.js';
import { endpoint, type Match, type Search } from '../endpoint.js';
import { answerWith, firstText, Id, listIn, madeAfter, Nothing, requiredText } from './fields.js';
import { getVerificationHistory } from './legacy.js';

type Started = { verificationId: string };

/** Verifications of this customer that were started since the case first asked for one. */
async function findStarted(
  search: Pick<Search<unknown>, 'read' | 'requestedAt'>,
  customerId: string,
): Promise<Match<Started>[] | 'cannotRead'> {
  try {
    const { verifications } = await search.read(getVerificationHistory, { customerId });
    return verifications.flatMap(({ verificationId, createdAt }) =>
      verificationId && madeAfter(createdAt, search.requestedAt)
        ? [{ id: verificationId, result: { verificationId }, proof: 'started for this customer after our first try' }]
        : [],
    );
  } catch (error) {
    if (error instanceof FinHubError && ['forbidden', 'unauthorized'].includes(error.kind)) return 'cannotRead';
    if (error instanceof FinHubError && error.kind === 'notFound') return [];
    throw error;
  }
}

/** Starts a person's KYC. S1, F3, R6. */
export const initiateVerification = endpoint({
  operation: 'initiateVerification',
  summary: "Starts a person's KYC",
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/verification/initiate',
  auth: 'customer',
  sources: ['S1', 'F3', 'R6'],
  request: z.strictObject({ customerId: Id }),
  response: answerWith('verificationId', 'verificationId', 'id'),
  idempotency: { class: 'guarded', find: (search) => findStarted(search, search.input.customerId) },
});

/** Hands the KYC in, after its documents. S0, S1, S2, S3, F4, R6. */
export const submitVerification = endpoint({
  operation: 'submitVerification',
  summary: "Hands a person's KYC in for review",
  method: 'POST',
  path: '/api/v2.1/customer/individual/{customerId}/verification',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'S3', 'R1', 'R2', 'R6'],
  request: z.strictObject({
    customerId: Id,
    verificationId: Id,
    verificationType: z.enum(['STANDARD', 'ENHANCED', 'SIMPLIFIED']),
  }),
  body: ({ verificationId, verificationType }) => ({ verificationId, verificationType }),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

/** Starts an organization's KYB, its beneficial owners included. S0, S2, R18, A6. */
export const startOrganizationVerification = endpoint({
  operation: 'startOrganizationVerification',
  summary: "Starts an organization's KYB",
  method: 'POST',
  path: '/api/v2.1/customer/organization/{organizationId}/verify',
  auth: 'admin',
  sources: ['S0', 'S2', 'O0', 'R18', 'A6'],
  request: z.strictObject({ organizationId: Id, requestedLevel: z.string(), notes: z.string() }),
  headers: ({ actor }) => ({ 'X-User-ID': actor.userId, 'X-User-Roles': 'ADMIN_USER,COMPLIANCE_OFFICER' }),
  body: ({ organizationId, requestedLevel, notes }, { tenantId, actor }) => ({
    customerId: organizationId,
    type: 'BUSINESS_VERIFICATION',
    requestedLevel,
    requestedByUserId: actor.userId,
    requestedByTenantId: tenantId,
    notes,
    reason: notes,
  }),
  response: answerWith('verificationId', 'verificationId', 'id'),
  idempotency: { class: 'guarded', find: (search) => findStarted(search, search.input.organizationId) },
});

/** Where a verification stands; body undocumented. S1. */
export const getVerification = endpoint({
  operation: 'getVerification',
  summary: 'Reads where a verification stands',
  method: 'GET',
  path: '/api/v2.1/verifications/{verificationId}',
  auth: 'admin',
  sources: ['S1'],
  request: z.strictObject({ verificationId: Id }),
  response: z
    .unknown()
    .transform((data, context) => ({ status: requiredText(data, context, 'status', 'verificationStatus') })),
  idempotency: { class: 'safe' },
});

const DocumentList = z.unknown().transform((data) => ({
  documents: listIn(data, 'documents', 'items').map((item) => ({
    documentId: firstText(item, 'documentId', 'id'),
    docId: firstText(item, 'docId'),
    fileName: firstText(item, 'fileName'),
  })),
}));

/** Body undocumented. R7. */
export const listIndividualDocuments = endpoint({
  operation: 'listIndividualDocuments',
  summary: "Lists a person's documents",
  method: 'GET',
  path: '/api/v2.1/customer/individual/{customerId}/documents',
  auth: 'customer',
  sources: ['R7'],
  request: z.strictObject({ customerId: Id }),
  response: DocumentList,
  idempotency: { class: 'safe' },
});

/** R10, R19. */
export const listOrganizationDocuments = endpoint({
  operation: 'listOrganizationDocuments',
  summary: "Lists an organization's documents",
  method: 'GET',
  path: '/api/v2.1/customer/organization/{customerId}/documents',
  auth: 'admin',
  sources: ['R10', 'R19'],
  request: z.strictObject({ customerId: Id }),
  response: DocumentList,
  idempotency: { class: 'safe' },
});

/** Attaches a document; `docId` is ours, and file names carry a part of it, so that one is found again. S3, R17, V1, V6. */
export const uploadDocument = endpoint({
  operation: 'uploadDocument',
  summary: 'Attaches a document to a verification',
  method: 'POST',
  path: '/api/v2.1/verifications/{verificationId}/documents',
  auth: 'admin',
  sources: ['S3', 'R17', 'V1', 'V2', 'V5', 'V6', 'L4'],
  request: z.strictObject({
    verificationId: Id,
    customerId: Id,
    organization: z.boolean(),
    docId: z.string(),
    documentType: z.string(),
    mimeType: z.string(),
    fileName: z.string(),
    fileContent: z.string(),
  }),
  body: ({ organization, ...document }) => ({
    ...document,
    ...(organization ? { organizationId: document.customerId, accountId: document.customerId } : {}),
  }),
  response: answerWith('documentId', 'documentId', 'id'),
  idempotency: {
    class: 'keyed',
    find: async ({ input: { organization, customerId, docId, fileName }, read }) => {
      const { documents } = await read(organization ? listOrganizationDocuments : listIndividualDocuments, {
        customerId,
      }).catch(noDocuments);
      return documents.flatMap(({ documentId, ...found }) =>
        documentId && (found.docId === docId || found.fileName === fileName)
          ? [{ id: documentId, result: { documentId }, proof: 'FinHub lists the document under our name for it' }]
          : [],
      );
    },
  },
});

/** A list that is not offered, or is empty, shows no document; `docId` then stands alone against a repeat. */
function noDocuments(error: unknown): { documents: never[] } {
  if (error instanceof FinHubError && ['notFound', 'forbidden'].includes(error.kind)) return { documents: [] };
  throw error;
}

/** Tells FinHub of the decision; the power tenant's admin for high risk. `REJECTED` is inferred from V7. S3, V1, V7, V8. */
export const decideVerificationAtFinHub = endpoint({
  operation: 'decideVerificationAtFinHub',
  summary: 'Tells FinHub that a verification is approved or rejected',
  method: 'POST',
  path: '/api/v2.1/verifications/{verificationId}/approve',
  auth: 'admin',
  sources: ['S3', 'V1', 'V7', 'V8'],
  request: z.strictObject({
    verificationId: Id,
    customerId: Id,
    organization: z.boolean(),
    status: z.enum(['APPROVED', 'REJECTED']),
    comment: z.string(),
  }),
  body: ({ organization, ...decision }, { actor }) => ({
    ...decision,
    ...(organization ? { organizationId: decision.customerId } : {}),
    verificationType: organization ? 'BUSINESS_VERIFICATION' : 'IDENTITY_VERIFICATION',
    userId: actor.userId,
    approvedBy: actor.userId,
  }),
  response: z.unknown().transform((data) => ({ status: firstText(data, 'status', 'verificationStatus') ?? 'UNKNOWN' })),
  idempotency: { class: 'repeatable' },
});
