import { createHash } from 'node:crypto';
import { z } from 'zod';
import { closeNamed, openNamed } from '../../secrets/box.js';
import type { KeyRing } from '../../secrets/key-ring.js';
import type { Blobs } from '../../store/blobs.js';
import { CredentialsUnavailable } from '../caller.js';
import type { Session } from './session.js';

/** What a sign-out ends: all of a person's sessions, or those of one session at the provider. */
export type SignedOut = { issuer: string } & ({ subject: string } | { sid: string });

/** How long another gateway may not have heard of a sign-out. */
const KNOWN_MS = 2_000;
const MOST_KNOWN = 1_000;

const recordSchema = z.strictObject({ before: z.number() });

/**
 * Who has signed out, for all gateways that share a document store: a cookie that was copied before is worth nothing after. One small record for
 * each person, so nothing piles up.
 */
export class SignOuts {
  readonly #blobs: Blobs;
  readonly #keys: KeyRing;
  readonly #known = new Map<string, { before: number; readAt: number }>();

  constructor(blobs: Blobs, keys: KeyRing) {
    this.#blobs = blobs;
    this.#keys = keys;
  }

  /** Ends what began before a time (in ms). @throws CredentialsUnavailable where it cannot be kept */
  async end(whose: SignedOut, before: number): Promise<void> {
    const name = nameOf(whose);
    const earlier = await this.#read(name);
    if (earlier >= before) return;
    const record = closeNamed(this.#keys, 'signed-out v1', name, Buffer.from(JSON.stringify({ before })));
    await this.#blobs.write(name, record).catch(unavailable);
    this.#known.set(name, { before, readAt: Date.now() });
  }

  /** @throws CredentialsUnavailable where the store does not say */
  async hasEnded({ issuer, subject, sid, begunAt }: Session): Promise<boolean> {
    const whose: SignedOut[] = [{ issuer, subject }, ...(sid === undefined ? [] : [{ issuer, sid }])];
    const ends = await Promise.all(whose.map((one) => this.#lookUp(nameOf(one))));
    return ends.some((before) => begunAt <= before);
  }

  async #lookUp(name: string): Promise<number> {
    const known = this.#known.get(name);
    if (known && Date.now() < known.readAt + KNOWN_MS) return known.before;
    const before = await this.#read(name);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(name, { before, readAt: Date.now() });
    return before;
  }

  async #read(name: string): Promise<number> {
    try {
      const stored = await this.#blobs.read(name);
      if (stored === undefined) return 0;
      const { content } = openNamed(this.#keys, 'signed-out v1', name, stored);
      return recordSchema.parse(JSON.parse(content.toString('utf8'))).before;
    } catch (error) {
      return unavailable(error);
    }
  }
}

function nameOf({ issuer, ...whose }: SignedOut): string {
  return `signed-out-${createHash('sha256')
    .update(JSON.stringify([issuer, whose]))
    .digest('hex')}`;
}

function unavailable(cause: unknown): never {
  throw new CredentialsUnavailable('the document store does not say who has signed out', { cause });
}
