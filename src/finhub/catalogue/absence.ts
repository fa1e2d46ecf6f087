import type { Search } from '../endpoint.js';
import { at, firstCount } from './fields.js';

/*
 * A look-up that does not show an object proves that it does not exist only if it would show it: the list is complete, every entry has the
 * field that identifies ours, and FinHub lists new objects immediately. No document promises the last; whoever runs the service has
 * observed it and says so (`FINHUB_PROMPT_LOOKUPS`).
 */

/** What proves that an object does not exist, for the docs; `what` identifies it. */
export const absenceFrom = (list: { operation: string }, what: string): string =>
  `\`${list.operation}\` is complete, shows ${what} of every entry, and is named in FINHUB_PROMPT_LOOKUPS`;

/** The result of a look-up that does not show the object: an empty list only if that proves that it does not exist. */
export function absent(
  { showsAtOnce }: Pick<Search<unknown>, 'showsAtOnce'>,
  list: { operation: string },
  { whole, known }: { whole: boolean; known: boolean },
): [] | 'notShown' {
  return whole && known && showsAtOnce(list) ? [] : 'notShown';
}

const TOTALS = ['pagination', 'page', 'paging', 'meta'].flatMap((place) =>
  ['total', 'totalCount', 'totalElements', 'totalItems'].map((name) => `${place}.${name}`),
);
const PLACES = ['pagination', 'page', 'paging', 'meta'];

/**
 * Whether a list is complete: as long as its own total, and without a sign of more pages. A list without either, and as long as a page
 * usually is (a multiple of ten, or 25), may continue.
 */
export function isWhole(data: unknown, length: number): boolean {
  const valuesOf = (name: string): unknown[] => [
    at(data, name),
    ...PLACES.map((place) => at(data, `${place}.${name}`)),
  ];
  const isFollowed =
    ['hasMore', 'hasNext', 'hasNextPage', 'more'].some((name) => valuesOf(name).includes(true)) ||
    valuesOf('last').includes(false) ||
    ['next', 'nextPage', 'nextCursor', 'nextPageToken'].some((name) =>
      valuesOf(name).some((value) => value !== undefined && value !== null && value !== '' && value !== false),
    ) ||
    valuesOf('totalPages').some((pages) => Number(pages) > 1);
  if (isFollowed) return false;
  const total = firstCount(data, ...TOTALS, 'total', 'totalCount', 'totalElements', 'count');
  if (total !== undefined) return length >= total;
  return length === 0 || (length % 10 !== 0 && length % 25 !== 0);
}

/** Whether an object that is no longer listed is gone: FinHub answers 404, or the list proves it. */
export function isGone(
  search: Pick<Search<unknown>, 'showsAtOnce' | 'refusal'>,
  list: { operation: string },
  seen: { whole: boolean; known: boolean },
): boolean {
  return search.refusal === 'notFound' || absent(search, list, seen) !== 'notShown';
}
