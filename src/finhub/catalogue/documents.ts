import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { FinHubError } from '../error.js';
import { responseWith, firstId, firstText, Id, requiredList } from './fields.js';

const DocumentList = z.unknown().transform((data, context) => ({
  documents: requiredList(data, context, 'documents', 'items').map((item) => ({
    documentId: firstId(item, 'documentId', 'id'),
    verificationId: firstText(item, 'verificationId'),
    docId: firstText(item, 'docId'),
    fileName: firstText(item, 'fileName'),
  })),
}));

/** R7. */
export const listIndividualDocuments = endpoint({
  operation: 'listIndividualDocuments',
  summary: "Lists a person's documents",
  method: 'GET',
  path: '/api/v2.1/customer/individual/{customerId}/documents',
  auth: 'customer',
  sources: ['R7'],
  assumed: 'The response is a list of documents with `documentId` and `docId` or `fileName`.',
  request: z.strictObject({ customerId: Id }),
  response: DocumentList,
  personal: ['fileName'],
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
  personal: ['fileName'],
  idempotency: { class: 'safe' },
});

/** Attaches a document. `docId` is ours, and the file name contains part of it, so that we can find it again. S3, R17, V1, V6. */
export const uploadDocument = endpoint({
  operation: 'uploadDocument',
  summary: 'Attaches a document to a verification',
  method: 'POST',
  path: '/api/v2.1/verifications/{verificationId}/documents',
  auth: 'admin',
  sources: ['S3', 'R17', 'V1', 'V2', 'V5', 'V6', 'L4'],
  assumed: 'A repeated `docId` attaches nothing new.',
  request: z.strictObject({
    verificationId: Id,
    customerId: Id,
    organization: z.boolean(),
    docId: Id,
    documentType: plain(z.string()),
    mimeType: plain(z.string()),
    fileName: personal(z.string()),
    fileContent: personal(z.string()),
  }),
  body: ({ organization, ...document }) => ({
    ...document,
    ...(organization ? { organizationId: document.customerId, accountId: document.customerId } : {}),
  }),
  response: responseWith('documentId', 'documentId', 'id'),
  idempotency: {
    class: 'keyed',
    readBack: {
      reads: [listIndividualDocuments, listOrganizationDocuments],
      proof: 'FinHub lists the document under our name for it',
      absence: 'not needed: repeating the same `docId` attaches nothing new',
      find: async ({ input: { organization, customerId, verificationId, docId, fileName }, read }) => {
        const list = organization ? listOrganizationDocuments : listIndividualDocuments;
        try {
          const { documents } = await read(list, { customerId });
          return documents.flatMap(({ documentId, ...found }) =>
            documentId &&
            (found.verificationId ?? verificationId) === verificationId &&
            (found.docId === docId || found.fileName === fileName)
              ? [{ id: documentId, result: { documentId } }]
              : [],
          );
        } catch (error) {
          // If we may not read the list, only `docId` prevents a duplicate.
          if (error instanceof FinHubError && error.kind === 'forbidden') return 'cannotRead';
          if (error instanceof FinHubError && error.kind === 'notFound') return [];
          throw error;
        }
      },
    },
  },
});
