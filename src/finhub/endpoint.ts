import type { z } from 'zod';
import { fieldsOf } from '../contract/marks.js';
import type { FinHubErrorKind } from './error.js';

/** Who authenticates a call. `customer` is the customer's own session if the case has one, otherwise the admin's. */
export type Auth = 'none' | 'admin' | 'customer' | 'apiKey';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Where a call goes: the current API, or the older host with its API key. */
export type Host = 'main' | 'legacy';

/** The login of a customer. */
export interface Credentials {
  kind: 'individual' | 'organization';
  customerId: string;
  userId: string;
  username: string;
  password: string;
}

/** Calls another endpoint of the catalogue in the same context, to read back. */
export type Read = <I, R>(endpoint: Endpoint<I, R>, input: I) => Promise<R>;

/** An object at FinHub that a call may have made. A case takes over each `id` once. */
export interface Match<R> {
  id: string;
  result: R;
}

export interface Search<I> {
  input: I;
  read: Read;
  tenantId: string;
  /** Tries a login once. Returns false if FinHub refuses it. */
  canLogIn: (credentials: Credentials) => Promise<boolean>;
  /** When the case first wanted the object, ISO 8601. */
  requestedAt: string;
  /** Ids that the case has taken over already. */
  taken: readonly string[];
  /** An earlier try of the case may have made it; if false, any object there is somebody else's. */
  mayBeOurs: boolean;
  /** Whether a look-up shows a new object immediately. */
  showsAtOnce: (lookUp: { readonly operation: string }) => boolean;
  /** How FinHub refused the call, if the look-up follows a refusal. */
  refusal?: FinHubErrorKind | undefined;
}

/** Where we look to see what earlier tries of a call did. */
export interface LookUp {
  /** The endpoints that are read. */
  reads: readonly { readonly operation: string }[];
  /** Why what we find is ours; shown in the audit and the docs. */
  proof: string;
  /** What proves that nothing exists; shown in the docs. Without that proof, a person decides about an unclear try. */
  absence: string;
}

/** How to find what earlier tries made. */
export interface ReadBack<I, R> extends LookUp {
  /**
   * Finds what is proved to be ours. An empty list: proved not to exist. `notShown`: not seen, which proves nothing. `cannotRead`: this
   * tenant can read no documented look-up, or only part of one.
   */
  find: (search: Search<I>) => Promise<Match<R>[] | 'notShown' | 'cannotRead'>;
}

/**
 * What happens when a call is repeated, and what we do about it. `perform.ts` has one rule for each class.
 * - `safe`: reads.
 * - `repeatable`: has the same effect again. A 409 or 404 may mean that the effect exists already, so it is looked into.
 * - `naturalKey`: FinHub refuses a second object. An existing one is ours only with proof.
 * - `keyed`: the call's own key allows one effect; read before every try.
 * - `guarded`: a repeat makes a second object; read before every try. If nothing can be read, a person decides about an unclear try.
 * - `unrecoverableResponse`: the response cannot be read again, so whatever an unclear try left is revoked before each try.
 * - `asynchronous`: accepted is not done. A conflict means it is running; the reading endpoint is polled.
 * - `expiring`: a repeat leaves a reservation, which expires; one try at a time.
 */
export type Idempotency<I, R> =
  | { class: 'safe' | 'expiring' }
  | { class: 'repeatable' | 'naturalKey'; readBack?: ReadBack<I, R> }
  | { class: 'keyed' | 'guarded'; readBack: ReadBack<I, R> }
  | { class: 'asynchronous'; accepted: R; polled: { readonly operation: string } }
  | { class: 'unrecoverableResponse'; undo: Undo<I> };

export type IdempotencyClass = Idempotency<unknown, unknown>['class'];

/** How to undo what an unclear try left. */
export interface Undo<I> extends LookUp {
  /** `notShown` if nothing was found to undo, which does not prove that there is nothing. */
  takeBack: (search: Search<I>) => Promise<'done' | 'notShown'>;
}

export interface Tenant {
  tenantId: string;
  /** The user who acts for the tenant: the admin, or the power tenant's admin. */
  actor: { userId: string; organizationId: string; roles: readonly string[] };
}

/** Names of all fields in a type. */
export type FieldName<T> = T extends readonly (infer Item)[]
  ? FieldName<Item>
  : T extends object
    ? { [Name in keyof T & string]: Name | FieldName<T[Name]> }[keyof T & string]
    : never;

/** A part of the input, and where a response may repeat it. Compared without regard to case. */
export interface Echo {
  /** For the message. */
  name: string;
  value: string;
  places: readonly string[];
}

/** One FinHub endpoint, described once. `I` is the input, `R` the part of the response that we use. */
export interface Endpoint<I, R> {
  operation: string;
  /** What it does, in one line. */
  summary: string;
  method: Method;
  /** Its `{placeholders}` are fields of the input. */
  path: string;
  host: Host;
  auth: Auth;
  /** Keys of the documents that describe it. */
  sources: readonly string[];
  /** What we assume because no document says it; one sentence. */
  assumed: string | undefined;
  request: z.ZodType<I>;
  /** Builds the request body; by default the input without the path's fields. */
  body: ((input: I, tenant: Tenant) => unknown) | undefined;
  query: ((input: I) => Record<string, string>) | undefined;
  /** Headers that only this endpoint needs. */
  headers: ((tenant: Tenant, login: { sessionId: string | undefined }) => Record<string, string>) | undefined;
  /**
   * Parts of the input that the response may repeat, besides ids with the same name. If a response differs there, it is about somebody else.
   * Null if the response's ids are of another kind.
   */
  echo: ((input: I) => Echo[]) | null | undefined;
  /** Reads the unwrapped response. Drops unknown fields, and rejects a response without the fields that callers need. */
  response: z.ZodType<R>;
  /** Secret fields of the result; sealed before they leave the activity. */
  secrets: readonly (keyof R & string)[];
  /** Fields of the result, at any depth, with personal data. */
  personal: readonly FieldName<R>[];
  idempotency: Idempotency<I, R>;
}

type Optional = 'host' | 'assumed' | 'body' | 'query' | 'headers' | 'echo' | 'secrets' | 'personal';

/** Defines an endpoint, with defaults for the rare fields. */
export function endpoint<I, R>(
  definition: Omit<Endpoint<I, R>, Optional> & Partial<Pick<Endpoint<I, R>, Optional>>,
): Endpoint<I, R> {
  return {
    host: 'main',
    assumed: undefined,
    body: undefined,
    query: undefined,
    headers: undefined,
    echo: undefined,
    secrets: [],
    personal: [],
    ...definition,
  };
}

/** The look-up of an endpoint, for any class. */
export function lookUpOf<I, R>({ idempotency: rule }: Endpoint<I, R>): LookUp | undefined {
  switch (rule.class) {
    case 'safe':
    case 'expiring':
      return undefined;
    case 'asynchronous':
      return { reads: [rule.polled], proof: 'polled until it is done', absence: 'not needed: it is polled again' };
    case 'unrecoverableResponse':
      return rule.undo;
    case 'repeatable':
    case 'naturalKey':
    case 'keyed':
    case 'guarded':
      return rule.readBack;
  }
}

/** The placeholders of a path template. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}

/** Secret fields of the input; sealed before they reach Temporal. */
export function secretInputOf({ request }: Pick<Endpoint<unknown, unknown>, 'request'>): string[] {
  return fieldsOf(request)
    .filter(({ mark }) => mark === 'secret')
    .map(({ path }) => path);
}
