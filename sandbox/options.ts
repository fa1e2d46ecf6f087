import type { WebhookMischief } from './webhooks/mischief.js';
import type { FaultKind } from './faults.js';
import type { ProfileName } from './profiles/profile.js';

/** Options of a sandbox; every field has a default. */
export interface SandboxOptions {
  /** Default 0: a free port. */
  port?: number;
  /** Default 127.0.0.1. The control routes show every secret the sandbox holds: think before you listen elsewhere. */
  host?: string;
  /** A file that stores the state over restarts and kills; without it the state ends with the process. */
  journal?: string;
  /** In which of FinHub's documented forms the answers come; default `runner`. */
  profile?: ProfileName;
  /** Default false: FinHub documents no `Idempotency-Key`. */
  honourIdempotencyKeys?: boolean;
  /** The share of calls (0 to 1; logins and control routes excepted) that meet a random fault; default 0. */
  faultRate?: number;
  /** The kinds that random faults are drawn from; default all. */
  faultKinds?: readonly FaultKind[];
  /** Makes the sequence of random faults repeatable. */
  seed?: number;
  /** Sandbox time from activation to wallets with an IBAN (ms, default 300); a third of it until a consent is recorded. */
  activationDelayMs?: number;
  /** Sandbox time from execute to COMPLETED (ms, default 300), and until a pending screening is done. */
  settlementDelayMs?: number;
  /** What a consumer's wallet holds once active: EUR in major units, default `1000.00`. Organizations start at 0. */
  openingBalance?: string;
  /** Whether consents must come as terms, privacy, data-processing (R8); default true. */
  strictConsentOrder?: boolean;
  /** What goes wrong with webhooks on their way; nothing by default. */
  webhooks?: Partial<WebhookMischief>;
  /** pino's log level; default `silent` in-process. */
  logLevel?: string;
}

export const DEFAULTS = {
  port: 0,
  host: '127.0.0.1',
  profile: 'runner',
  honourIdempotencyKeys: false,
  faultRate: 0,
  activationDelayMs: 300,
  settlementDelayMs: 300,
  openingBalance: '1000.00',
  strictConsentOrder: true,
  logLevel: 'silent',
} as const satisfies SandboxOptions;

/** The options with their defaults filled in. */
export type Settings = SandboxOptions & Required<Pick<SandboxOptions, keyof typeof DEFAULTS>>;
