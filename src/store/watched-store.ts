import { KeyMissing } from '../secrets/box.js';
import { DocumentUnavailable, type DocumentStore } from './document-store.js';
import { StoreOfOthers } from './store-id.js';

/** The store cannot be used just now, or is not the one that this process started with: not the matter of a single document. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Is told when the store fails, and when it works again. It must not throw. */
export interface StoreWatch {
  failed(message: string): void;
  works(): void;
}

/**
 * A store that tells its own faults from those of single documents: a missing document may mean another store in the place of ours, in which
 * every case's documents are missing and nothing that is deleted is gone.
 * @param sameStore whether it is still the store that it was at the start
 */
export function watchedStore(
  store: DocumentStore,
  sameStore: () => Promise<boolean>,
  watch: StoreWatch | undefined,
): DocumentStore {
  const fail = (why: string, cause?: unknown): never => {
    watch?.failed(why);
    throw new StoreUnavailable(`the document store cannot be used: ${why}`, { cause });
  };
  const check = async (): Promise<void> => {
    const isSame = await sameStore().catch((error: unknown) => fail(reasonOf(error), error));
    if (!isSame) fail('it is not the store that this worker started with; point DOCUMENT_STORE to that one again');
  };
  const using = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      watch?.works();
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof KeyMissing) throw error;
      if (!(error instanceof DocumentUnavailable)) return fail(reasonOf(error), error);
      await check();
      throw error;
    }
  };
  return {
    put: (content, meta) => store.put(content, meta),
    get: (reference) => using(() => store.get(reference)),
    remove: (documentId) =>
      using(async () => {
        await check();
        await store.remove(documentId);
      }),
  };
}

function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return error instanceof StoreOfOthers ? message : (code ?? name);
}
