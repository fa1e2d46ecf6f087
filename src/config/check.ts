import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { readKeyFile } from '../secrets/key-file.js';
import { KeyRingError, parseKeyRing } from '../secrets/key-ring.js';
import { temporalSettings, TemporalSettingsError, type TemporalSettings } from '../temporal/settings.js';
import type { ConfigurationFault } from './configuration-error.js';
import { PROJECT_FOLDER } from './project-folder.js';
import { readSecretFiles } from './secret-files.js';
import {
  aboutVariable,
  environmentSchema,
  VARIABLE_NAMES,
  type Environment,
  type Role,
  type VariableName,
} from './variables.js';

/** Used outside production for settings that are missing. */
export const TRIAL_DEFAULTS = {
  signersFile: resolve(PROJECT_FOLDER, 'examples/signers.json'),
  keysFile: resolve(PROJECT_FOLDER, '.data/keys.json'),
} as const;

type Values = { [Name in VariableName]?: Environment[Name] | undefined };

/** The environment as a role reads it; complete only if there are no faults. */
export interface Checked {
  values: Values;
  /** Names of the variables that were set, including secrets given by file. */
  set: ReadonlySet<string>;
  temporal: TemporalSettings | undefined;
  faults: ConfigurationFault[];
}

/** Variables that are only useful together. */
const GROUPS: readonly (readonly VariableName[])[] = [
  [
    'FINHUB_POWER_TENANT_ORGANIZATION_ID',
    'FINHUB_POWER_TENANT_USER_ID',
    'FINHUB_POWER_TENANT_USERNAME',
    'FINHUB_POWER_TENANT_PASSWORD',
  ],
  ['FINHUB_LEGACY_BASE_URL', 'FINHUB_API_KEY'],
  ['NOTIFY_URL', 'NOTIFY_SECRET'],
  ['SIGNER_ID', 'SIGNING_KEY_FILE'],
  ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'],
  ['GATEWAY_TLS_CERT_FILE', 'GATEWAY_TLS_KEY_FILE'],
  ['GATEWAY_OAUTH_ISSUER', 'GATEWAY_OAUTH_AUDIENCE', 'GATEWAY_OAUTH_JWKS_URL'],
  ['GATEWAY_OIDC_ISSUER', 'GATEWAY_OIDC_CLIENT_ID', 'GATEWAY_OIDC_CLIENT_SECRET', 'GATEWAY_PUBLIC_URL'],
];

/** Checks everything at once and changes nothing. An empty variable counts as not set. */
export function checkEnvironment(role: Role, env: NodeJS.ProcessEnv): Checked {
  const { env: read, faults: unread } = readSecretFiles(env);
  const set = Object.fromEntries(Object.entries(read).filter(([, value]) => Boolean(value?.trim())));
  const parsed = environmentSchema.safeParse(set);
  const unusable = new Set(parsed.error?.issues.map((issue) => issue.path[0] as VariableName));
  const values = parsed.data ?? partly(set, unusable);
  const { temporal, fault } = checkTemporal(env);
  const faults = [
    ...[...unusable].map((variable) => ({ variable, message: `${aboutVariable(variable).expects} is expected` })),
    ...unread,
    ...missing(role, set).filter(({ variable }) => !unread.some((fault) => fault.variable === `${variable}_FILE`)),
    ...unknown(set),
    ...(role === 'worker' || (role === 'gateway' && values.GATEWAY_OIDC_ISSUER !== undefined)
      ? checkSignersFile(values)
      : []),
    ...checkKeys(values),
    ...(role === 'gateway' ? [...checkCredentials(values), ...checkTls(values)] : []),
    ...checkCallsQueue(values),
    ...(fault ? [fault] : []),
  ];
  return { values, set: new Set(Object.keys(set)), temporal, faults };
}

function partly(set: NodeJS.ProcessEnv, unusable: Set<VariableName>): Values {
  const usable = Object.entries(set).filter(([name]) => !unusable.has(name as VariableName));
  return environmentSchema.partial().parse(Object.fromEntries(usable));
}

function missing(role: Role, set: NodeJS.ProcessEnv): ConfigurationFault[] {
  const needed = VARIABLE_NAMES.filter((name) => aboutVariable(name).neededBy.includes(role));
  const together = GROUPS.filter((group) => group.some((name) => name in set)).flat();
  return [...new Set([...needed, ...together])]
    .filter((name) => !(name in set))
    .map((variable) => ({ variable, message: `is not set; ${aboutVariable(variable).expects} is expected` }));
}

