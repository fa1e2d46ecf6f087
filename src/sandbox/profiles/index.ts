import type { Refusal } from '../refusal.js';
import { flow } from './flow.js';
import { reference } from './reference.js';
import { runner, type Shapes } from './runner.js';

/** What a handler answers, before the profile's envelope is put around it. */
export interface Answer {
  /** HTTP status, default 200. */
  readonly status?: number;
  /** The body's `code` where it differs from the HTTP status. */
  readonly code?: number;
  readonly message?: string;
  readonly data?: unknown;
  /** Keys that stand beside `data`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whether `data` is the whole body. */
  readonly bare?: boolean;
}

/** One of the forms in which FinHub's documentation shows its answers (facts §17). */
export interface Profile {
  /** Whether consents and activation take effect some time after the answer. */
  readonly recordsLater: boolean;
  /** Whether an executed order is settled some time after the answer. */
  readonly settlesLater: boolean;
  /** The status of a newly registered individual. */
  readonly registeredStatus: 'CS_REGISTRATION_COMPLETED' | 'PENDING_VERIFICATION';
  readonly shapes: Shapes;
  envelope(answer: Answer): Record<string, unknown>;
  refusal(refusal: Refusal): Record<string, unknown>;
}

export const PROFILES = { runner, flow, reference } satisfies Record<string, Profile>;
export type ProfileName = keyof typeof PROFILES;
