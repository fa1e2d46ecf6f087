export const SEALED_PREFIX = 'sealed:v1:';

/** A sealed text: `sealed:v1:<keyId>:<base64url>`. */
export const SEALED = new RegExp(`${SEALED_PREFIX}([A-Za-z0-9._-]{1,40}):([A-Za-z0-9_-]+)`);
export const SEALED_ALONE = new RegExp(`^${SEALED.source}$`);

/** Whether a text is in the sealed form that `secrets/seal.ts` gives: opened in activities only, and useless to who reads a history. */
export function isSealedText(text: unknown): text is string {
  return typeof text === 'string' && SEALED_ALONE.test(text);
}

/** What stands where a secret was, once nothing needs it any more. */
export const DROPPED = '[dropped]';
