import { createHmac } from 'node:crypto';
import anyAscii from 'any-ascii';
import { isOrganization, type Application, type Owner } from '../contract/application.js';
import { deriveKey, type KeyRing } from './key-ring.js';

/** Characters of a token: 96 bits. */
const LENGTH = 16;
/** The most tokens per case: Temporal allows 2 KB in one search attribute. */
const MOST = 100;

type Kind = 'email' | 'phone' | 'name' | 'number';

/**
 * Blind tokens to find a case by: from the e-mail, phone and name of everybody in the application, and companies' registration and tax
 * numbers. Keyed with the ring's `fingerprint` key, which rotations do not change: without it nobody can read tokens or test names. Equal
 * values have equal tokens. The customer's own come first, because there is room for 100.
 * @param application with or without its secrets opened
 */
export function searchTokens(keys: KeyRing, application: Application): string[] {
  return tokensOf(keys, valuesOf(application)).slice(0, MOST);
}

/** The tokens of a text that a person types: an e-mail, a phone, a whole name in any order, or a number. */
export function tokensOfText(keys: KeyRing, text: string): string[] {
  return tokensOf(keys, [
    ['email', text],
    ['phone', text],
    ['name', text],
    ['number', text],
  ]);
}

function valuesOf(application: Application): [Kind, string | undefined][] {
  if (!isOrganization(application)) return ofPerson(application.person);
  const { organization, directors, shareholders, employees } = application;
  const { legalName, tradingName, registrationNumber, taxId, email, phone } = organization;
  return [
    ['name', legalName],
    ['name', tradingName],
    ['number', registrationNumber],
    ['number', taxId],
    ['email', email],
    ['phone', phone],
    ...[...directors, ...employees].flatMap(ofPerson),
    ...shareholders.flatMap(ofOwner),
  ];
}

function ofPerson(person: {
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
}): [Kind, string | undefined][] {
  const { firstName = '', lastName = '', email, phone } = person;
  return [
    ['name', `${firstName} ${lastName}`],
    ['email', email],
    ['phone', phone],
  ];
}

function ofOwner(owner: Owner): [Kind, string | undefined][] {
  const { companyName, registrationNumber, owners = [] } = owner;
  return [...ofPerson(owner), ['name', companyName], ['number', registrationNumber], ...owners.flatMap(ofOwner)];
}

const NORMAL: Record<Kind, (text: string) => string> = {
  email: (text) => (text.includes('@') ? text.trim().toLowerCase() : ''),
  phone: (text) => {
    const digits = text.replaceAll(/[\s().\/-]/g, '').replace(/^00/, '+');
    return /^\+?\d{6,15}$/.test(digits) ? digits.replace('+', '') : '';
  },
  // In ASCII and in any order: people may not have the letters on their keyboard, and may put the family name first.
  name: (text) =>
    anyAscii(text.normalize('NFC'))
      .toLowerCase()
      .replaceAll(/['’`.]/g, '')
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '')
      .sort()
      .join(' '),
  number: (text) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''),
};

function tokensOf(keys: KeyRing, values: [Kind, string | undefined][]): string[] {
  const key = deriveKey(keys, keys.fingerprint, 'search v1');
  if (!key) throw new Error(`the key ring has no key "${keys.fingerprint}"`);
  const normal = values.flatMap(([kind, text = '']) => {
    const value = NORMAL[kind](text);
    return value === '' ? [] : [`${kind} ${value}`];
  });
  const tokens = normal.map((one) => createHmac('sha256', key).update(one).digest('base64url').slice(0, LENGTH));
  return [...new Set(tokens)];
}
