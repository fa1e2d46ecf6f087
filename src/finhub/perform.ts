import type { CallContext, FinHubClient } from './client.js';
import type { Credentials, Endpoint, Match, Search } from './endpoint.js';
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
  /** An earlier try may have ended without a word, because its worker died. */
  mayHaveBeenTried: boolean;
}

/**
 * Calls an endpoint by the rule of its idempotency class, so that repeating is harmless as far as FinHub's API lets a client see it.
 * @throws FinHubError; of kind `unclear` when a repeat could make a second object and nothing documented can tell
 */
export async function perform<I, R>(
  client: FinHubClient,
  endpoint: Endpoint<I, R>,
  input: I,
  context: PerformContext,
): Promise<Performed<R>> {
  const make = async (): Promise<Performed<R>> => ({
    result: await client.call(endpoint, input, context),
    provenance: { how: 'made' },
  });
  const search: Search<I> = {
    input,
    requestedAt: context.requestedAt,
    read: (other, otherInput) => client.call(other, otherInput, context),
    canLogIn: (credentials) => canLogIn(client, credentials),
  };
  const rule = endpoint.idempotency;
  switch (rule.class) {
    case 'safe':
    case 'repeatable':
    case 'expiring':
      return make();
    case 'asynchronous':
      return make().catch(
        onConflict(() => Promise.resolve(adopted({ id: '', result: rule.accepted, proof: 'FinHub has it under way' }))),
      );
    case 'naturalKey':
      return make().catch(
        onConflict(async (conflict) => {
          const match = unused(await rule.find(search), context);
          if (!match) throw conflict;
          return adopted(match);
        }),
      );
    case 'keyed': {
      const match = unused(await rule.find(search), context);
      return match ? adopted(match) : make();
    }
    case 'guarded': {
      const found = await rule.find(search);
      if (found === 'cannotRead') return makeUnseen(endpoint.operation, context, make);
      const match = unused(found, context);
      return match ? adopted(match) : make();
    }
    case 'unrecoverableAnswer':
      await rule.undo(search);
      return make();
  }
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

function adopted<R>({ result, proof }: Match<R>): Performed<R> {
  return { result, provenance: { how: 'adopted', proof } };
}

function unused<R>(matches: readonly Match<R>[], { taken }: PerformContext): Match<R> | undefined {
  return matches.find(({ id }) => !taken.includes(id));
}

/** FinHub says that the object is there already: 409, or a field error on the e-mail as v1 has it (S4). */
function onConflict<T>(handle: (conflict: FinHubError) => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (!(error instanceof FinHubError)) throw error;
    const isTaken = error.fieldErrors.some(
      ({ field, message }) => /email|iban/i.test(field) && /already|exist|taken|duplicate/i.test(message),
    );
    if (error.kind === 'conflict' || (error.kind === 'invalidRequest' && isTaken)) return handle(error);
    throw error;
  };
}

async function canLogIn(client: FinHubClient, credentials: Credentials): Promise<boolean> {
  try {
    await client.sessions.open(credentials);
    return true;
  } catch (error) {
    if (error instanceof FinHubError && ['unauthorized', 'notFound', 'forbidden'].includes(error.kind)) return false;
    throw error;
  }
}
