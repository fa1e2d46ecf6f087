import type { z } from 'zod';
import { fieldsOf } from '../contract/marks.js';
import type { FinHubErrorKind } from './error.js';

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
}

export interface Search<I> {
  input: I;
  read: Read;
  tenantId: string;
  /** Tries a login once; a refusal is an answer, not an error. */
  canLogIn: (credentials: Credentials) => Promise<boolean>;
  /** When the case first wanted the object, ISO 8601. */
  requestedAt: string;
  /** Ids that the case has taken over already. */
  taken: readonly string[];
  /** An earlier try of the case may have made it; otherwise what is there is somebody else's. */
  mayBeOurs: boolean;
  /** Whether a look-up is known to show at once what was made. */
  showsAtOnce: (lookUp: { readonly operation: string }) => boolean;
  /** How FinHub refused the call, where that is what the look-up is for. */
  refusal?: FinHubErrorKind | undefined;
}

/** What is looked at to see what earlier tries of a call have come to. */
export interface LookUp {
  /** The endpoints that are read. */
  reads: readonly { readonly operation: string }[];
  /** Why what is found is ours, in words for the audit and the docs. */
  proof: string;
  /** What proves that there is none, in words for the docs. Without such a proof a person decides after a try without an answer. */
  absence: string;
}

/** How to find what earlier tries have made. */
export interface ReadBack<I, R> extends LookUp {
  /**
   * Finds what is proved to be ours. An empty list says that it is proved not to be there; `notShown` that it was not seen, which proves
   * nothing; `cannotRead` that nothing documented is open to this tenant, or not all of it.
   */
  find: (search: Search<I>) => Promise<Match<R>[] | 'notShown' | 'cannotRead'>;
}

/**
 * What happens when a call is repeated, and what is done about it; `perform.ts` has one rule for each class.
 * - `safe`: reads.
 * - `repeatable`: the same effect again; a 409 or 404 is looked into, since it may say that the effect is there already.
 * - `naturalKey`: FinHub refuses a second one; what is there is ours only on proof.
 * - `keyed`: the call's own key makes it one-shot; read before every try.
 * - `guarded`: a repeat makes a second object; read before every try. Where nothing can be read, an unclear try goes to a person.
 * - `unrecoverableAnswer`: what an unclear try may have left is taken back before each try, since its answer is lost.
 * - `asynchronous`: accepted is not done; a conflict says that it is under way, and the reading endpoint is polled.
 * - `expiring`: a repeat leaves a reservation that lapses by itself; never two at a time.
 */
export type Idempotency<I, R> =
  | { class: 'safe' | 'expiring' }
  | { class: 'repeatable' | 'naturalKey'; readBack?: ReadBack<I, R> }
  | { class: 'keyed' | 'guarded'; readBack: ReadBack<I, R> }
  | { class: 'asynchronous'; accepted: R; polled: { readonly operation: string } }
  | { class: 'unrecoverableAnswer'; undo: Undo<I> };

export type IdempotencyClass = Idempotency<unknown, unknown>['class'];

/** How what an unclear try has left is taken back. */
export interface Undo<I> extends LookUp {
  /** `notShown` where nothing was found to take back, which does not prove that there is nothing. */
  takeBack: (search: Search<I>) => Promise<'done' | 'notShown'>;
}

export interface Tenant {
  tenantId: string;
  /** Who acts for the tenant: the admin's user and organization ids and roles, or the power tenant's. */
  actor: { userId: string; organizationId: string; roles: readonly string[] };
}

/** Names of all fields in a type. */
export type FieldName<T> = T extends readonly (infer Item)[]
  ? FieldName<Item>
  : T extends object
    ? { [Name in keyof T & string]: Name | FieldName<T[Name]> }[keyof T & string]
    : never;

/** A part of the input, and the places where an answer may repeat it; upper and lower case count as the same. */
export interface Echo {
  /** For the message. */
  name: string;
  value: string;
  places: readonly string[];
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
  /** What no document says and we take for granted; one sentence. */
  assumed: string | undefined;
  request: z.ZodType<I>;
  /** The wire form of the input; by default the input without the path's fields. */
  body: ((input: I, tenant: Tenant) => unknown) | undefined;
  query: ((input: I) => Record<string, string>) | undefined;
  /** Headers of this endpoint alone. */
  headers: ((tenant: Tenant, login: { sessionId: string | undefined }) => Record<string, string>) | undefined;
  /**
   * What of the input the answer may repeat, beyond ids of the same name: an answer that says otherwise is about somebody else. Null where the
   * answer's ids are of another kind.
   */
  echo: ((input: I) => Echo[]) | null | undefined;
  /** Reads the unwrapped answer; unknown fields are dropped, and an answer without what the caller relies on is refused. */
  response: z.ZodType<R>;
  /** Fields of the result that are secret; sealed before they leave the activity. */
  secrets: readonly (keyof R & string)[];
  /** Fields of the result, at any depth, that tell about a person. */
  personal: readonly FieldName<R>[];
  idempotency: Idempotency<I, R>;
}

type Optional = 'host' | 'assumed' | 'body' | 'query' | 'headers' | 'echo' | 'secrets' | 'personal';

/** Defines an endpoint; the rare fields have defaults. */
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

/** The look-up of an endpoint, whatever its class calls it. */
export function lookUpOf<I, R>({ idempotency: rule }: Endpoint<I, R>): LookUp | undefined {
  switch (rule.class) {
    case 'safe':
    case 'expiring':
      return undefined;
    case 'asynchronous':
      return { reads: [rule.polled], proof: 'polled until it is done', absence: 'not needed: it is asked for again' };
    case 'unrecoverableAnswer':
      return rule.undo;
    case 'repeatable':
    case 'naturalKey':
    case 'keyed':
    case 'guarded':
      return rule.readBack;
  }
}

/** Names of the placeholders in a path template. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}

/** Fields of the input that are secret; sealed before they reach Temporal. */
export function secretInputOf({ request }: Pick<Endpoint<unknown, unknown>, 'request'>): string[] {
  return fieldsOf(request)
    .filter(({ mark }) => mark === 'secret')
    .map(({ path }) => path);
}
