import type { JWK } from 'jose';
import { z } from 'zod';
import { LOOK_UPS } from './look-ups.js';
import { s3Location } from '../store/open-store.js';

/** The programs that read the configuration; each needs a different part. */
export const ROLES = ['worker', 'gateway', 'starter', 'operator', 'codec-server'] as const;
export type Role = (typeof ROLES)[number];

interface About {
  /** The allowed values; completes "… is expected". */
  expects: string;
  /** Roles that cannot start without it. */
  neededBy: readonly Role[];
  secret: boolean;
}

/** What we know about each variable besides its type. */
const about = z.registry<About>();

type Options = Partial<Omit<About, 'expects'>>;

function variable<S extends z.ZodType>(schema: S, expects: string, { neededBy = [], secret = false }: Options = {}): S {
  about.add(schema, { expects, neededBy, secret });
  return schema;
}

const text = z.string().trim().min(1).max(500);
/** Without credentials, because addresses are shown. */
const url = z
  .url({ protocol: /^https?$/ })
  .refine((address) => !address.includes('@'))
  .transform((address) => address.replace(/\/+$/, ''));
/** Encrypted in transit, or on this machine. */
const isSafe = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
};
/** As written: an issuer with a slash at its end is a different issuer. */
const safeUrl = z
  .url({ protocol: /^https?$/ })
  .refine((address) => !address.includes('@'))
  .refine(isSafe);
const origin = url.refine(isSafe).refine((address) => new URL(address).origin === address);
/** Part of workflow ids, so without slashes. */
const id = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
const whole = (min: number, max: number): z.ZodType<number, string> =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));
/** A number per second. */
const rate = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
  .pipe(z.number().positive());

const lookUps = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(LOOK_UPS)));

const webhookSecrets = z
  .string()
  .regex(/^[\w.~-]{24,200}(,[\w.~-]{24,200})?$/)
  .transform((list) => list.split(','));

const tokens = z
  .string()
  .regex(/^[\w-]+:(read|write):[\w.~-]{24,}(,[\w-]+:(read|write):[\w.~-]{24,})*$/)
  .transform((list) =>
    list.split(',').map((entry) => {
      const [name, role, token] = entry.split(':') as [string, 'read' | 'write', string];
      return { name, role, token };
    }),
  );

/** Strict by default: true in production, false elsewhere. */
const strict = z
  .enum(['true', 'false'])
  .optional()
  .transform((value) => (value === undefined ? undefined : value === 'true'));

const roots = z.string().transform((value, context): JWK[] => {
  try {
    return z
      .array(z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }))
      .min(2)
      .parse(JSON.parse(value));
  } catch {
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  }
});

function isStoreLocation(location: string): boolean {
  try {
    s3Location(location);
    return true;
  } catch {
    return false;
  }
}

/** A port alone listens only on this machine. */
const listen = z
  .string()
  .regex(/^((\[[0-9a-f:]+\]|[\d.]+):)?\d{1,5}$/i)
  .transform((address) => (/^\d+$/.test(address) ? `127.0.0.1:${address}` : address));

const WORKER = { neededBy: ['worker'] } as const;
const WORKER_SECRET = { ...WORKER, secret: true } as const;
/** By default those in FinHub's samples (facts §1.2). */
const roles = z
  .string()
  .regex(/^[A-Z_]+(,[A-Z_]+)*$/)
  .default('ADMIN_USER,COMPLIANCE_OFFICER')
  .transform((list) => list.split(','));

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * All our environment variables. `temporal/settings.ts` reads Temporal's own connection variables. The two for deployments are those that
 * Temporal's worker controller sets.
 */
