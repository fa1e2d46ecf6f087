import type { Search } from '../endpoint.js';
import { at, firstCount } from './fields.js';

/*
 * That a look-up does not show an object proves that there is none only where it would show it: the list is whole, each of its entries has the
 * field by which ours is known, and FinHub is known to list at once what it has made. The last of these no document promises; whoever runs
 * the service has seen it and says so (`FINHUB_PROMPT_LOOKUPS`).
 */

/** What proves that an object is not there, in words for the docs; `what` is how it is known. */
export const absenceFrom = (list: { operation: string }, what: string): string =>
  `\`${list.operation}\` is whole, tells ${what} of every entry, and is named in FINHUB_PROMPT_LOOKUPS`;

/** What a look-up that does not show the object comes to: nothing where that proves that it is not there. */
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
 * Whether a list is all that there is: as long as its own total says, and without a word of further pages. One that says nothing, and is as
 * long as pages are (tens, or 25), may have another.
 */
export function isWhole(data: unknown, length: number): boolean {
  const told = (name: string): unknown[] => [at(data, name), ...PLACES.map((place) => at(data, `${place}.${name}`))];
  const isFollowed =
    ['hasMore', 'hasNext', 'hasNextPage', 'more'].some((name) => told(name).includes(true)) ||
    told('last').includes(false) ||
    ['next', 'nextPage', 'nextCursor', 'nextPageToken'].some((name) =>
      told(name).some((value) => value !== undefined && value !== null && value !== '' && value !== false),
    ) ||
    told('totalPages').some((pages) => Number(pages) > 1);
  if (isFollowed) return false;
  const total = firstCount(data, ...TOTALS, 'total', 'totalCount', 'totalElements', 'count');
  if (total !== undefined) return length >= total;
  return length === 0 || (length % 10 !== 0 && length % 25 !== 0);
}

/** Whether what is no longer listed is gone: FinHub says so itself by 404, or the list proves it. */
export function isGone(
  search: Pick<Search<unknown>, 'showsAtOnce' | 'refusal'>,
  list: { operation: string },
  seen: { whole: boolean; known: boolean },
): boolean {
  return search.refusal === 'notFound' || absent(search, list, seen) !== 'notShown';
}
