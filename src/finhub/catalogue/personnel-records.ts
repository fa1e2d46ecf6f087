import { z } from 'zod';
import type { Endpoint, Match, ReadBack, Search } from '../endpoint.js';
import { FinHubError } from '../error.js';
import { absenceFrom, absent, isGone, isWhole } from './absence.js';
import { firstId, firstText, Id, requiredId, requiredList, sameText } from './fields.js';

/**
 * A person's record in an organization. FinHub links it to a customer record of that person, with a temporary password that cannot be read
 * again. We do not need the password, so it is dropped.
 */
export const Added = z.unknown().transform((data, context) => {
  const one = Array.isArray(data) ? (data[0] as unknown) : data;
  return {
    recordId: requiredId(
      one,
      context,
      'directorId',
      'shareholderId',
      'employeeId',
      'shareholders.0.shareholderId',
      'id',
      'individual.userId',
      'userId',
    ),
    individualId: firstId(
      one,
      'individualCustomerId',
      'individual.customerId',
      'individual.id',
      'individual.userId',
      'customerId',
      'userId',
    ),
  };
});
export type Added = z.infer<typeof Added>;

export const Listed = (...names: string[]) =>
  z.unknown().transform((data, context) => {
    const list = requiredList(data, context, ...names, 'items', 'content');
    const people = list.map((item) => ({
      recordId: requiredId(item, context, 'directorId', 'shareholderId', 'employeeId', 'id'),
      individualId: firstId(
        item,
        'individualCustomerId',
        'individual.customerId',
        'individualId',
        'customerId',
        'userId',
      ),
      email: firstText(item, 'email', 'person.email', 'individual.email'),
      firstName: firstText(item, 'firstName', 'person.firstName'),
      lastName: firstText(item, 'lastName', 'person.lastName'),
      companyName: firstText(item, 'companyName'),
      percentage: firstText(item, 'ownershipPercentage', 'sharePercentage'),
    }));
    // Only the list of employees is documented to have pages (facts O11).
    return { people, whole: isWhole(data, people.length) };
  });
export const LISTED_PERSONAL = ['email', 'firstName', 'lastName', 'companyName', 'percentage'] as const;
type People = z.infer<ReturnType<typeof Listed>>;
export type ListedPerson = People['people'][number];

/**
 * The listed people who match the one we look for. Someone who is missing may be on another page, or listed without enough fields to
 * tell.
 */
export function matching(
  search: Pick<Search<unknown>, 'taken' | 'showsAtOnce'>,
  list: { operation: string },
  { people, whole }: People,
  { isSame, isKnown }: { isSame: (person: ListedPerson) => boolean; isKnown: (person: ListedPerson) => boolean },
): Match<Added>[] | 'notShown' | 'cannotRead' {
  const others = people.filter(({ recordId }) => !search.taken.includes(recordId));
  const found = others.filter(isSame);
  if (found.length > 0) {
    return found.map(({ recordId, individualId }) => ({ id: recordId, result: { recordId, individualId } }));
  }
  return whole ? absent(search, list, { whole, known: others.every(isKnown) }) : 'cannotRead';
}

/** FinHub may answer 404 for an organization without such people; a list that we may not read is an error. */
export function nobody(error: unknown): People {
  if (error instanceof FinHubError && error.kind === 'notFound') return { people: [], whole: true };
  throw error;
}

/** A person was added if the list has one with the same e-mail. */
export function listedByEmail(
  list: Endpoint<{ organizationId: string }, People>,
  as: string,
): ReadBack<{ organizationId: string; person: { email: string } }, Added> {
  return {
    reads: [list],
    proof: `listed as ${as} with the same e-mail`,
    absence: absenceFrom(list, 'an e-mail address'),
    find: async ({ input: { organizationId, person }, ...search }) => {
      const listed = await search.read(list, { organizationId }).catch(nobody);
      const isSame = ({ email }: ListedPerson): boolean => sameText(email, person.email);
      const isKnown = ({ email }: ListedPerson): boolean => email !== undefined;
      return matching(search, list, listed, { isSame, isKnown });
    },
  };
}

export const Removal = z.strictObject({ organizationId: Id, recordId: Id });

/** A removal is done if the list no longer has the person. */
export function goneFrom(
  list: Endpoint<{ organizationId: string }, People>,
): ReadBack<z.infer<typeof Removal>, object> {
  return {
    reads: [list],
    proof: 'no longer listed',
    absence: absenceFrom(list, 'an id'),
    find: async ({ input: { organizationId, recordId }, ...search }) => {
      const { people, whole } = await search.read(list, { organizationId }).catch(nobody);
      if (people.some((person) => person.recordId === recordId)) return 'notShown';
      return isGone(search, list, { whole, known: true }) ? [{ id: recordId, result: {} }] : 'notShown';
    },
  };
}
