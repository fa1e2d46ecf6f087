import { extname } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { uploadDocument } from '../finhub/catalogue/documents.js';
import type { FinHubClient } from '../finhub/client.js';
import type { DocumentReference } from '../contract/application.js';
import type { RetentionPlan } from '../lifecycle/document-retention.js';
import { FAILURES } from '../lifecycle/failures.js';
import type { Policies } from '../policies/policy-file.js';
import { documentIdOf } from '../store/document-id.js';
import { DocumentUnavailable, type DocumentStore } from '../store/document-store.js';
import { callAsActivity, type CallRules, type FinHubCall, type CallResult } from './finhub-calls.js';
import { keptUntil } from './kept-documents.js';
import { storeFailure } from './store-failure.js';

export interface DocumentUpload {
  verificationId: string;
  customerId: string;
  organization: boolean;
  document: DocumentReference;
}

export interface DocumentActivities {
  /** Reads the content from the store and attaches it to the verification. */
  uploadDocument(call: FinHubCall<DocumentUpload>): Promise<CallResult<{ documentId: string }>>;
  /** Deletes a case's documents from the store, or returns until when they must stay. Ignores documents of other cases. */
  deleteDocuments(plan: RetentionPlan): Promise<{ deleted: string[]; foreign: string[] } | { keptUntil: string }>;
}

export function documentActivities(
  client: FinHubClient,
  rules: CallRules,
  store: DocumentStore,
  policies: Policies,
): DocumentActivities {
  return {
    async deleteDocuments({ caseId, documents }) {
      const until = await keptUntil(policies, caseId);
      if (until) return { keptUntil: until.toISOString() };
      const isOwn = (one: RetentionPlan['documents'][number]): boolean => documentIdOf(caseId, one) === one.documentId;
      const idsOf = (some: RetentionPlan['documents']): string[] => some.map(({ documentId }) => documentId);
      const deleted = idsOf(documents.filter(isOwn));
      for (const documentId of deleted) await store.remove(documentId);
      return { deleted, foreign: idsOf(documents.filter((one) => !isOwn(one))) };
    },

    async uploadDocument({ input: { document, ...target }, for: purpose, warrant }) {
      const content = await store.get(document).catch((error: unknown) => {
        const details = { operation: 'uploadDocument' };
        if (!(error instanceof DocumentUnavailable)) throw storeFailure(error, details) ?? error;
        throw ApplicationFailure.nonRetryable(error.message, FAILURES.document, details);
      });
      return callAsActivity(client, rules, uploadDocument, {
        input: {
          ...target,
          docId: document.documentId,
          documentType: document.type,
          mimeType: document.mimeType,
          fileName: traceableName(document),
          fileContent: content.toString('base64'),
        },
        for: purpose,
        warrant,
      });
    },
  };
}

/** The file's name with part of the document's id in it, so that we can find it again at FinHub. */
function traceableName({ fileName, documentId }: DocumentReference): string {
  const extension = extname(fileName);
  return `${fileName.slice(0, fileName.length - extension.length)}-${documentId.slice(0, 8)}${extension}`;
}