export const environmentSchema = z.object({
  FINHUB_BASE_URL: variable(url.optional(), "the http(s) address of FinHub's API", WORKER),
  FINHUB_TENANT_ID: variable(id.optional(), "FinHub's id of the tenant, 1 to 64 of A-Z a-z 0-9 . _ -", WORKER),
  FINHUB_TENANT_KEY: variable(text.optional(), "the tenant's key from FinHub's Admin Portal", WORKER_SECRET),
  FINHUB_TENANT_SECRET: variable(text.optional(), "the tenant's secret from FinHub's Admin Portal", WORKER_SECRET),
  FINHUB_ADMIN_ORGANIZATION_ID: variable(text.optional(), "the id of the tenant admin's organization", WORKER),
  FINHUB_ADMIN_USER_ID: variable(text.optional(), "the tenant admin's user id", WORKER),
  FINHUB_ADMIN_USERNAME: variable(text.optional(), "the tenant admin's username", WORKER),
  FINHUB_ADMIN_PASSWORD: variable(text.optional(), "the tenant admin's password", WORKER_SECRET),
  FINHUB_ADMIN_ROLES: variable(roles, "the tenant admin's roles at FinHub, separated by commas"),
  FINHUB_POWER_TENANT_ORGANIZATION_ID: variable(text.optional(), "the id of the power tenant admin's organization"),
  FINHUB_POWER_TENANT_USER_ID: variable(text.optional(), "the power tenant admin's user id"),
  FINHUB_POWER_TENANT_USERNAME: variable(text.optional(), "the power tenant admin's username"),
  FINHUB_POWER_TENANT_PASSWORD: variable(text.optional(), "the power tenant admin's password", { secret: true }),
  FINHUB_POWER_TENANT_ROLES: variable(roles, "the power tenant admin's roles at FinHub, separated by commas"),
  FINHUB_LEGACY_BASE_URL: variable(url.optional(), "the http(s) address of FinHub's legacy API"),
  FINHUB_API_KEY: variable(text.optional(), "the key of FinHub's legacy API", { secret: true }),
  FINHUB_TIMEOUT_MS: variable(whole(100, 300_000).default(10_000), 'a whole number of milliseconds, 100 to 300000'),
  FINHUB_LOGIN_RETRY_SECONDS: variable(whole(1, 1800).default(60), 'a whole number of seconds, 1 to 1800'),
  FINHUB_MAX_CONNECTIONS: variable(whole(1, 1024).default(32), 'a whole number, 1 to 1024'),
  FINHUB_TASK_QUEUE: variable(
    id.optional(),
    "the name of a task queue for FinHub's calls, 1 to 64 of A-Z a-z 0-9 . _ -,",
  ),
  FINHUB_CALLS_PER_SECOND: variable(rate.optional(), 'a number above 0'),
  FINHUB_INDIVIDUAL_ACTIVATION: variable(
    z.enum(['code', 'admin']).default('code'),
    '"code" (FinHub mails it to the customer) or "admin"',
  ),
  FINHUB_VERDICT_POLL_SECONDS: variable(whole(1, 86_400).optional(), 'a whole number of seconds, 1 to 86400'),
  FINHUB_WEBHOOKS: variable(
    z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true'),
    '"true" or "false"',
  ),
  FINHUB_WEBHOOK_URL: variable(url.optional(), "the http(s) address where FinHub reaches this tenant's webhooks"),
  FINHUB_WEBHOOK_SECRET: variable(
    webhookSecrets.optional(),
    'the secret that FinHub signs webhooks with, 24 to 200 of A-Z a-z 0-9 . _ ~ -, or two separated by a comma,',
    { secret: true },
  ),
  FINHUB_WEBHOOK_MAX_AGE_SECONDS: variable(
    whole(60, 2_592_000).default(86_400),
    'a whole number of seconds, 60 to 2592000',
  ),
  FINHUB_PROMPT_LOOKUPS: variable(
    lookUps.default([]),
    `look-ups that are known to show at once what was made, of ${LOOK_UPS.join(', ')}, separated by commas,`,
  ),
  FINHUB_DEVICE_ID: variable(id.default('finhub-onboarding'), 'an id, 1 to 64 of A-Z a-z 0-9 . _ -'),
  SIGNERS_FILE: variable(text.optional(), 'the path of a readable JSON file with the signers'),
  SIGNERS_ROOT_KEYS: variable(roots.optional(), 'a JSON list of two or more public Ed25519 JWKs'),
  SIGNING_KEY_FILE: variable(text.optional(), 'the path of a readable file with a private key, as keygen makes it'),
  SIGNER_ID: variable(text.optional(), "the id of the key's owner in the signers file"),
  ENVIRONMENT_NAME: variable(id.default('default'), 'a name of the environment, 1 to 64 of A-Z a-z 0-9 . _ -,'),
  POLICY_FILE: variable(text.optional(), "the path of a readable JSON file with the tenants' policies"),
  REQUIRE_PROOF: variable(strict, '"true" or "false"'),
  NOTIFY_URL: variable(url.optional(), 'the http(s) address for notifications'),
  NOTIFY_SECRET: variable(
    z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/=]{32,}(,whsec_[A-Za-z0-9+/=]{32,})?$/)
      .optional(),
    'the secret that signs notifications, whsec_ and at least 24 bytes in base64, or two separated by a comma,',
    { secret: true },
  ),
  DOCUMENT_STORE: variable(
    text.refine(isStoreLocation).optional(),
    'the path of a folder, or s3://BUCKET/PREFIX?endpoint=…&region=…&pathStyle=true without credentials,',
  ),
  ONBOARDING_KEYS: variable(text.max(20_000).optional(), 'a key ring in JSON', { secret: true }),
  ONBOARDING_KEYS_FILE: variable(text.optional(), 'the path of a readable file with a key ring in JSON'),
  ENCRYPTED_PAYLOADS_ONLY: variable(strict, '"true" or "false"'),
  CODEC_TOKENS: variable(
    tokens.optional(),
    'NAME:ROLE:TOKEN, separated by commas; ROLE is "read" or "write", TOKEN 24 or more of A-Z a-z 0-9 - . _ ~, since it is part of an address,',
    { neededBy: ['codec-server'], secret: true },
  ),
  CODEC_UI_ORIGIN: variable(url.optional(), "the origin of Temporal's UI, such as http://localhost:8233,"),
  CODEC_HOST: variable(text.default('127.0.0.1'), 'an address to listen on'),
  CODEC_PORT: variable(whole(0, 65_535).default(8081), 'a port, 0 to 65535'),
  GATEWAY_HOST: variable(text.default('127.0.0.1'), 'an address to listen on'),
  GATEWAY_PORT: variable(whole(0, 65_535).default(8090), 'a port, 0 to 65535'),
  GATEWAY_TLS_CERT_FILE: variable(text.optional(), "the path of the gateway's own certificate in PEM, with its chain"),
  GATEWAY_TLS_KEY_FILE: variable(text.optional(), "the path of that certificate's private key in PEM"),
  GATEWAY_API_KEYS_FILE: variable(text.optional(), 'the path of a readable JSON file with hashed API keys'),
  GATEWAY_OAUTH_ISSUER: variable(text.optional(), 'the issuer of access tokens, as they name it'),
  GATEWAY_OAUTH_AUDIENCE: variable(text.optional(), 'the audience that access tokens are for'),
  GATEWAY_OAUTH_JWKS_URL: variable(url.optional(), "the http(s) address of the issuer's public keys"),
  GATEWAY_OIDC_ISSUER: variable(
    safeUrl.optional(),
    "the https address of the operators' OpenID Connect provider, as it names itself,",
  ),
  GATEWAY_OIDC_CLIENT_ID: variable(text.optional(), "the gateway's client id at that provider"),
  GATEWAY_OIDC_CLIENT_SECRET: variable(text.optional(), "the gateway's client secret at that provider", {
    secret: true,
  }),
  GATEWAY_PUBLIC_URL: variable(origin.optional(), 'the https origin where browsers reach the gateway'),
  GATEWAY_SESSION_HOURS: variable(whole(1, 24).default(8), 'a whole number of hours, 1 to 24'),
  GATEWAY_SESSION_IDLE_MINUTES: variable(whole(1, 240).default(15), 'a whole number of minutes, 1 to 240'),
  GATEWAY_SIGN_INS_PER_MINUTE: variable(whole(1, 10_000).default(60), 'a whole number, 1 to 10000'),
  GATEWAY_REQUESTS_PER_MINUTE: variable(whole(1, 1_000_000).default(1200), 'a whole number, 1 to 1000000'),
  GATEWAY_WAITS_PER_CLIENT: variable(whole(1, 10_000).default(200), 'a whole number, 1 to 10000'),
  TEMPORAL_DEPLOYMENT_NAME: variable(text.optional(), "a worker deployment's name"),
  TEMPORAL_WORKER_BUILD_ID: variable(text.optional(), "a build's id"),
  WORKER_WORKFLOW_TASKS: variable(whole(2, 1000).default(40), 'a whole number, 2 to 1000'),
  WORKER_ACTIVITIES: variable(whole(1, 10_000).default(100), 'a whole number, 1 to 10000'),
  WORKER_WORKFLOW_POLLERS: variable(whole(2, 200).default(10), 'a whole number, 2 to 200'),
  WORKER_ACTIVITY_POLLERS: variable(whole(1, 200).default(10), 'a whole number, 1 to 200'),
  WORKER_CACHED_WORKFLOWS: variable(whole(2, 100_000).optional(), 'a whole number, 2 to 100000'),
  WORKER_ACTIVITIES_PER_SECOND: variable(rate.optional(), 'a number above 0'),
  QUEUE_ACTIVITIES_PER_SECOND: variable(rate.optional(), 'a number above 0'),
  HEALTH_HOST: variable(text.default('127.0.0.1'), 'an address to listen on'),
  HEALTH_PORT: variable(whole(0, 65_535).optional(), 'a port, 0 to 65535'),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS).default('info'), `one of ${LOG_LEVELS.join(', ')}`),
  METRICS_ADDRESS: variable(listen.optional(), 'a port, or IP:PORT to be reached from elsewhere,'),
  METRICS_COUNT_SECONDS: variable(
    whole(0, 3600).default(60),
    'a whole number of seconds, 1 to 3600, or 0 to leave the counting to other workers',
  ),
  MAX_HISTORY_EVENTS: variable(whole(50, 20_000).default(4000), 'a whole number of events, 50 to 20000'),
  SHUTDOWN_GRACE_SECONDS: variable(whole(0, 3600).default(20), 'a whole number of seconds, 0 to 3600'),
  SHUTDOWN_FORCE_SECONDS: variable(whole(1, 600).default(10), 'a whole number of seconds, 1 to 600'),
  NODE_ENV: variable(z.string().optional(), '"production", or anything else'),
});

export type Environment = z.output<typeof environmentSchema>;
export type VariableName = keyof Environment;
export const VARIABLE_NAMES = Object.keys(environmentSchema.shape) as VariableName[];

export function aboutVariable(name: VariableName): About {
  return about.get(environmentSchema.shape[name])!;
}

/** `NAME_FILE`, the path of a file with the secret NAME, for every secret without its own file variable. */
export const SECRET_FILE_VARIABLES: ReadonlyMap<string, VariableName> = new Map(
  VARIABLE_NAMES.filter((name) => aboutVariable(name).secret)
    .map((name) => [`${name}_FILE`, name] as const)
    .filter(([file]) => !(file in environmentSchema.shape)),
);
