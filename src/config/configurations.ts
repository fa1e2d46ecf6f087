import type { JWK } from 'jose';
import type { KeyRing } from '../secrets/key-ring.js';
import type { TemporalSettings } from '../temporal/settings.js';
import type { Environment } from './variables.js';

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

export interface CaseConfiguration extends CommonConfiguration {
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
  /** How operators sign in; without a provider on this machine only, as whom they say. */
  people: {
    signers: { path: string; roots: JWK[] | undefined };
    provider: { issuer: string; clientId: string; clientSecret: string; publicUrl: string } | undefined;
    limits: { idleMs: number; wholeMs: number };
    signInsPerMinute: number;
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
