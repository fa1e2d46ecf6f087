import type { X509Certificate } from 'node:crypto';

/** What credentials may allow. */
export const SCOPES = ['onboarding:write', 'onboarding:read', 'payments:write', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** Who calls, as their credentials prove it. */
export interface Caller {
  /** Names the program in the audit and in envelopes. */
  id: string;
  /** The only tenant that it sees. */
  tenant: string;
  scopes: ReadonlySet<Scope>;
  /** The operator that it is, by the signers file; `*` where nobody is asked to prove who they are. */
  operator?: string | undefined;
}

/** What a caller shows: a bearer token, a certificate that it has proved to have the key of, or both. Where there is a token, it counts. */
export interface Shown {
  token?: string | undefined;
  certificate?: X509Certificate | undefined;
}

/** Checks credentials. */
export interface Credentials {
  /** Whose they are, or undefined where they do not hold. @throws CredentialsUnavailable */
  callerOf(shown: Shown): Promise<Caller | undefined>;
}

/** Nobody can be let in now, since what credentials are checked by is out of reach. */
export class CredentialsUnavailable extends Error {
  override readonly name = 'CredentialsUnavailable';
}
