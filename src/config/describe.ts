import { join } from 'node:path';
import { checkEnvironment, TRIAL_DEFAULTS } from './check.js';
import { PROJECT_FOLDER } from './project-folder.js';
import type { ConfigurationFault } from './configuration-error.js';
import { aboutVariable, VARIABLE_NAMES, type Role, type VariableName } from './variables.js';

export interface VariableLine {
  name: VariableName;
  /** Null if it has none or is a secret. */
  value: string | null;
  from: 'set' | 'default' | 'not set';
}

export interface ConfigurationDescription {
  role: Role;
  variables: VariableLine[];
  temporal: { address: string; namespace: string; tls: string; apiKey: 'set' | 'not set' } | null;
  faults: ConfigurationFault[];
}

const REDACTED = '(secret)';
const UNUSABLE = '(unusable)';

/** The configuration as a role reads it, with secrets redacted. Creates nothing. */
export function describeEnvironment(role: Role, env: NodeJS.ProcessEnv = process.env): ConfigurationDescription {
  const { values, set, temporal, faults } = checkEnvironment(role, env);
  const standIns: { [Name in VariableName]?: string } = {
    DOCUMENT_STORE: join(PROJECT_FOLDER, '.data/documents'),
    ...(values.NODE_ENV === 'production'
      ? {}
      : { SIGNERS_FILE: TRIAL_DEFAULTS.signersFile, ...keysStandIn(values.ONBOARDING_KEYS) }),
  };
  const faulty = new Set(faults.map(({ variable }) => variable));
  const variables = VARIABLE_NAMES.map((name): VariableLine => {
    const from = set.has(name) ? 'set' : 'default';
    const value = faulty.has(name) && from === 'set' ? UNUSABLE : (values[name] ?? standIns[name]);
    if (value === undefined) return { name, value: null, from: 'not set' };
    return { name, value: aboutVariable(name).secret ? REDACTED : shown(value), from };
  });
  return {
    role,
    variables,
    temporal: temporal
      ? {
          address: temporal.address,
          namespace: temporal.namespace,
          tls: temporal.tls,
          apiKey: temporal.hasApiKey ? 'set' : 'not set',
        }
      : null,
    faults,
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function keysStandIn(inline: string | undefined): { ONBOARDING_KEYS_FILE?: string } {
  return inline === undefined ? { ONBOARDING_KEYS_FILE: TRIAL_DEFAULTS.keysFile } : {};
}
