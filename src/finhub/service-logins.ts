import { FinHubError } from './error.js';

/** The logins of the service itself; every case depends on them. */
export const SERVICE_LOGINS = ['admin', 'powerTenant', 'legacyKey'] as const;
export type ServiceLogin = (typeof SERVICE_LOGINS)[number];

/** Called when FinHub starts to refuse one of the service's own logins, and when it accepts it again. Must not throw. */
export interface ServiceLoginWatch {
  refused(login: ServiceLogin, message: string): void;
  works(login: ServiceLogin): void;
}

/** Each pause is this many times the last one: four tries in the first hour, since the fifth refusal locks an account (facts F2). */
const GROWTH = 5;
const LONGEST_PAUSE_MS = 30 * 60_000;

/** How long FinHub locks an account. Facts F2. */
export const LOCK_MS = 30 * 60_000;

/** Failures that say nothing about the login itself. */
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'unavailable', 'rateLimited']);

interface Refusal {
  error: FinHubError;
  tries: number;
  until: number;
}

/**
 * Turns one refused service login into one fault instead of one per case: while FinHub refuses it, no call that needs it is sent, and
 * those calls fail in a way that cases wait for. The login is tried again at intervals, so cases continue without help once it works.
 */
export class ServiceLogins {
  readonly #firstPauseMs: number;
  readonly #watch: ServiceLoginWatch | undefined;
  readonly #refused = new Map<ServiceLogin, Refusal>();

  /** @param firstPauseMs milliseconds from the first refusal to the next try */
  constructor(firstPauseMs: number, watch?: ServiceLoginWatch) {
    this.#firstPauseMs = firstPauseMs;
    this.#watch = watch;
  }

  /**
   * Allows a try of a login, unless it was refused recently.
   * @throws FinHubError of kind `serviceLogin`, with the time until the next try
   */
  check(login: ServiceLogin): void {
    const refusal = this.#refused.get(login);
    if (refusal && refusal.until > Date.now()) throw pausing(login, refusal);
  }

  works(login: ServiceLogin): void {
    if (this.#refused.delete(login)) this.#watch?.works(login);
  }

  /** The error for callers that need a failed login; an outage remains an outage. */
  failed(login: ServiceLogin, error: unknown): unknown {
    if (!(error instanceof FinHubError) || PASSING.has(error.kind) || error.kind === 'serviceLogin') return error;
    const earlier = this.#refused.get(login);
    const tries = (earlier?.tries ?? 0) + 1;
    const pause = isLocked(error) ? LOCK_MS : Math.min(this.#firstPauseMs * GROWTH ** (tries - 1), LONGEST_PAUSE_MS);
    const refusal = { error, tries, until: Date.now() + pause };
    this.#refused.set(login, refusal);
    if (!earlier) this.#watch?.refused(login, error.message);
    return pausing(login, refusal);
  }
}

export function isLocked({ said = '' }: FinHubError): boolean {
  return /locked/i.test(said);
}

const NAMES: Record<ServiceLogin, string> = {
  admin: "the tenant admin's login",
  powerTenant: "the power tenant's login",
  legacyKey: "the legacy API's key",
};

function pausing(login: ServiceLogin, { error, until }: Refusal): FinHubError {
  return new FinHubError('serviceLogin', error.operation, `FinHub refuses ${NAMES[login]}: ${error.message}`, {
    status: error.status,
    said: error.said,
    retryAfterMs: Math.max(0, until - Date.now()),
    cause: error,
  });
}
