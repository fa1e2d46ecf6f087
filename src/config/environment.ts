import { resolve } from 'node:path';
import { readKeyFile, readOrMakeKeyFile } from '../secrets/key-file.js';
import { type KeyRing, parseKeyRing } from '../secrets/key-ring.js';
import { s3Location } from '../store/open-store.js';
import type { TemporalSettings } from '../temporal/settings.js';
import { checkEnvironment, TRIAL_DEFAULTS } from './check.js';
import { ConfigurationError } from './configuration-error.js';
import type {
  AdminCredentials,
  CaseConfiguration,
  Configurations,
  FinHubConfiguration,
  GatewayConfiguration,
  MetricsConfiguration,
  SigningConfiguration,
} from './configurations.js';
import { PROJECT_FOLDER } from './project-folder.js';
import type { Environment, Role } from './variables.js';

/**
 * The configuration of one role. Outside production, makes a key ring if none is set.
 * @throws ConfigurationError with every fault
 */
export function loadEnvironment<R extends Role>(role: R, env: NodeJS.ProcessEnv = process.env): Configurations[R] {
  const { values, temporal, faults } = checkEnvironment(role, env);
  if (faults.length > 0 || temporal === undefined) throw new ConfigurationError(faults);
  // Without faults, nothing is missing.
  return BUILD[role](values as Environment, temporal);
}

/** Seconds between two looks at FinHub's verdict, with webhooks as hints and without. */
const VERDICT_POLL_SECONDS = { hinted: 3600, alone: 900 };

