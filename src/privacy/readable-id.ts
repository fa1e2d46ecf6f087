import { isValidIBAN } from 'ibantools';
import { spellsName } from './names.js';

/*
 * Everybody with access to Temporal, its logs or its metrics can read ids: application ids, payment references, operators' ids.
 */

const PHONE = /^[+]?\d{9,15}$/;
const EMAIL = /@|[._-]at[._-].+[._-][a-z]{2,}$/i;
/** Shorter parts of a person's data appear in many ids by chance. */
const SHORTEST = 5;

export const READABLE_ID_FAULT =
  'looks like an e-mail address, a phone number, an IBAN or a name; ids are readable and must not contain personal data';

/** Data of the people that an id is about. */
export interface KnownOfPeople {
  /** First and last names. */
  names: readonly (readonly string[])[];
  /** E-mail addresses and phone numbers. */
  contacts: readonly string[];
}

/**
 * Whether an id is free of personal data.
 * @param known data that must not be in the id, in any spelling
 */
export function isReadableId(id: string, known: KnownOfPeople = { names: [], contacts: [] }): boolean {
  if (PHONE.test(id) || EMAIL.test(id) || isValidIBAN(id.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))) return false;
  const letters = lettersAndDigits(id);
  if (known.contacts.map(lettersAndDigits).some((part) => part.length >= SHORTEST && letters.includes(part)))
    return false;
  return !known.names.some((name) => spellsName(id, name));
}

function lettersAndDigits(value: string): string {
  return value
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]/g, '');
}
