import { createHash } from 'node:crypto';
import { closeNamed, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';

/** An order as a case names it; FinHub gives each attempt to prepare it an id of its own. */
export interface LoggedOrder {
  tenantId: string;
  accountId: string;
  type: string;
  reference: string;
}

/**
 * Records outside Temporal which prepared orders we began to execute. A Temporal restored from an older backup has forgotten them, and FinHub
 * documents no search by reference: without this log we would pay twice.
 */
export interface OrderLog {
  /** Records that a prepared order is about to be executed. When it returns, the note survives a crash. Repeating it changes nothing. */
  note(order: LoggedOrder, preparedOrderId: string): Promise<void>;
  /** All prepared orders noted for this order, oldest first. @throws BoxError if a note was changed, KeyMissing if its key is not in the ring */
  begun(order: LoggedOrder): Promise<string[]>;
}

/** Stores the log encrypted, one note per blob; a note never changes. */
export function orderLog(blobs: Blobs, keys: KeyRing): OrderLog {
  const noteAt = async (name: string): Promise<string | undefined> => {
    const stored = await blobs.read(name);
    return stored && openNamed(keys, 'order v1', name, stored).content.toString('utf8');
  };
  return {
    async begun(order) {
      const notes: string[] = [];
      for (;;) {
        const note = await noteAt(nameOf(order, notes.length));
        if (note === undefined) return notes;
        notes.push(note);
      }
    },
    async note(order, preparedOrderId) {
      for (let number = 0; ;) {
        const name = nameOf(order, number);
        const note = await noteAt(name);
        if (note === preparedOrderId) return;
        if (note !== undefined) number += 1;
        // Another process may take this number first, so it is read again.
        else await blobs.create(name, closeNamed(keys, 'order v1', name, Buffer.from(preparedOrderId)));
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
