/*
 * What a passkey signs, in words that the operators' browsers know, too: this file imports nothing.
 */

/** Marks a proof by a passkey; a JWS begins otherwise. */
export const PASSKEY_PREFIX = 'passkey.';

/** What the challenge is the SHA-256 of. The first line keeps anything else that a passkey signs from being one of our messages. */
export function challengeText(claims: string): string {
  return `finhub-onboarding-message+passkey\n${claims}`;
}
