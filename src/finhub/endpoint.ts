import type { z } from 'zod';

/** Who authenticates a call; `customer` is the customer's own session where the case has one, else the admin's. */
export type Auth = 'none' | 'admin' | 'customer' | 'apiKey';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Where a call goes: the current API, or the older host with its API key. */
export type Host = 'main' | 'legacy';

/** Who logs in as a customer. */
export interface Credentials {
  kind: 'individual' | 'organization';
  customerId: string;
  userId: string;
  username: string;
  password: string;
}

/** Calls another endpoint of the catalogue in the same context; for reading back. */
export type Read = <I, R>(endpoint: Endpoint<I, R>, input: I) => Promise<R>;

/** An object found at FinHub that a call would have made. `id` is what may be taken over once per case. */
export interface Match<R> {
  id: string;
  result: R;
  /** Why it is ours, in words for the audit. */
  proof: string;
}

export interface Search<I> {
  input: I;
  read: Read;
  /** Tries a login once; a refusal is an answer, not an error. */
  canLogIn: (credentials: Credentials) => Promise<boolean>;
  /** When the case first wanted the object, ISO 8601. */
  requestedAt: string;
}

/**
 * What happens when a call is repeated, and what is done about it; `perform.ts` has one rule for each class.
 * - `safe`: reads. `repeatable`: the same effect again.
 * - `naturalKey`: FinHub refuses a second one; `find` proves that the one there is ours.
 * - `keyed`: `find` tells whether the key was used already.
 * - `guarded`: a repeat makes a second object, so `find` is asked before every try. It answers `cannotRead` where nothing documented can
 *   tell; an unclear try then goes to a person.
 * - `unrecoverableAnswer`: `undo` takes back what an unclear try may have left, before each try.
 * - `asynchronous`: accepted is not done; a conflict says that it is under way, and the reading endpoint is polled.
 * - `expiring`: a repeat leaves a reservation that lapses by itself.
 */
export type Idempotency<I, R> =
  | { class: 'safe' | 'repeatable' | 'expiring' }
  | { class: 'asynchronous'; accepted: R }
  | { class: 'naturalKey' | 'keyed'; find: (search: Search<I>) => Promise<Match<R>[]> }
  | { class: 'guarded'; find: (search: Search<I>) => Promise<Match<R>[] | 'cannotRead'> }
  | { class: 'unrecoverableAnswer'; undo: (search: Search<I>) => Promise<void> };

export type IdempotencyClass = Idempotency<unknown, unknown>['class'];

export interface Tenant {
  tenantId: string;
  /** Who acts for the tenant: the admin's user and organization ids, or the power tenant's. */
  actor: { userId: string; organizationId: string };
}

/** One FinHub endpoint; for the client, written down nowhere else. `I` is the input, `R` what is kept of the answer. */
export interface Endpoint<I, R> {
  operation: string;
  /** What it does, in one line. */
  summary: string;
  method: Method;
  /** With `{placeholders}` that are fields of the input. */
  path: string;
  host: Host;
  auth: Auth;
  /** Documents that describe it, by the keys of the facts. */
  sources: readonly string[];
  request: z.ZodType<I>;
  /** The wire form of the input; by default the input without the path's fields. */
  body: ((input: I, tenant: Tenant) => unknown) | undefined;
  query: ((input: I) => Record<string, string>) | undefined;
  /** Headers of this endpoint alone. */
  headers: ((tenant: Tenant) => Record<string, string>) | undefined;
  /** Reads the unwrapped answer; tolerant, unknown fields are dropped. */
  response: z.ZodType<R>;
  /** Fields of the result that are secret; sealed before they leave the activity. */
  secrets: readonly (keyof R & string)[];
  idempotency: Idempotency<I, R>;
}

type Optional = 'host' | 'body' | 'query' | 'headers' | 'secrets';

/** Defines an endpoint; the rare fields have defaults. */
export function endpoint<I, R>(
  definition: Omit<Endpoint<I, R>, Optional> & Partial<Pick<Endpoint<I, R>, Optional>>,
): Endpoint<I, R> {
  return {
    host: 'main',
    body: undefined,
    query: undefined,
    headers: undefined,
    secrets: [],
    ...definition,
  };
}

/** Names of the placeholders in a path template. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}
