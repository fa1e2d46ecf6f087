import type { CallContext, FinHubClient } from './client.js';
import type { Credentials, Endpoint, IdempotencyClass, Match, ReadBack, Search } from './endpoint.js';
import { FinHubError } from './error.js';

/** The result of a call, and whether it was made now or found at FinHub and adopted with proof. */
export interface Performed<R> {
  result: R;
  provenance: { how: 'made' } | { how: 'adopted'; proof: string };
}

export interface PerformContext extends CallContext {
  /** When the case first wanted this, ISO 8601. Anything older is not ours. */
  requestedAt: string;
  /** Ids that the case already took over; each object is used once. */
  taken: readonly string[];
  /** An earlier try may have reached FinHub, because its response was unclear or its worker died, and nobody has looked since. */
  mayHaveBeenTried: boolean;
  /** Like {@link mayHaveBeenTried}, but stays true after somebody has looked. */
  mayBeOurs?: boolean | undefined;
  /** Checks, right before the write, that it may be sent at all; throws if not. */
  judge?: (() => Promise<void>) | undefined;
  /** Waits until FinHub must have finished an earlier try. Until then, a missing object may still appear. */
  waitUntilQuiet?: (() => Promise<void>) | undefined;
}

const EXCLUSIVE: ReadonlySet<IdempotencyClass> = new Set<IdempotencyClass>([
  'keyed',
  'guarded',
  'unrecoverableResponse',
]);

/** Whether tries must not overlap, because a second one would make a second object or revoke what the first made. */
export function isExclusive({ idempotency }: { idempotency: { class: IdempotencyClass } }): boolean {
  return EXCLUSIVE.has(idempotency.class);
}

/**
 * Calls an endpoint by the rule of its idempotency class, so that a repeat does no harm as far as FinHub's API lets us see. Tries of one
 * call never overlap, and FinHub gets time after an unclear one.
 * @throws FinHubError; of kind `unclear` if a repeat could make a second object and no documented look-up can show it
 */
export function perform<I, R>(
  client: FinHubClient,
  endpoint: Endpoint<I, R>,
  input: I,
  context: PerformContext,
): Promise<Performed<R>> {
  const rule = endpoint.idempotency;
  const make = async (): Promise<Performed<R>> => {
    await context.judge?.();
    return { result: await client.call(endpoint, input, context), provenance: { how: 'made' } };
  };
  const search: Search<I> = {
    tenantId: client.tenantId,
    input,
    requestedAt: context.requestedAt,
    taken: context.taken,
    mayBeOurs: context.mayBeOurs ?? context.mayHaveBeenTried,
    read: (other, otherInput) => client.call(other, otherInput, context),
    canLogIn: (credentials) => canLogIn(client, credentials),
    showsAtOnce: ({ operation }) => client.showsAtOnce(operation),
  };
  const look = async (readBack: ReadBack<I, R>, refusal?: FinHubError): Promise<Seen<R>> => {
    const found = await readBack.find({ ...search, refusal: refusal?.kind });
    if (found === 'cannotRead' || found === 'notShown') return found;
    const match = unused(found, context);
    return match && { result: match.result, provenance: { how: 'adopted', proof: readBack.proof } };
  };
  /** Looks for the object. If it is missing, waits until no earlier try can still make it, and looks again. */
  const lookBefore = async (readBack: ReadBack<I, R>): Promise<Seen<R>> => {
    const found = await look(readBack);
    if ((found && found !== 'notShown') || !context.waitUntilQuiet) return found;
    await context.waitUntilQuiet();
    return look(readBack);
  };
  /** Adopts the object that a refusal says exists, if it is proved to be ours. */
  const proved = async (refusal: FinHubError, readBack: ReadBack<I, R> | undefined): Promise<Performed<R>> => {
    const found = readBack && (await look(readBack, refusal));
    if (!found || found === 'cannotRead' || found === 'notShown') throw refusal;
    return found;
  };

  const attempt = async (): Promise<Performed<R>> => {
    switch (rule.class) {
      case 'safe':
      case 'expiring':
        return make();
      case 'repeatable':
        return make().catch(async (error: unknown) => {
          if (error instanceof FinHubError && isDoneAlready(error)) return proved(error, rule.readBack);
          // An object that exists at FinHub is a fact, even if the caller may no longer ask for it.
          const found = error instanceof FinHubError || !rule.readBack ? undefined : await look(rule.readBack);
          if (typeof found !== 'object') throw error;
          return found;
        });
      case 'naturalKey':
        return make().catch(onRefusal(isTaken, (refusal) => proved(refusal, rule.readBack)));
      case 'asynchronous':
        return make().catch(
          onRefusal(isTaken, () => ({
            result: rule.accepted,
            provenance: { how: 'adopted', proof: 'FinHub has it under way' },
          })),
        );
      case 'keyed': {
        const found = await lookBefore(rule.readBack);
        return !found || found === 'cannotRead' || found === 'notShown' ? make() : found;
      }
      case 'guarded': {
        const found = await lookBefore(rule.readBack);
        if (found === 'cannotRead') return makeUnseen(endpoint.operation, context, make);
        if (found === 'notShown') return makeUnshown(endpoint.operation, context, make);
        return found ?? make();
      }
      case 'unrecoverableResponse':
        await context.waitUntilQuiet?.();
        return (await rule.undo.takeBack(search)) === 'notShown'
          ? makeUnshown(endpoint.operation, context, make)
          : make();
    }
  };
  return rule.class === 'safe' ? attempt() : client.turns.take(`${endpoint.operation} ${context.key}`, attempt);
}

