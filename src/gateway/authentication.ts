import { SCOPES, type Caller, type Credentials } from './caller.js';
import { accessTokens, type AccessTokenOptions } from './access-tokens.js';
import { apiKeys } from './api-keys.js';

export interface AuthenticationOptions {
  oauth?: AccessTokenOptions | undefined;
  apiKeysFile?: string | undefined;
  /** Whether people sign in: then nobody is let in without credentials, although no program has any. */
  people?: boolean | undefined;
}

/** Lets callers in by credentials of any kind that is configured; undefined where none is. @throws CredentialsUnavailable */
export async function credentialsOf({
  oauth,
  apiKeysFile,
  people = false,
}: AuthenticationOptions): Promise<Credentials | undefined> {
  const kinds = [
    ...(apiKeysFile === undefined ? [] : [await apiKeys(apiKeysFile)]),
    ...(oauth === undefined ? [] : [accessTokens(oauth)]),
  ];
  if (kinds.length === 0 && !people) return undefined;
  return {
    async callerOf(shown) {
      for (const kind of kinds) {
        const caller = await kind.callerOf(shown);
        if (caller) return caller;
      }
      return undefined;
    },
  };
}

/** Whoever reaches a gateway without credentials, which listens on this machine only. */
export function anybody(tenant: string): Caller {
  return { id: 'local', tenant, scopes: new Set(SCOPES), operator: '*' };
}
