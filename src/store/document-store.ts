import type { DocumentReference } from '../contract/application.js';

/** What the sender says about a document. */
export interface DocumentMeta {
  /** Names the document at FinHub, which accepts an id once (facts V03: a UUID v4 made by the client). */
  documentId: string;
  type: string;
  fileName: string;
  /** Must match the content; by default derived from the content. */
  mimeType?: string | undefined;
  subject?: string | undefined;
}

/** What names a stored document. */
export type Named = Pick<DocumentReference, 'documentId' | 'sha256'>;

/** Stores the content of documents; messages and histories only have references to it. */
export interface DocumentStore {
  /**
   * Stores a document. When it returns, the content survives a crash. Storing the same content again does no harm.
   * @throws DocumentRefused if FinHub does not accept the size or type
   */
  put(content: Uint8Array, meta: DocumentMeta): Promise<DocumentReference>;
  /**
   * As `put`, while the content flows by: it is never in memory as a whole, and one that is refused or breaks off leaves nothing.
   * @param meta with the hex digest that the content has to have
   */
  take(content: AsyncIterable<Uint8Array>, meta: DocumentMeta & { sha256: string }): Promise<DocumentReference>;
  /**
   * What is known of a stored document by its content, all of which is looked at.
   * @throws DocumentUnavailable; KeyMissing if its key is not in the ring
   */
  find(named: Named): Promise<Pick<DocumentReference, 'mimeType' | 'size'>>;
  /**
   * The content, checked against its reference.
   * @throws DocumentUnavailable; KeyMissing if its key is not in the ring
   */
  get(reference: DocumentReference): Promise<Buffer>;
  /** Deletes a document permanently; does nothing if it does not exist. */
  remove(documentId: string): Promise<void>;
}

/** The store's configuration is not usable; the message says what to set. */
export class DocumentStoreError extends Error {
  override readonly name = 'DocumentStoreError';
}

/** The store does not have a document as its reference describes it. */
export class DocumentUnavailable extends Error {
  override readonly name = 'DocumentUnavailable';
  readonly reason: 'missing' | 'changed';
  constructor(reference: Named, reason: 'missing' | 'changed', options?: ErrorOptions) {
    super(
      reason === 'missing'
        ? `the document store does not have document ${reference.documentId}`
        : `document ${reference.documentId} does not match what was stored`,
      options,
    );
    this.reason = reason;
  }
}
