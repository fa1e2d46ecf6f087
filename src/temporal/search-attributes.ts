import type { ConnectionLike } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  NamespaceNotFoundError,
  TypedSearchAttributes,
  type SearchAttributePair,
} from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeValues,
} from '../lifecycle/search-attributes.js';
import { GRPC, grpcStatus } from './grpc-status.js';

type Keys = {
  readonly [Name in SearchAttributeName]: ReturnType<typeof defineSearchAttributeKey<(typeof SEARCH_ATTRIBUTES)[Name]>>;
};

const NAMES = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];

/** The SDK's typed keys, by name. */
export const searchAttributeKeys = Object.fromEntries(
  NAMES.map((name) => [name, defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name])]),
) as unknown as Keys;

/** Values in the form of the SDK's client. */
export function typedAttributes(values: SearchAttributeValues): TypedSearchAttributes {
  const pairs = (Object.entries(values) as [SearchAttributeName, unknown][]).map(([name, value]) => ({
    key: searchAttributeKeys[name],
    value,
  }));
  return new TypedSearchAttributes(pairs as SearchAttributePair[]);
}

const CLI_TYPES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList', DATETIME: 'Datetime', BOOL: 'Bool' } as const;

/** Types by name, as Temporal's CLI spells them (`--search-attribute Name=Keyword`). */
export const searchAttributeTypes = Object.fromEntries(
  NAMES.map((name) => [name, CLI_TYPES[SEARCH_ATTRIBUTES[name]]]),
) as Record<SearchAttributeName, (typeof CLI_TYPES)[keyof typeof CLI_TYPES]>;

/** Search attributes are missing and we may not add them, or one has another type; the message says how to fix it. */
export class SearchAttributesMissing extends Error {
  override readonly name = 'SearchAttributesMissing';
}

const PROPAGATION_MS = 15_000;

/**
 * Adds our search attributes to the namespace unless they exist; without them no lifecycle starts.
 * @returns the added ones
 * @throws SearchAttributesMissing if the server does not let us add them, as on Temporal Cloud; NamespaceNotFoundError
 */
export async function ensureSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
): Promise<SearchAttributeName[]> {
  const missing = await missingIn(connection, namespace);
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, indexedType(name)])),
    });
  } catch (error) {
    if (grpcStatus(error) !== GRPC.alreadyExists) throw notAllowed(namespace, missing, error);
  }
  await untilKnown(connection, namespace);
  return missing;
}

/** Waits until new attributes are known everywhere, which may take the server seconds. */
async function untilKnown(connection: ConnectionLike, namespace: string): Promise<void> {
  for (const end = Date.now() + PROPAGATION_MS; ; await new Promise((done) => setTimeout(done, 200))) {
    const missing = await missingIn(connection, namespace);
    if (missing.length === 0) return;
    if (Date.now() > end) throw notAllowed(namespace, missing, undefined);
  }
}

async function missingIn(connection: ConnectionLike, namespace: string): Promise<SearchAttributeName[]> {
  const { customAttributes } = await listed(connection, namespace);
  const wrong = NAMES.filter(
    (name) => name in customAttributes && Number(customAttributes[name]) !== indexedType(name),
  );
  if (wrong.length > 0) {
    throw new SearchAttributesMissing(
      `search attributes of namespace "${namespace}" have another type than ours: ` +
        wrong.map((name) => `${name} should be ${searchAttributeTypes[name]}`).join(', '),
    );
  }
  return NAMES.filter((name) => !(name in customAttributes));
}

async function listed(connection: ConnectionLike, namespace: string) {
  try {
    return await connection.operatorService.listSearchAttributes({ namespace });
  } catch (error) {
    if (grpcStatus(error) === GRPC.notFound) throw new NamespaceNotFoundError(namespace);
    throw error;
  }
}

/** The number of the type in Temporal's API. */
function indexedType(name: SearchAttributeName): number {
  return { KEYWORD: 2, KEYWORD_LIST: 7, DATETIME: 6, BOOL: 5 }[SEARCH_ATTRIBUTES[name]];
}

function notAllowed(namespace: string, missing: SearchAttributeName[], cause: unknown): SearchAttributesMissing {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const flags = missing.map((name) => `--name ${name} --type ${searchAttributeTypes[name]}`).join(' ');
  return new SearchAttributesMissing(
    `namespace "${namespace}" lacks search attributes and does not let us add them${why}; have its administrator run: ` +
      `temporal operator search-attribute create --namespace ${namespace} ${flags}; on Temporal Cloud: ` +
      `tcld namespace search-attributes add --namespace ${namespace} ` +
      missing.map((name) => `--search-attribute ${name}=${searchAttributeTypes[name]}`).join(' '),
    { cause },
  );
}
