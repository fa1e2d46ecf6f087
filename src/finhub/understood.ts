import type { Endpoint } from './endpoint.js';
import { at, textAt } from './catalogue/fields.js';
import { FinHubError } from './error.js';

/**
 * Ids of an input by name, and where a response may repeat each. FinHub's documents name an account by its own id or its wallet's, and an
 * order by either of two ids: if a response has several, one of them must be the one we asked for.
 */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  customerId: ['customerId'],
  organizationId: ['organizationId'],
  accountId: ['accountId', 'walletId'],
  verificationId: ['verificationId'],
  consentId: ['consentId'],
  preparedOrderId: ['preparedOrderId'],
  orderId: ['orderId', 'preparedOrderId', 'id'],
};

/**
 * Reads an endpoint's response, after checking that it is about what we asked for.
 * @throws FinHubError `unexpectedAnswer` for anything else
 */
export function understood<I, R>(endpoint: Endpoint<I, R>, input: I, payload: unknown): R {
  const { operation, idempotency } = endpoint;
  const refuse = (what: string): never => {
    throw new FinHubError('unexpectedAnswer', operation, what, { unclear: idempotency.class !== 'safe' });
  };
  const other = foreignIn(endpoint, input, payload);
  if (other !== undefined) return refuse(`the response is about another ${other} than the request`);
  const read = readBy(endpoint, payload);
  if (read === undefined) return refuse('the response does not fit: it cannot be read');
  if (!read.success) return refuse(`the response does not fit: ${read.error.issues[0]?.message ?? 'unknown'}`);
  return read.data;
}

/** Parses a response. If the schema's own code throws, the response is at fault, too. */
function readBy<R>({ response }: Pick<Endpoint<never, R>, 'response'>, payload: unknown) {
  try {
    return response.safeParse(payload);
  } catch {
    return undefined;
  }
}

/** The name of what the response is about, if it is not what we asked for. */
function foreignIn<I, R>({ echo }: Endpoint<I, R>, input: I, payload: unknown): string | undefined {
  const ofIds = Object.entries(input as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === 'string' && Object.hasOwn(REPEATED, name) ? [{ name, value, places: REPEATED[name]! }] : [],
  );
  const own = echo?.(input) ?? [];
  return [...(echo === null ? [] : ofIds), ...own].find(({ value, places }) => isContradicted(payload, places, value))
    ?.name;
}

function isContradicted(payload: unknown, places: readonly string[], value: string): boolean {
  const found = places.flatMap((place) => textAt(at(payload, place)) ?? []);
  return found.length > 0 && !found.some((text) => text.trim().toLowerCase() === value.trim().toLowerCase());
}
