import {
  isOrganization,
  type Application,
  type OrganizationApplication,
  type Owner,
  type Shareholder,
  type WithoutOwners,
} from '../contract/application.js';
import { canonicalJson } from './canonical.js';
import { sha256 } from './sha256.js';

/*
 * Who owns an organization, directly or through companies. Shares are multiplied along each path and added over the paths, in integers,
 * because decimal fractions do not add up in binary: an owner of exactly 25 % must not fall short by rounding. The input may not have passed
 * the intake, so any shape is accepted.
 */

/** The most levels between the customer and an owner, including the owner. */
export const MAX_OWNERSHIP_LEVELS = 10;
/** The most owners in one application, on all levels together. */
export const MAX_OWNERS = 200;

/** The place of an owner in the application: `['shareholders', 0, 'owners', 1]`. */
export type OwnerPath = (string | number)[];

export interface OwnershipFault {
  path: OwnerPath;
  message: string;
}

/** An owner, and the share of the customer on this path and in total. */
export interface OwnerView {
  ref: string;
  name: string;
  isCompany: boolean;
  isPEP: boolean;
  withoutOwners: WithoutOwners | null;
  /** Percent of the company directly above, as the application has it. */
  share: string;
  /** Percent of the customer on this path, cut after four decimals. */
  effective: string;
  /** Percent of the customer over all of a person's paths; null for a company. */
  total: string | null;
  isBeneficialOwner: boolean;
  owners: OwnerView[];
}

/** A natural person whose share reaches the threshold. */
export interface BeneficialOwner {
  /** All refs of the person in the application, the main one first. */
  refs: string[];
  /** Percent over all paths, cut after four decimals. */
  share: string;
}

interface Node {
  owner: Owner;
  path: OwnerPath;
  /** From 1, for those who hold shares of the customer itself. */
  level: number;
  /** Parts of `ONE` of the customer. */
  held: bigint;
  children: Node[];
}

type Owned = Pick<OrganizationApplication, 'shareholders'>;
/** The organization itself, to detect that it owns itself. */
type Itself = Partial<OrganizationApplication['organization']>;

const DECIMALS = 4;
/** A share in parts: 100 % are a million ten-thousandths of a percent. */
const WHOLE = 100n * 10n ** BigInt(DECIMALS);
/** Big enough that no product of shares is cut. */
const ONE = WHOLE ** BigInt(MAX_OWNERSHIP_LEVELS);

