import { readFileSync } from 'node:fs';
import type { ConfigurationFault } from './configuration-error.js';
import { SECRET_FILE_VARIABLES } from './variables.js';

/** An environment whose secrets are all values, and what was wrong with the files that held them. */
export interface ReadSecrets {
  env: NodeJS.ProcessEnv;
  faults: ConfigurationFault[];
}

/**
 * Puts what `NAME_FILE` names in the place of the secret NAME, as container platforms hand secrets over. Neither a byte
 * order mark before the secret nor a line end after it is part of it. The environment that is handed in stays as it is.
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
