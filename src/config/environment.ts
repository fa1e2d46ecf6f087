import { resolve } from 'node:path';
import type { JWK } from 'jose';
import { readKeyFile, readOrMakeKeyFile } from '../secrets/key-file.js';
import { parseKeyRing, type KeyRing } from '../secrets/key-ring.js';
import { s3Location } from '../store/open-store.js';
import type { TemporalSettings } from '../temporal/settings.js';
import { checkEnvironment, TRIAL_DEFAULTS } from './check.js';
import { PROJECT_FOLDER } from './project-folder.js';
import { ConfigurationError } from './configuration-error.js';
import type { Environment, Role } from './variables.js';

/** An admin user at FinHub, by which we act for a tenant. */
export interface AdminCredentials {
  organizationId: string;
  userId: string;
  username: string;
  password: string;
  /** What FinHub is told that the user may do, in `X-User-Roles`. */
  roles: readonly string[];
}

/** How to reach FinHub and as whom. */
export interface FinHubConfiguration {
  /** Without a slash at the end. */
  baseUrl: string;
  tenantId: string;
  tenantKey: string;
  tenantSecret: string;
  admin: AdminCredentials;
  /** Without it, high-risk cases wait for FinHub's portal. */
  powerTenant?: AdminCredentials;
  legacy?: { baseUrl: string; apiKey: string };
  /** For one call, from sending to the end of the answer. */
  timeoutMs: number;
  /** From a refused login of the service itself to the next try. */
  loginRetryMs: number;
  maxConnections: number;
  /** Look-ups that are known to show at once what was made. */
  promptLookUps: readonly string[];
  deviceId: string;
}

interface CommonConfiguration {
  temporal: TemporalSettings;
  logLevel: Environment['LOG_LEVEL'];
  /** Defaults of a trial that were taken, for the log; never any in production. */
  notes: string[];
}

interface CaseConfiguration extends CommonConfiguration {
  keys: KeyRing;
  /** Of the document store: a folder's path, or an address of an S3-compatible store. */
  documentStore: string;
}

export interface MetricsConfiguration {
  /** IP and port where Prometheus finds them. */
  bindAddress: string;
  /** Between two counts of all open cases; 0 where other workers count. */
  countSeconds: number;
}

export interface WorkerConfiguration extends CaseConfiguration {
  finhub: FinHubConfiguration;
  /** Where FinHub sends webhooks, and what it is to sign them with. */
  webhookTarget: { url: string; secret: string } | undefined;
  individualActivation: 'code' | 'admin';
  verdictPollSeconds: number;
  signersFile: string;
  /** Without it the built-in policy holds. */
  policyFile: string | undefined;
  /** Public keys of the roots that sign the signers file; unsigned without. */
  signersRoots: JWK[] | undefined;
  /** Part of what envelopes are for. */
  environment: string;
  /** Takes no message without a proof. */
  requireProof: boolean;
  notifications: { url: string; secret: string } | undefined;
  maxHistoryEvents: number;
  encryptedPayloadsOnly: boolean;
  tuning: WorkerTuning;
  /** Where FinHub is called from; on the workflows' own task queue without it. */
  callsQueue: { taskQueue: string; callsPerSecond: number | undefined } | undefined;
  /** Without it, workflows belong to no version, and whichever worker asks runs them. */
  deployment: { name: string; buildId: string } | undefined;
  shutdown: {
    /** For what is under way when the worker is asked to end. */
    graceSeconds: number;
    /** After the grace time, until whatever is left is cut off. */
    forceSeconds: number;
  };
  /** Where to ask for health and readiness; nowhere without it. */
  health: { host: string; port: number } | undefined;
  metrics: MetricsConfiguration | undefined;
}

/** How much a worker takes on at a time; argued in docs/guides/deployment.md. */
export interface WorkerTuning {
  workflowTasks: number;
  activities: number;
  workflowPollers: number;
  activityPollers: number;
  /** Without it, what the heap has room for. */
  cachedWorkflows: number | undefined;
  activitiesPerSecond: number | undefined;
  /** Of all workers together. */
  queueActivitiesPerSecond: number | undefined;
}

/** Whose key signs what is sent; nobody's without it. */
export interface SigningConfiguration {
  environment: string;
  signer: { signerId: string; keyFile: string } | undefined;
}

export interface StarterConfiguration extends CaseConfiguration, SigningConfiguration {
  /** For applications that name no tenant. */
  tenantId: string | undefined;
  /** By which `resume` checks what was signed, and the public keys of the roots that sign it. */
  signersFile: { path: string; roots: JWK[] | undefined } | undefined;
}

export interface OperatorConfiguration extends CaseConfiguration, SigningConfiguration {
  /** For case ids that name no tenant. */
  tenantId: string | undefined;
}

export interface GatewayConfiguration extends CaseConfiguration, SigningConfiguration {
  /** Of callers that nobody asks for credentials. */
  tenantId: string | undefined;
  gateway: {
    host: string;
    port: number;
    requestsPerMinute: number;
    waitsPerClient: number;
    apiKeysFile: string | undefined;
    oauth: { issuer: string; audience: string; jwksUrl: string } | undefined;
  };
  /** FinHub's webhooks are taken where they are signed with one of these; nowhere without it. */
  webhooks: { secrets: readonly string[]; maxAgeSeconds: number } | undefined;
  metrics: MetricsConfiguration | undefined;
}

export interface CodecServerConfiguration extends CommonConfiguration {
  keys: KeyRing;
  codec: {
    tokens: { name: string; role: 'read' | 'write'; token: string }[];
    uiOrigin: string | undefined;
    host: string;
    port: number;
  };
}

export interface Configurations {
  worker: WorkerConfiguration;
  gateway: GatewayConfiguration;
  starter: StarterConfiguration;
  operator: OperatorConfiguration;
  'codec-server': CodecServerConfiguration;
}

/**
 * The configuration of one role. Outside production, a key ring is made when none is set.
 * @throws ConfigurationError with every fault
 */
export function loadEnvironment<R extends Role>(role: R, env: NodeJS.ProcessEnv = process.env): Configurations[R] {
  const { values, temporal, faults } = checkEnvironment(role, env);
  if (faults.length > 0 || temporal === undefined) throw new ConfigurationError(faults);
  // Without faults nothing is missing.
  return BUILD[role](values as Environment, temporal);
}

/** Between two looks at FinHub's verdict: where webhooks hint at it, and where nothing does. */
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
