import type { DocumentReference } from '../contract/application.js';

/** What is said about a document when it is handed in. */
export interface DocumentMeta {
  /** Names the document at FinHub, which takes the same id once (facts V03: a UUID v4 made by the client). */
  documentId: string;
  type: string;
  fileName: string;
  /** Has to agree with the content; by default the content decides. */
  mimeType?: string | undefined;
  subject?: string | undefined;
}

/** Where the content of documents is kept, since messages and histories carry references only. */
export interface DocumentStore {
  /**
   * Takes a document in; once it returns, the content outlives a crash. Storing the same content again is harmless.
   * @throws DocumentRefused if size or type are not what FinHub takes
   */
  put(content: Uint8Array, meta: DocumentMeta): Promise<DocumentReference>;
  /**
   * The content, checked against its reference.
   * @throws DocumentUnavailable; KeyMissing where the ring lacks its key
   */
  get(reference: DocumentReference): Promise<Buffer>;
  /** Deletes a document for good; harmless where it is not there. */
  remove(documentId: string): Promise<void>;
}

/** The store cannot be used as it is set up; the message says what to set. */
export class DocumentStoreError extends Error {
  override readonly name = 'DocumentStoreError';
}

/** A document that the store cannot give as its reference describes it. */
export class DocumentUnavailable extends Error {
  override readonly name = 'DocumentUnavailable';
  readonly reason: 'missing' | 'changed';
  constructor(reference: DocumentReference, reason: 'missing' | 'changed', options?: ErrorOptions) {
    super(
      reason === 'missing'
        ? `the document store holds no document ${reference.documentId}`
        : `document ${reference.documentId} is not what was stored`,
      options,
    );
    this.reason = reason;
  }
}
