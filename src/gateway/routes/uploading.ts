import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { InvalidInput } from '../../client/index.js';
import { DOCUMENT_MIME_TYPES } from '../../contract/document-types.js';
import { documentSubject, documentType } from '../../contract/field-schemas.js';
import { DocumentRefused, MAX_DOCUMENT_BYTES } from '../../store/document-check.js';
import { Refused } from '../problem.js';
import { route, type Route } from '../route.js';
import { idOf, name } from './ids.js';

/** Documents by themselves, too large for JSON. */
export const UPLOADING: readonly Route[] = [
  route({
    operation: 'uploadDocument',
    method: 'PUT',
    path: '/v1/uploads/{kind}/{id}/{sha256}',
    tag: 'Onboarding',
    scopes: ['onboarding:write'],
    summary: 'Uploads a document for a case, before the case begins or while it wants one',
    description:
      'The body is the document as it is. It is checked and encrypted while it flows, and what is refused or breaks off leaves nothing. The start, or what is handed in later, names it by `sha256` in the place of `content`, with the same type and subject. Repeat it for as long as its outcome is not known.',
    commands: ['starter individual', 'starter organization', 'starter submit-documents'],
    params: z.object({
      kind: z.enum(['individual', 'organization']),
      id: name,
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe('SHA-256 of the document, hex'),
    }),
    query: z.object({ type: documentType, subject: documentSubject.optional() }),
    body: { name: 'Document', example: '%PDF-1.7…', mediaType: 'application/octet-stream', flows: DOCUMENT_MIME_TYPES },
    answers: {
      201: { description: 'it is stored', schema: 'Uploaded' },
      413: { description: 'it is larger than 20 MB', schema: 'Problem' },
      422: { description: 'it is not what FinHub takes, or not of this SHA-256', schema: 'Problem' },
    },
    async handle({ caller, client, params, query, request }) {
      const { kind, id, sha256 } = params;
      if (Number(request.headers['content-length'] ?? 0) > MAX_DOCUMENT_BYTES) throw new Refused('BodyTooLarge');
      const sent = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
      const mimeType = DOCUMENT_MIME_TYPES.find((type) => type === sent);
      // Left whole where it is refused half-way: the caller should still hear why.
      const content = (request.body as IncomingMessage).iterator({ destroyOnReturn: false });
      try {
        const upload = { ...query, sha256, mimeType };
        const { fileName: _, ...stored } = await client.uploadDocument(idOf(caller, { kind, id }), content, upload);
        return { status: 201, body: stored };
      } catch (error) {
        if (!(error instanceof DocumentRefused)) throw error;
        throw new InvalidInput('the document', [{ path: '(all of it)', message: error.message }]);
      }
    },
  }),
];