/** Finds misspelt optional variables, which would otherwise be silently ignored. */
function unknown(set: NodeJS.ProcessEnv): ConfigurationFault[] {
  return Object.keys(set)
    .filter((name) => name.startsWith('FINHUB_') && !(name in environmentSchema.shape))
    .map((variable) => {
      const meant = VARIABLE_NAMES.find((name) => isSlip(name, variable));
      return { variable, message: `is not one of our variables${meant ? `; is ${meant} meant?` : ''}` };
    });
}

/** Whether two names differ by at most two single-letter changes, compared from both ends. */
function isSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 2;
}

function checkSignersFile({ NODE_ENV, SIGNERS_FILE }: Values): ConfigurationFault[] {
  const variable = 'SIGNERS_FILE';
  const { expects } = aboutVariable(variable);
  if (SIGNERS_FILE === undefined) {
    return NODE_ENV === 'production' ? [{ variable, message: `is not set; in production ${expects} is expected` }] : [];
  }
  return isReadable(SIGNERS_FILE) ? [] : [{ variable, message: `cannot be read; ${expects} is expected` }];
}

/** Outside production, a gateway without credentials listens only on this machine. */
function checkCredentials(values: Values): ConfigurationFault[] {
  const { NODE_ENV, GATEWAY_API_KEYS_FILE, GATEWAY_OAUTH_ISSUER, GATEWAY_OIDC_ISSUER } = values;
  const some = GATEWAY_API_KEYS_FILE ?? GATEWAY_OAUTH_ISSUER ?? GATEWAY_OIDC_ISSUER;
  if (NODE_ENV !== 'production' || some !== undefined) return [];
  const message =
    'is not set, nor is GATEWAY_OAUTH_ISSUER or GATEWAY_OIDC_ISSUER; in production one of them is expected';
  return [{ variable: 'GATEWAY_API_KEYS_FILE', message }];
}

function checkTls({ GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key }: Values): ConfigurationFault[] {
  if (cert === undefined || key === undefined) return [];
  try {
    createSecureContext({ cert: readFileSync(resolve(cert)), key: readFileSync(resolve(key)) });
    return [];
  } catch (error) {
    const message = `cannot be used with GATEWAY_TLS_KEY_FILE: ${(error as Error).message}`;
    return [{ variable: 'GATEWAY_TLS_CERT_FILE', message }];
  }
}

function checkCallsQueue({ FINHUB_TASK_QUEUE: queue, FINHUB_CALLS_PER_SECOND: rate }: Values): ConfigurationFault[] {
  return queue === undefined && rate !== undefined
    ? [{ variable: 'FINHUB_TASK_QUEUE', message: 'is not set, and FINHUB_CALLS_PER_SECOND is a rate of it' }]
    : [];
}

function checkKeys({ NODE_ENV, ONBOARDING_KEYS: ring, ONBOARDING_KEYS_FILE: file }: Values) {
  const faults: ConfigurationFault[] = [];
  const attempt = (variable: VariableName, read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      const why = error instanceof KeyRingError ? error.message : `${aboutVariable(variable).expects} is expected`;
      faults.push({ variable, message: why });
    }
  };
  if (ring !== undefined && file !== undefined) {
    faults.push({
      variable: 'ONBOARDING_KEYS',
      message: 'is set, and so is ONBOARDING_KEYS_FILE; one of them is expected',
    });
  }
  if (ring !== undefined) attempt('ONBOARDING_KEYS', () => parseKeyRing(ring));
  if (file !== undefined) attempt('ONBOARDING_KEYS_FILE', () => readKeyFile(file));
  if (ring === undefined && file === undefined) {
    const message = 'is not set, nor is ONBOARDING_KEYS_FILE; in production one of them is expected';
    if (NODE_ENV === 'production') faults.push({ variable: 'ONBOARDING_KEYS', message });
    else if (existsSync(TRIAL_DEFAULTS.keysFile))
      attempt('ONBOARDING_KEYS_FILE', () => readKeyFile(TRIAL_DEFAULTS.keysFile));
  }
  return faults;
}

function checkTemporal(env: NodeJS.ProcessEnv): { temporal?: TemporalSettings; fault?: ConfigurationFault } {
  try {
    return { temporal: temporalSettings(env) };
  } catch (error) {
    if (!(error instanceof TemporalSettingsError)) throw error;
    return { fault: { variable: 'TEMPORAL_*', message: error.message } };
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
