/** Whether a text is in the sealed form that `secrets/seal.ts` gives: opened in activities only, and useless to who reads a history. */
export function isSealedText(text: unknown): boolean {
  return typeof text === 'string' && /^sealed:v1:[A-Za-z0-9._-]{1,40}:[A-Za-z0-9_-]+$/.test(text);
}

/** What stands where a secret was, once nothing needs it any more. */
export const DROPPED = '[dropped]';
