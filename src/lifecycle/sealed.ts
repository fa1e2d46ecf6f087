export const SEALED_PREFIX = 'sealed:v1:';

/** A sealed text: `sealed:v1:<keyId>:<base64url>`. */
export const SEALED = new RegExp(`${SEALED_PREFIX}([A-Za-z0-9._-]{1,40}):([A-Za-z0-9_-]+)`);
export const SEALED_ALONE = new RegExp(`^${SEALED.source}$`);

/** Whether a text is sealed by `secrets/seal.ts`. Only activities open it; it is useless to readers of a history. */
export function isSealedText(text: unknown): text is string {
  return typeof text === 'string' && SEALED_ALONE.test(text);
}

/** Replaces a secret once nothing needs it any more. */
export const DROPPED = '[dropped]';
