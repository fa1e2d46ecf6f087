import type { JWK } from 'jose';
import type { KeyRing } from '../secrets/key-ring.js';
import type { TemporalSettings } from '../temporal/settings.js';
import type { Environment } from './variables.js';

/** An admin user at FinHub that acts for a tenant. */
export interface AdminCredentials {
  organizationId: string;
  userId: string;
  username: string;
  password: string;
  /** The user's roles, sent to FinHub in `X-User-Roles`. */
  roles: readonly string[];
}

/** How to reach FinHub, and with which logins. */
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
  /** For one call, from sending to the end of the response. */
  timeoutMs: number;
  /** From a refused login of the service itself to the next try. */
  loginRetryMs: number;
  maxConnections: number;
  /** Look-ups that show a new object immediately. */
  promptLookUps: readonly string[];
  deviceId: string;
}

interface CommonConfiguration {
  temporal: TemporalSettings;
  logLevel: Environment['LOG_LEVEL'];
  /** Trial defaults in use, for the log; none in production. */
  notes: string[];
}

export interface CaseConfiguration extends CommonConfiguration {
  keys: KeyRing;
  /** The document store: a folder's path, or an address of an S3-compatible store. */
  documentStore: string;
}

export interface MetricsConfiguration {
  /** IP and port where Prometheus reads them. */
  bindAddress: string;
  /** Seconds between two counts of all open cases; 0 if other workers count. */
  countSeconds: number;
}

export interface WorkerConfiguration extends CaseConfiguration {
  finhub: FinHubConfiguration;
  /** Where FinHub sends webhooks, and the secret that signs them. */
  webhookTarget: { url: string; secret: string } | undefined;
  individualActivation: 'code' | 'admin';
  verdictPollSeconds: number;
  signersFile: string;
  /** Without it, the built-in policy counts. */
  policyFile: string | undefined;
  /** Public keys of the roots that sign the signers file; without them the file is unsigned. */
  signersRoots: JWK[] | undefined;
  /** Part of the audience of envelopes. */
  environment: string;
  /** Whether messages need a proof. */
  requireProof: boolean;
  notifications: { url: string; secret: string } | undefined;
  maxHistoryEvents: number;
  encryptedPayloadsOnly: boolean;
  tuning: WorkerTuning;
  /** The queue for FinHub calls; without it they use the workflows' own task queue. */
  callsQueue: { taskQueue: string; callsPerSecond: number | undefined } | undefined;
  /** Without it, workflows have no version, and any worker runs them. */
  deployment: { name: string; buildId: string } | undefined;
  shutdown: {
    /** For running work when the worker is asked to end. */
    graceSeconds: number;
    /** After the grace time, until remaining work is cut off. */
    forceSeconds: number;
  };
  /** Where health and readiness are served; without it, nowhere. */
  health: { host: string; port: number } | undefined;
  metrics: MetricsConfiguration | undefined;
}

/** How much a worker does at a time; docs/guides/deployment.md explains the defaults. */
export interface WorkerTuning {
  workflowTasks: number;
  activities: number;
  workflowPollers: number;
  activityPollers: number;
  /** Without it, as many as the heap has room for. */
  cachedWorkflows: number | undefined;
  activitiesPerSecond: number | undefined;
  /** For all workers together. */
  queueActivitiesPerSecond: number | undefined;
}

/** The key that signs messages; without it they are unsigned. */
export interface SigningConfiguration {
  environment: string;
  signer: { signerId: string; keyFile: string } | undefined;
}

export interface StarterConfiguration extends CaseConfiguration, SigningConfiguration {
  /** For applications without a tenant. */
  tenantId: string | undefined;
  /** What `resume` checks earlier signatures against, and the public keys of the roots that sign it. */
  signersFile: { path: string; roots: JWK[] | undefined } | undefined;
}

export interface OperatorConfiguration extends CaseConfiguration, SigningConfiguration {
  /** For case ids without a tenant. */
  tenantId: string | undefined;
}

export interface GatewayConfiguration extends CaseConfiguration, SigningConfiguration {
  /** For callers without credentials. */
  tenantId: string | undefined;
  gateway: {
    host: string;
    port: number;
    requestsPerMinute: number;
    waitsPerClient: number;
    tls: { certFile: string; keyFile: string } | undefined;
    apiKeysFile: string | undefined;
    oauth: { issuer: string; audience: string; jwksUrl: string } | undefined;
  };
  /** How operators sign in. Without a provider, only on this machine and without a check of who they are. */
  people: {
    signers: { path: string; roots: JWK[] | undefined };
    provider: { issuer: string; clientId: string; clientSecret: string; publicUrl: string } | undefined;
    limits: { idleMs: number; wholeMs: number };
    signInsPerMinute: number;
  };
  /** Webhooks signed with one of these are accepted; without it, none. */
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