/** The result of a look-up; undefined if the object is proved not to exist. */
type Seen<R> = Performed<R> | 'cannotRead' | 'notShown' | undefined;

/**
 * Makes an object that the look-up did not show, only if no earlier try can have made it. Otherwise the next try looks again, and may see
 * it then.
 */
async function makeUnshown<R>(
  operation: string,
  context: PerformContext,
  make: () => Promise<Performed<R>>,
): Promise<Performed<R>> {
  if (!context.mayHaveBeenTried) return make();
  const what = 'an earlier try may have taken effect; FinHub does not show it, but that proves nothing';
  throw new FinHubError('unclear', operation, what, { unclear: true });
}

/** Makes an object that cannot be read back, once. A person decides about an unclear try. */
async function makeUnseen<R>(
  operation: string,
  context: PerformContext,
  make: () => Promise<Performed<R>>,
): Promise<Performed<R>> {
  const unclear = (cause?: unknown): FinHubError =>
    new FinHubError('unclear', operation, 'it may have taken effect, and FinHub offers no way to look', {
      unclear: true,
      cause,
    });
  if (context.mayHaveBeenTried) throw unclear();
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof FinHubError)) throw error;
    if (error.unclear) throw unclear(error);
    error.onceOnly = true;
    throw error;
  }
}

/** The first match that the case has not taken over yet. */
function unused<R>(matches: readonly Match<R>[], { taken }: PerformContext): Match<R> | undefined {
  return matches.find(({ id }) => !taken.includes(id));
}

function onRefusal<T>(
  is: (error: FinHubError) => boolean,
  handle: (refusal: FinHubError) => T | Promise<T>,
): (error: unknown) => T | Promise<T> {
  return (error) => {
    if (error instanceof FinHubError && is(error)) return handle(error);
    throw error;
  };
}

/** Whether FinHub says that the object exists: 409, or in v1 a field error on the e-mail (S4). */
function isTaken({ kind, fieldErrors }: FinHubError): boolean {
  const taken = fieldErrors.some(
    ({ field, message }) => /email|iban/i.test(field) && /already|exist|taken|duplicate/i.test(message),
  );
  return kind === 'conflict' || (kind === 'invalidRequest' && taken);
}

/** Whether FinHub says that the effect exists already, or that the object is gone. */
function isDoneAlready({ kind }: FinHubError): boolean {
  return kind === 'conflict' || kind === 'notFound';
}

/** Whether these credentials log in. @throws FinHubError if that cannot be found out */
export async function canLogIn(client: FinHubClient, credentials: Credentials): Promise<boolean> {
  try {
    await client.sessions.open(credentials);
    return true;
  } catch (error) {
    if (error instanceof FinHubError && ['unauthorized', 'notFound', 'forbidden'].includes(error.kind)) return false;
    throw error;
  }
}
