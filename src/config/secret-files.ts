import { readFileSync } from 'node:fs';
import type { ConfigurationFault } from './configuration-error.js';
import { SECRET_FILE_VARIABLES } from './variables.js';

/** An environment with all secrets as values, and the faults of the files they came from. */
export interface ReadSecrets {
  env: NodeJS.ProcessEnv;
  faults: ConfigurationFault[];
}

/**
 * Replaces `NAME_FILE` by the secret NAME in that file, as container platforms provide secrets. A byte order mark at the start and a line
 * end at the end are removed. The given environment does not change.
 */
export function readSecretFiles(env: NodeJS.ProcessEnv): ReadSecrets {
  const read = { ...env };
  const faults: ConfigurationFault[] = [];
  for (const [variable, secret] of SECRET_FILE_VARIABLES) {
    const path = read[variable]?.trim();
    delete read[variable];
    if (!path) continue;
    if (read[secret]?.trim()) {
      faults.push({ variable: secret, message: `is set, and so is ${variable}; one of them is expected` });
      continue;
    }
    try {
      read[secret] = readFileSync(path, 'utf8').replace(/^\ufeff|\r?\n$/g, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      faults.push({ variable, message: `cannot be read (${code}); the path of a readable file is expected` });
    }
  }
  return { env: read, faults };
}
