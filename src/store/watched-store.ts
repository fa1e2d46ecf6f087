import { BoxError } from '../secrets/box.js';
import type { ApproverNotes } from './approver-notes.js';
import { DocumentUnavailable, type DocumentStore } from './document-store.js';
import type { OrderLog } from './order-log.js';
import { StoreOfOthers } from './store-id.js';

/** The store is not usable now, or is not the one that this process started with: a fault of the store, not of one document. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Called when the store fails, and when it works again. Must not throw. */
export interface StoreWatch {
  failed(message: string): void;
  works(): void;
}

/**
 * A store that distinguishes its own faults from those of single documents. A missing document may mean that another store is in place of
 * ours: then every case's documents are missing, and deleting one deletes nothing.
 * @param sameStore whether it is still the store from the start
 */
export function watchedStore(
  store: DocumentStore,
  orders: OrderLog,
  approvers: ApproverNotes,
  sameStore: () => Promise<boolean>,
  watch: StoreWatch | undefined,
): { store: DocumentStore; orders: OrderLog; approvers: ApproverNotes } {
  const fail = (why: string, cause?: unknown): never => {
    watch?.failed(why);
    throw new StoreUnavailable(`the document store is not usable: ${why}`, { cause });
  };
  const check = async (): Promise<void> => {
    const isSame = await sameStore().catch((error: unknown) => fail(reasonOf(error), error));
    if (!isSame) fail('it is not the store that this worker started with; set DOCUMENT_STORE back to that one');
  };
  const using = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      watch?.works();
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof BoxError) throw error;
      if (!(error instanceof DocumentUnavailable)) return fail(reasonOf(error), error);
      await check();
      throw error;
    }
  };
  /** Of what has to be whole: another store in the place of ours would know of no order and no approver. */
  const inOurs = <T>(work: () => Promise<T>): Promise<T> => using(() => check().then(work));
  const watched: DocumentStore = {
    put: (content, meta) => store.put(content, meta),
    take: (content, meta) => store.take(content, meta),
    find: (named) => using(() => store.find(named)),
    get: (reference) => using(() => store.get(reference)),
    remove: (documentId) => inOurs(() => store.remove(documentId)),
  };
  return {
    store: watched,
    orders: {
      note: (order, preparedOrderId) => inOurs(() => orders.note(order, preparedOrderId)),
      begun: (order) => inOurs(() => orders.begun(order)),
    },
    approvers: {
      note: (account, note) => inOurs(() => approvers.note(account, note)),
      of: (account) => inOurs(() => approvers.of(account)),
    },
  };
}

function reasonOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  return error instanceof StoreOfOthers ? message : (code ?? name);
}
