import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../files/json.js';

const KEY_BYTES = 32;

/**
 * The keys that encrypt secrets. As text it is JSON, `{"current": "2027-01", "fingerprint": "2026-11", "keys": {"2026-11": "<base64>", …}}`.
 *
 * To rotate, add the new key everywhere, then make it `current`. Content under the old key stays readable while that key is in the ring.
 * `fingerprint` names the key that compares applications. It must not change while lifecycles are retained, otherwise the same application
 * sent again would look different; so with more than one key it must be named.
 * `retired` lists the ids of removed keys: content under one waits until the key is back, instead of counting as forged.
 */
export interface KeyRing {
  readonly current: string;
  readonly fingerprint: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Ids of all keys, including retired ones. */
  readonly listed: ReadonlySet<string>;
}

/** The key ring is not usable; the message says why, without any key. */
export class KeyRingError extends Error {
  override readonly name = 'KeyRingError';
}

const keyRingSchema = z
  .strictObject({
    current: z.string(),
    fingerprint: z.string().optional(),
    retired: z.array(z.string()).default([]),
    keys: z.record(
      z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, { error: 'key ids are 1 to 40 letters, digits, ".", "_" or "-"' }),
      z
        .base64()
        .transform((text) => Buffer.from(text, 'base64'))
        .refine((key) => key.length === KEY_BYTES, { error: `a key is ${KEY_BYTES} bytes in base64` })
        .transform((key) => createSecretKey(key)),
    ),
  })
  .transform(({ current, fingerprint, retired, keys }, context): KeyRing => {
    const ids = Object.keys(keys);
    const stable = fingerprint ?? (ids.length === 1 ? current : undefined);
    const fault = !ids.includes(current)
      ? '"current" must name one of the keys'
      : stable === undefined
        ? '"fingerprint" must name the key that has compared applications so far'
        : !ids.includes(stable)
          ? '"fingerprint" must name one of the keys'
          : undefined;
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    return {
      current,
      fingerprint: stable ?? current,
      keys: new Map(Object.entries(keys)),
      listed: new Set([...ids, ...retired]),
    };
  });

/**
 * Parses a key ring.
 * @throws KeyRingError
 */
export function parseKeyRing(text: string): KeyRing {
  const parsed = keyRingSchema.safeParse(jsonOrUndefined(text));
  if (parsed.success) return parsed.data;
  throw new KeyRingError(parsed.error.issues.map(({ message }) => message).join('; '));
}

/** The text of a new ring with one random key. */
export function newKeyRingText(): string {
  const id = new Date().toISOString().slice(0, 10);
  const ring = { current: id, fingerprint: id, keys: { [id]: randomBytes(KEY_BYTES).toString('base64') } };
  return `${JSON.stringify(ring, undefined, 2)}\n`;
}

/** A key for one purpose, derived from a key of the ring, so that no key serves two algorithms. */
export function deriveKey(ring: KeyRing, keyId: string, purpose: string): Buffer | undefined {
  const key = ring.keys.get(keyId);
  return key && Buffer.from(hkdfSync('sha256', key, '', `finhub-onboarding ${purpose}`, KEY_BYTES));
}

function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new KeyRingError('a key ring is JSON: {"current": "<id>", "keys": {"<id>": "<32 bytes in base64>"}}');
  }
}
