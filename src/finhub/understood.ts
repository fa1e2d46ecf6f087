import type { Endpoint } from './endpoint.js';
import { at, textAt } from './catalogue/fields.js';
import { FinHubError } from './error.js';

/**
 * Ids of an input by name, and the places where an answer may repeat each. FinHub's documents call an account by its own id or its wallet's,
 * and an order by either of two ids: where an answer has several, one of them has to be the one that was asked for.
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
 * What an endpoint's answer says, once it is certain that it says it of what was asked for.
 * @throws FinHubError `unexpectedAnswer` for anything else, whatever came
 */
export function understood<I, R>(endpoint: Endpoint<I, R>, input: I, payload: unknown): R {
  const { operation, idempotency } = endpoint;
  const refuse = (what: string): never => {
    throw new FinHubError('unexpectedAnswer', operation, what, { unclear: idempotency.class !== 'safe' });
  };
  const other = foreignIn(endpoint, input, payload);
  if (other !== undefined) return refuse(`the answer is about another ${other} than was asked for`);
  const answer = readBy(endpoint, payload);
  if (answer === undefined) return refuse('the answer does not fit: it cannot be read');
  if (!answer.success) return refuse(`the answer does not fit: ${answer.error.issues[0]?.message ?? 'unknown'}`);
  return answer.data;
}

/** A schema's own code stumbles over what nobody thought of: that is the answer's fault as well. */
function readBy<R>({ response }: Pick<Endpoint<never, R>, 'response'>, payload: unknown) {
  try {
    return response.safeParse(payload);
  } catch {
    return undefined;
  }
}

/** The name of what the answer says it is about, where that is not what was asked for. */
function foreignIn<I, R>({ echo }: Endpoint<I, R>, input: I, payload: unknown): string | undefined {
  const ofIds = Object.entries(input as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === 'string' && Object.hasOwn(REPEATED, name) ? [{ name, value, places: REPEATED[name]! }] : [],
  );
  const own = echo?.(input) ?? [];
  return [...(echo === null ? [] : ofIds), ...own].find(({ value, places }) => isContradicted(payload, places, value))
    ?.name;
}

function isContradicted(payload: unknown, places: readonly string[], value: string): boolean {
  const told = places.flatMap((place) => textAt(at(payload, place)) ?? []);
  return told.length > 0 && !told.some((text) => text.trim().toLowerCase() === value.trim().toLowerCase());
}