const BUILD: { [R in Role]: (values: Environment, temporal: TemporalSettings) => Configurations[R] } = {
  worker: (values, temporal) => ({
    ...ofCases(values, temporal),
    notes: [...keyNotes(values), ...operatorNotes(values)],
    finhub: finhub(values),
    webhookTarget:
      values.FINHUB_WEBHOOK_URL && values.FINHUB_WEBHOOK_SECRET
        ? { url: values.FINHUB_WEBHOOK_URL, secret: values.FINHUB_WEBHOOK_SECRET.at(-1)! }
        : undefined,
    individualActivation: values.FINHUB_INDIVIDUAL_ACTIVATION,
    verdictPollSeconds:
      values.FINHUB_VERDICT_POLL_SECONDS ?? VERDICT_POLL_SECONDS[values.FINHUB_WEBHOOKS ? 'hinted' : 'alone'],
    signersFile: resolve(values.SIGNERS_FILE ?? TRIAL_DEFAULTS.signersFile),
    policyFile: values.POLICY_FILE && resolve(values.POLICY_FILE),
    signersRoots: values.SIGNERS_ROOT_KEYS,
    environment: values.ENVIRONMENT_NAME,
    requireProof: values.REQUIRE_PROOF ?? isProduction(values),
    notifications:
      values.NOTIFY_URL && values.NOTIFY_SECRET ? { url: values.NOTIFY_URL, secret: values.NOTIFY_SECRET } : undefined,
    maxHistoryEvents: values.MAX_HISTORY_EVENTS,
    encryptedPayloadsOnly: values.ENCRYPTED_PAYLOADS_ONLY ?? isProduction(values),
    tuning: {
      workflowTasks: values.WORKER_WORKFLOW_TASKS,
      activities: values.WORKER_ACTIVITIES,
      workflowPollers: values.WORKER_WORKFLOW_POLLERS,
      activityPollers: values.WORKER_ACTIVITY_POLLERS,
      cachedWorkflows: values.WORKER_CACHED_WORKFLOWS,
      activitiesPerSecond: values.WORKER_ACTIVITIES_PER_SECOND,
      queueActivitiesPerSecond: values.QUEUE_ACTIVITIES_PER_SECOND,
    },
    callsQueue:
      values.FINHUB_TASK_QUEUE === undefined
        ? undefined
        : { taskQueue: values.FINHUB_TASK_QUEUE, callsPerSecond: values.FINHUB_CALLS_PER_SECOND },
    deployment:
      values.TEMPORAL_DEPLOYMENT_NAME && values.TEMPORAL_WORKER_BUILD_ID
        ? { name: values.TEMPORAL_DEPLOYMENT_NAME, buildId: values.TEMPORAL_WORKER_BUILD_ID }
        : undefined,
    shutdown: { graceSeconds: values.SHUTDOWN_GRACE_SECONDS, forceSeconds: values.SHUTDOWN_FORCE_SECONDS },
    health: values.HEALTH_PORT === undefined ? undefined : { host: values.HEALTH_HOST, port: values.HEALTH_PORT },
    metrics: metrics(values),
  }),
  gateway: (values, temporal) => ({
    ...ofCases(values, temporal),
    ...signing(values),
    tenantId: values.FINHUB_TENANT_ID,
    gateway: {
      host: values.GATEWAY_HOST,
      port: values.GATEWAY_PORT,
      requestsPerMinute: values.GATEWAY_REQUESTS_PER_MINUTE,
      waitsPerClient: values.GATEWAY_WAITS_PER_CLIENT,
      tls:
        values.GATEWAY_TLS_CERT_FILE && values.GATEWAY_TLS_KEY_FILE
          ? { certFile: resolve(values.GATEWAY_TLS_CERT_FILE), keyFile: resolve(values.GATEWAY_TLS_KEY_FILE) }
          : undefined,
      apiKeysFile: values.GATEWAY_API_KEYS_FILE && resolve(values.GATEWAY_API_KEYS_FILE),
      oauth:
        values.GATEWAY_OAUTH_ISSUER && values.GATEWAY_OAUTH_AUDIENCE && values.GATEWAY_OAUTH_JWKS_URL
          ? {
              issuer: values.GATEWAY_OAUTH_ISSUER,
              audience: values.GATEWAY_OAUTH_AUDIENCE,
              jwksUrl: values.GATEWAY_OAUTH_JWKS_URL,
            }
          : undefined,
    },
    people: people(values),
    webhooks: values.FINHUB_WEBHOOK_SECRET && {
      secrets: values.FINHUB_WEBHOOK_SECRET,
      maxAgeSeconds: values.FINHUB_WEBHOOK_MAX_AGE_SECONDS,
    },
    metrics: metrics(values),
  }),
  starter: (values, temporal) => ({
    ...ofCases(values, temporal),
    ...signing(values),
    tenantId: values.FINHUB_TENANT_ID,
    signersFile:
      values.SIGNERS_FILE === undefined
        ? undefined
        : { path: resolve(values.SIGNERS_FILE), roots: values.SIGNERS_ROOT_KEYS },
  }),
  operator: (values, temporal) => ({
    ...ofCases(values, temporal),
    ...signing(values),
    tenantId: values.FINHUB_TENANT_ID,
  }),
  'codec-server': (values, temporal) => ({
    temporal,
    logLevel: values.LOG_LEVEL,
    notes: keyNotes(values),
    keys: keyRing(values),
    codec: {
      tokens: values.CODEC_TOKENS!,
      uiOrigin: values.CODEC_UI_ORIGIN,
      host: values.CODEC_HOST,
      port: values.CODEC_PORT,
    },
  }),
};

const isProduction = ({ NODE_ENV }: Environment): boolean => NODE_ENV === 'production';

function ofCases(values: Environment, temporal: TemporalSettings): CaseConfiguration {
  return {
    temporal,
    logLevel: values.LOG_LEVEL,
    notes: keyNotes(values),
    keys: keyRing(values),
    documentStore: storeLocation(values),
  };
}

function metrics({ METRICS_ADDRESS, METRICS_COUNT_SECONDS }: Environment): MetricsConfiguration | undefined {
  return METRICS_ADDRESS ? { bindAddress: METRICS_ADDRESS, countSeconds: METRICS_COUNT_SECONDS } : undefined;
}

function signing({ ENVIRONMENT_NAME, SIGNER_ID, SIGNING_KEY_FILE }: Environment): SigningConfiguration {
  return {
    environment: ENVIRONMENT_NAME,
    signer: SIGNER_ID && SIGNING_KEY_FILE ? { signerId: SIGNER_ID, keyFile: resolve(SIGNING_KEY_FILE) } : undefined,
  };
}

