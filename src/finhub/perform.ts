import type { CallContext, FinHubClient } from './client.js';
import type { Credentials, Endpoint, IdempotencyClass, Match, ReadBack, Search } from './endpoint.js';
import { FinHubError } from './error.js';

/** What a call came to, and how: made now, or found at FinHub and taken over on proof. */
export interface Performed<R> {
  result: R;
  provenance: { how: 'made' } | { how: 'adopted'; proof: string };
}

export interface PerformContext extends CallContext {
  /** When the case first wanted this, ISO 8601: what is older is not ours. */
  requestedAt: string;
  /** Ids that the case has taken over already: each object serves once. */
  taken: readonly string[];
  /** An earlier try may have reached FinHub, and nobody has looked since: it got no clear answer, or its worker died. */
  mayHaveBeenTried: boolean;
  /** As {@link mayHaveBeenTried}, whether or not somebody has looked since. */
  mayBeOurs?: boolean | undefined;
  /** Judges whether the write may be sent at all, right before it is; throws where not. */
  judge?: (() => Promise<void>) | undefined;
  /** Waits until FinHub has had its time for such a try: what is missing until then may still come. */
  settled?: (() => Promise<void>) | undefined;
}

const EXCLUSIVE: ReadonlySet<IdempotencyClass> = new Set<IdempotencyClass>(['keyed', 'guarded', 'unrecoverableAnswer']);

/** Whether only one try may be under way at a time: where a second one makes a second object, or takes back what the first has made. */
export function isExclusive({ idempotency }: { idempotency: { class: IdempotencyClass } }): boolean {
  return EXCLUSIVE.has(idempotency.class);
}

/**
 * Calls an endpoint by the rule of its idempotency class, so that repeating is harmless as far as FinHub's API lets a client see it. Tries of
 * one logical operation come one after the other; an unclear one settles before the next.
 * @throws FinHubError; of kind `unclear` when a repeat could make a second object and nothing documented can tell
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
  /** What is there now is ours; what is not may still come of an earlier try. */
  const lookBefore = async (readBack: ReadBack<I, R>): Promise<Seen<R>> => {
    const found = await look(readBack);
    if ((found && found !== 'notShown') || !context.settled) return found;
    await context.settled();
    return look(readBack);
  };
  /** Adopts what a refusal says is there, if it is proved to be ours. */
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
          // What FinHub has already is a fact, whoever might not ask for it any more.
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
      case 'unrecoverableAnswer':
        await context.settled?.();
        return (await rule.undo.takeBack(search)) === 'notShown'
          ? makeUnshown(endpoint.operation, context, make)
          : make();
    }
  };
  return rule.class === 'safe' ? attempt() : client.turns.take(`${endpoint.operation} ${context.key}`, attempt);
}

/** What a look-up came to; undefined where the object is proved not to be there. */
type Seen<R> = Performed<R> | 'cannotRead' | 'notShown' | undefined;

/**
 * What is not seen, though it may be there, is made only where no earlier try can have made it. The next try after an unclear one looks
 * again, and may see it then.
 */
async function makeUnshown<R>(
  operation: string,
  context: PerformContext,
  make: () => Promise<Performed<R>>,
): Promise<Performed<R>> {
  if (!context.mayHaveBeenTried) return make();
  const what =
    'an earlier try may have taken effect, and that FinHub does not show it does not prove that there is none';
  throw new FinHubError('unclear', operation, what, { unclear: true });
}

/** Where nothing can be read back, one try is all there is: what may have happened twice goes to a person. */
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

/** What the case has not taken over yet. */
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

/** FinHub says that the object is there already: 409, or a field error on the e-mail as v1 has it (S4). */
function isTaken({ kind, fieldErrors }: FinHubError): boolean {
  const taken = fieldErrors.some(
    ({ field, message }) => /email|iban/i.test(field) && /already|exist|taken|duplicate/i.test(message),
  );
  return kind === 'conflict' || (kind === 'invalidRequest' && taken);
}

/** FinHub will not do it again, or no longer has what was to be taken away. */
function isDoneAlready({ kind }: FinHubError): boolean {
  return kind === 'conflict' || kind === 'notFound';
}

/** Whether these credentials log in. @throws FinHubError where FinHub does not say */
export async function canLogIn(client: FinHubClient, credentials: Credentials): Promise<boolean> {
  try {
    await client.sessions.open(credentials);
    return true;
  } catch (error) {
    if (error instanceof FinHubError && ['unauthorized', 'notFound', 'forbidden'].includes(error.kind)) return false;
    throw error;
  }
}
