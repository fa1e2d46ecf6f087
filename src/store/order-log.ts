import { createHash } from 'node:crypto';
import { closeNamed, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';

/** An order as a case knows it, whatever FinHub's id of it is. */
export interface LoggedOrder {
  tenantId: string;
  accountId: string;
  type: string;
  reference: string;
}

/**
 * The prepared orders whose execution was begun, outside Temporal. A Temporal that was restored from an older backup has forgotten them, and FinHub
 * documents no search by reference: without this log the money would move a second time.
 */
export interface OrderLog {
  /** Notes that a prepared order is about to be executed. When it returns, the note survives a crash. Noting it again changes nothing. */
  note(order: LoggedOrder, preparedOrderId: string): Promise<void>;
  /** All prepared orders noted for this order, the oldest first. @throws BoxError if a note was changed, KeyMissing if its key is not in the ring */
  begun(order: LoggedOrder): Promise<string[]>;
}

/** Keeps the log in a store, encrypted, one note in each blob: none is ever changed. */
export function orderLog(blobs: Blobs, keys: KeyRing): OrderLog {
  const noteAt = async (name: string): Promise<string | undefined> => {
    const stored = await blobs.read(name);
    return stored && openNamed(keys, 'order v1', name, stored).content.toString('utf8');
  };
  const begun = async (order: LoggedOrder): Promise<string[]> => {
    const notes: string[] = [];
    for (;;) {
      const note = await noteAt(nameOf(order, notes.length));
      if (note === undefined) return notes;
      notes.push(note);
    }
  };
  return {
    begun,
    async note(order, preparedOrderId) {
      // Another process may take the same number first.
      for (let notes = await begun(order); !notes.includes(preparedOrderId); notes = await begun(order)) {
        const name = nameOf(order, notes.length);
        await blobs.create(name, closeNamed(keys, 'order v1', name, Buffer.from(preparedOrderId)));
      }
    },
  };
}

function nameOf({ tenantId, accountId, type, reference }: LoggedOrder, number: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([tenantId, accountId, type, reference]))
    .digest('hex');
  return `${digest}-order-${number}`;
}