function people(values: Environment): GatewayConfiguration['people'] {
  const {
    GATEWAY_OIDC_ISSUER: issuer,
    GATEWAY_OIDC_CLIENT_ID: clientId,
    GATEWAY_OIDC_CLIENT_SECRET: clientSecret,
    GATEWAY_PUBLIC_URL: publicUrl,
  } = values;
  return {
    signers: { path: resolve(values.SIGNERS_FILE ?? TRIAL_DEFAULTS.signersFile), roots: values.SIGNERS_ROOT_KEYS },
    provider:
      issuer && clientId && clientSecret && publicUrl ? { issuer, clientId, clientSecret, publicUrl } : undefined,
    limits: {
      idleMs: values.GATEWAY_SESSION_IDLE_MINUTES * 60_000,
      wholeMs: values.GATEWAY_SESSION_HOURS * 3_600_000,
    },
    signInsPerMinute: values.GATEWAY_SIGN_INS_PER_MINUTE,
  };
}

function storeLocation({ DOCUMENT_STORE: location = resolve(PROJECT_FOLDER, '.data/documents') }: Environment): string {
  return s3Location(location) === undefined ? resolve(location) : location;
}

function keyRing({ ONBOARDING_KEYS: ring, ONBOARDING_KEYS_FILE: file }: Environment): KeyRing {
  if (ring !== undefined) return parseKeyRing(ring);
  return file === undefined ? readOrMakeKeyFile(TRIAL_DEFAULTS.keysFile) : readKeyFile(file);
}

function keyNotes({ ONBOARDING_KEYS, ONBOARDING_KEYS_FILE }: Environment): string[] {
  return (ONBOARDING_KEYS ?? ONBOARDING_KEYS_FILE)
    ? []
    : [`secrets are sealed with a key made for trials, in ${TRIAL_DEFAULTS.keysFile} (ONBOARDING_KEYS is not set)`];
}

function operatorNotes({ SIGNERS_FILE }: Environment): string[] {
  return SIGNERS_FILE === undefined
    ? [`operators are those of ${TRIAL_DEFAULTS.signersFile} (SIGNERS_FILE is not set)`]
    : [];
}

function finhub(values: Environment): FinHubConfiguration {
  return {
    baseUrl: values.FINHUB_BASE_URL!,
    tenantId: values.FINHUB_TENANT_ID!,
    tenantKey: values.FINHUB_TENANT_KEY!,
    tenantSecret: values.FINHUB_TENANT_SECRET!,
    admin: credentials(values, 'FINHUB_ADMIN')!,
    ...optional('powerTenant', credentials(values, 'FINHUB_POWER_TENANT')),
    ...optional('legacy', legacy(values)),
    timeoutMs: values.FINHUB_TIMEOUT_MS,
    loginRetryMs: values.FINHUB_LOGIN_RETRY_SECONDS * 1000,
    maxConnections: values.FINHUB_MAX_CONNECTIONS,
    promptLookUps: values.FINHUB_PROMPT_LOOKUPS,
    deviceId: values.FINHUB_DEVICE_ID,
  };
}

function credentials(
  values: Environment,
  prefix: 'FINHUB_ADMIN' | 'FINHUB_POWER_TENANT',
): AdminCredentials | undefined {
  const organizationId = values[`${prefix}_ORGANIZATION_ID`];
  const userId = values[`${prefix}_USER_ID`];
  const username = values[`${prefix}_USERNAME`];
  const password = values[`${prefix}_PASSWORD`];
  const roles = values[`${prefix}_ROLES`];
  return organizationId && userId && username && password
    ? { organizationId, userId, username, password, roles }
    : undefined;
}

function legacy(values: Environment): FinHubConfiguration['legacy'] {
  const { FINHUB_LEGACY_BASE_URL: baseUrl, FINHUB_API_KEY: apiKey } = values;
  return baseUrl && apiKey ? { baseUrl, apiKey } : undefined;
}

function optional<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: T });
}