/** Ten-thousandths of a percent, or undefined for what is no share. */
function partsOf(share: unknown): bigint | undefined {
  const [, whole, fraction = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(typeof share === 'string' ? share : '') ?? [];
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** Parts of {@link ONE} as percent, cut after four decimals, so that nothing below a threshold is shown as reaching it. */
function percentOf(held: bigint): string {
  const parts = (held * WHOLE) / ONE;
  const fraction = String(parts % 10n ** BigInt(DECIMALS)).padStart(DECIMALS, '0');
  return `${parts / 10n ** BigInt(DECIMALS)}.${fraction}`.replace(/\.?0+$/, '');
}

const listOf = (owners: unknown): unknown[] => (Array.isArray(owners) ? owners : []);

function nodesOf(owners: unknown, path: OwnerPath, level: number, above: bigint): Node[] {
  if (level > MAX_OWNERSHIP_LEVELS) return [];
  return listOf(owners).flatMap((one, index) => {
    if (typeof one !== 'object' || one === null) return [];
    const owner = one as Owner;
    const here = [...path, index];
    const held = (above * (partsOf(owner.ownershipPercentage) ?? 0n)) / WHOLE;
    const children = nodesOf(owner.owners, [...here, 'owners'], level + 1, held);
    return [{ owner, path: here, level, held, children }];
  });
}

function treeOf({ shareholders }: Owned): Node[] {
  return nodesOf(shareholders, ['shareholders'], 1, ONE);
}

function flat(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}

/** All owners, on every level. */
export function ownersOf(application: Owned): Owner[] {
  return flat(treeOf(application)).map(({ owner }) => owner);
}

const plain = (text: unknown): string =>
  typeof text === 'string'
    ? text
        .normalize('NFKC')
        .toLowerCase()
        .replaceAll(/[\s.,]+/g, ' ')
        .trim()
    : '';

export function nameOfOwner({ companyName, firstName, lastName }: Partial<Owner>): string {
  return companyName ?? [firstName, lastName].filter(Boolean).join(' ');
}

/**
 * Identifies a natural person by name and birth date. A person may appear in an application several times, as an owner on several paths and
 * as a director.
 */
export function personKey(person: { firstName?: unknown; lastName?: unknown; dateOfBirth?: unknown }): string {
  return [plain(person.firstName), plain(person.lastName), plain(person.dateOfBirth)].join('|');
}

interface Company {
  name: unknown;
  registrationNumber?: unknown;
  country?: unknown;
}

/** Compared by registration number if both have one, otherwise by name. */
function isSameCompany(one: Company, other: Company): boolean {
  const [number, otherNumber] = [plain(one.registrationNumber), plain(other.registrationNumber)];
  const elsewhere = plain(one.country) !== plain(other.country) && plain(one.country) && plain(other.country);
  if (number && otherNumber) return number === otherNumber && !elsewhere;
  return !elsewhere && plain(one.name) !== '' && plain(one.name) === plain(other.name);
}

const isCompany = ({ type }: Owner): boolean => type === 'CORPORATE';
const companyOf = ({ companyName: name, registrationNumber, country }: Owner): Company => ({
  ...{ name, registrationNumber, country },
});

/** The faults of an ownership: circles, companies without all their owners, shares that do not add up. */
export function ownershipFaults({ shareholders }: Owned, itself: Itself): OwnershipFault[] {
  const { legalName: name, registrationNumber, address } = itself;
  const customer: Company = { name, registrationNumber, country: address?.country };
  const nodes = treeOf({ shareholders });
  const tooMany = flat(nodes).length > MAX_OWNERS;
  return [
    ...(tooMany ? [{ path: ['shareholders'], message: `names more than ${MAX_OWNERS} owners on all levels` }] : []),
    ...sumFaults(shareholders, ['shareholders']),
    ...nodes.flatMap((node) => faultsBelow(node, [customer])),
  ];
}

function faultsBelow({ owner, path, level, children }: Node, above: Company[]): OwnershipFault[] {
  const { owners, withoutOwners } = owner;
  if (!isCompany(owner)) {
    const named = (['owners', 'withoutOwners'] as const).filter((field) => owner[field] !== undefined);
    return named.map((field) => ({ path: [...path, field], message: 'belongs to companies; this is a person' }));
  }
  const company = companyOf(owner);
  if (above.some((other) => isSameCompany(company, other))) {
    return [{ path, message: 'owns itself through the companies above it; ownership cannot run in a circle' }];
  }
  if (owners === undefined && withoutOwners === undefined) {
    const message = 'is missing: name all owners of a company, or say in "withoutOwners" why it has none';
    return [{ path: [...path, 'owners'], message }];
  }
  if (withoutOwners !== undefined) {
    return owners === undefined ? [] : [{ path: [...path, 'withoutOwners'], message: 'contradicts "owners"' }];
  }
  if (level === MAX_OWNERSHIP_LEVELS) {
    return [{ path: [...path, 'owners'], message: `lies more than ${MAX_OWNERSHIP_LEVELS} levels deep` }];
  }
  return [
    ...sumFaults(owners, [...path, 'owners']),
    ...children.flatMap((child) => faultsBelow(child, [...above, company])),
  ];
}

/** Source, for the customer's own shareholders: facts O06, "total must be exactly 100 %". */
function sumFaults(owners: unknown, path: OwnerPath): OwnershipFault[] {
  const parts = listOf(owners).map((one) => partsOf((one as Owner | null)?.ownershipPercentage));
  if (parts.some((part) => part === undefined)) return [{ path, message: 'have shares that are not percentages' }];
  const total = parts.reduce<bigint>((sum, part) => sum + part!, 0n);
  if (total === WHOLE) return [];
  return [{ path, message: `have ${percentOf((total * ONE) / WHOLE)} % together; exactly 100 is expected` }];
}

/** Each person's share over all paths. */
function heldByPerson(nodes: readonly Node[]): Map<string, { refs: string[]; held: bigint }> {
  const people = new Map<string, { refs: string[]; held: bigint }>();
  for (const { owner, held } of nodes.filter(({ owner }) => !isCompany(owner))) {
    const { refs, held: before } = people.get(personKey(owner)) ?? { refs: [], held: 0n };
    people.set(personKey(owner), { refs: [...refs, owner.ref], held: before + held });
  }
  return people;
}

const reaches = (held: bigint, fromPercent: number): boolean =>
  held > 0n && held * WHOLE >= BigInt(Math.round(fromPercent * 10 ** DECIMALS)) * ONE;

/** The natural persons with at least this percentage over all paths. */
export function beneficialOwners(application: Owned, fromPercent: number): BeneficialOwner[] {
  return [...heldByPerson(flat(treeOf(application))).values()]
    .filter(({ held }) => reaches(held, fromPercent))
    .map(({ refs, held }) => ({ refs, share: percentOf(held) }));
}

/** The shareholders to declare to FinHub as beneficial owners. FinHub has no place for owners behind a company, so the company is declared. */
export function declaredOwners(application: Owned, fromPercent: number): Set<string> {
  const people = new Set(beneficialOwners(application, fromPercent).flatMap(({ refs }) => refs));
  return new Set(
    treeOf(application)
      .filter(({ owner, held }) => people.has(owner.ref) || reaches(held, fromPercent))
      .map(({ owner }) => owner.ref),
  );
}

/** The whole tree with each owner's share, for the person who decides. */
export function ownershipView(application: Owned, fromPercent: number): OwnerView[] {
  const tree = treeOf(application);
  const people = heldByPerson(flat(tree));
  const viewOf = ({ owner, held, children }: Node): OwnerView => {
    const all = isCompany(owner) ? undefined : people.get(personKey(owner))?.held;
    return {
      ref: owner.ref,
      name: nameOfOwner(owner),
      isCompany: isCompany(owner),
      isPEP: owner.isPEP,
      withoutOwners: owner.withoutOwners ?? null,
      share: owner.ownershipPercentage,
      effective: percentOf(held),
      total: all === undefined ? null : percentOf(all),
      isBeneficialOwner: all !== undefined && reaches(all, fromPercent),
      owners: children.map(viewOf),
    };
  };
  return tree.map(viewOf);
}

/** A shareholder as sent to FinHub, which has no field for owners behind a company. Source: facts O06. */
export function shareholderSent(holder: Shareholder) {
  const { type, firstName, lastName, companyName, email, dateOfBirth, nationality, ownershipPercentage, isPEP } =
    holder;
  return { type, firstName, lastName, companyName, email, dateOfBirth, nationality, ownershipPercentage, isPEP };
}

/** A hash of the ownership, part of what a decision is bound to: equal for the same facts, however they are written. */
export function hashOwnership(application: Owned): string {
  const factsOf = ({ owner, held, children }: Node): unknown => {
    const { name, registrationNumber, country } = companyOf(owner);
    return [
      ...[owner.ref, isCompany(owner), personKey(owner), plain(name), plain(registrationNumber), plain(country)],
      ...[String(held), owner.isPEP, owner.withoutOwners ?? null, children.map(factsOf)],
    ];
  };
  return sha256(canonicalJson(treeOf(application).map(factsOf)));
}

/** What a decision is bound to besides the documents. */
export function ownershipHashOf(application: Application): string | undefined {
  return isOrganization(application) ? hashOwnership(application) : undefined;
}
