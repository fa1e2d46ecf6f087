import type { MessageBodies } from '../lifecycle/messages.js';
import type { Mark } from './marks.js';

/** A mark for each field, or for the parts of a field that has fields itself. */
type MarksOf<Body> = { [Name in keyof Body]-?: Mark | PartsOf<NonNullable<Body[Name]>> };
type PartsOf<Part> = Part extends readonly (infer Item extends object)[]
  ? MarksOf<Item>
  : Part extends readonly unknown[] | string | number | boolean
    ? never
    : Part extends object
      ? MarksOf<Part>
      : never;

const DOCUMENT = {
  documentId: 'plain',
  type: 'plain',
  fileName: 'personal',
  mimeType: 'plain',
  size: 'plain',
  sha256: 'plain',
  subject: 'plain',
} as const;

/**
 * What each field of a message holds. Messages are read by hand in `lifecycle/parse.ts`, where no schema could carry the marks; a field that
 * is added without a mark does not compile.
 */
const MESSAGE_MARKS: { [Name in keyof MessageBodies]: MarksOf<MessageBodies[Name]> } = {
  submitDocuments: { submittedBy: 'personal', documents: DOCUMENT },
  acceptConsents: {
    ...{ version: 'plain', acceptedAt: 'plain' },
    ...{ acceptedBy: 'personal', ipAddress: 'personal', userAgent: 'personal' },
  },
  submitActivationCode: { code: 'secret' },
  decideVerification: {
    ...{ decisionId: 'plain', round: 'plain', verdict: 'plain', retryable: 'plain', evidenceHash: 'plain' },
    operator: { id: 'plain', level: 'plain' },
    ...{ customerReason: 'personal', internalReason: 'personal' },
    documents: { type: 'plain', subject: 'plain', why: 'personal' },
    subject: { customerId: 'plain', verificationId: 'plain' },
  },
  correctApplication: { correctedBy: 'personal', patch: 'personal' },
  resolveAttention: { attentionId: 'plain', action: 'plain', by: 'personal', reason: 'personal', adopt: 'plain' },
  claim: { by: 'personal' },
  release: { by: 'personal' },
  assign: { by: 'personal', to: 'personal', reason: 'personal' },
  note: { by: 'personal', text: 'personal' },
  viewDocument: { by: 'personal', documentId: 'plain' },
  extend: { by: 'personal', until: 'plain', reason: 'personal' },
  decideTransfer: { by: 'personal', verdict: 'plain', reason: 'personal' },
  confirmTransfer: { by: 'personal', orderId: 'plain' },
  cancel: { by: 'personal', reason: 'personal' },
};

/** The fields of all messages by name, as {@link MESSAGE_MARKS} has them. */
export function messageFields(marks: object = MESSAGE_MARKS): { name: string; mark: Mark }[] {
  return Object.entries(marks).flatMap(([name, mark]: [string, Mark | object]) =>
    typeof mark === 'string' ? [{ name, mark }] : messageFields(mark),
  );
}
