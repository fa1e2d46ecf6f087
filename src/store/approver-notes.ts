import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { closeNamed, openNamed } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';

/** An account of a tenant. */
export interface NotedAccount {
  tenantId: string;
  accountId: string;
}

/** Who approves an account's transfers. */
export interface ApproverNote {
  /** The onboarding that named them. */
  lifecycle: string;
  approvers: { ref: string; email: string }[];
}

/**
 * Records outside Temporal who approves an account's transfers. A customer's case could be told anything by whoever reaches Temporal with the
 * key ring; this note is written only from an application whose signatures were checked.
 */
export interface ApproverNotes {
  /**
   * Notes the approvers, in place of those that the same lifecycle named earlier. When it returns, the note survives a crash.
   * @returns false, with nothing changed, where another lifecycle has noted other approvers
   */
  note(account: NotedAccount, note: ApproverNote): Promise<boolean>;
  /** Undefined where nothing was noted. @throws BoxError if the note was changed, KeyMissing if its key is not in the ring */
  of(account: NotedAccount): Promise<ApproverNote | undefined>;
}

/** Stores the notes encrypted, one blob for each account. */
export function approverNotes(blobs: Blobs, keys: KeyRing): ApproverNotes {
  const of = async (account: NotedAccount): Promise<ApproverNote | undefined> => {
    const name = nameOf(account);
    const stored = await blobs.read(name);
    return stored && (JSON.parse(openNamed(keys, 'approvers v1', name, stored).content.toString()) as ApproverNote);
  };
  return {
    of,
    async note(account, note) {
      const name = nameOf(account);
      const box = closeNamed(keys, 'approvers v1', name, Buffer.from(JSON.stringify(note)));
      // Of two lifecycles at once, the first one wins.
      await blobs.create(name, box);
      const known = (await of(account))!;
      if (isDeepStrictEqual(known.approvers, note.approvers)) return true;
      if (known.lifecycle !== note.lifecycle) return false;
      await blobs.write(name, box);
      return true;
    },
  };
}

function nameOf({ tenantId, accountId }: NotedAccount): string {
  return `${createHash('sha256')
    .update(JSON.stringify([tenantId, accountId]))
    .digest('hex')}-approvers`;
}
