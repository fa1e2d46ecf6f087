import {
  isOrganization,
  type Address,
  type Application,
  type Categorization,
  type Organization,
  type Origin,
  type PaymentsRequest,
  type Person,
} from '../contract/application.js';
import type { Money } from '../contract/money.js';
import { isLifecycle, type CaseState } from './case-state.js';
import { nameOfOwner, ownersOf } from './ownership.js';

/** A person as an application names them. */
export interface SubjectPerson {
  /** As what: the customer, or a role in the organization. */
  as: 'customer' | 'director' | 'shareholder' | 'owner' | 'employee';
  ref: string | null;
  /** Of a company that holds shares: its name. */
  name: string;
  dateOfBirth: string | null;
  nationality: string | null;
  email: string | null;
  phone: string | null;
  address: Address | null;
  /** Percent, of a shareholder, or of an owner of a company among them: of that company. */
  share: string | null;
  isPEP: boolean | null;
  /** What else is said of them: a position, roles at FinHub, a place of birth. */
  also: string[];
}

/** Whom or what a case is about: what a person needs to decide on it; no secrets. */
export interface CaseSubject {
  submittedBy: string | null;
  organization: Organization | null;
  people: SubjectPerson[];
  /** Who signs for the organization: a person's name or ref. */
  signatory: string | null;
  categorization: Categorization | null;
  origin: Origin | null;
  payments: PaymentsRequest | null;
  /** Of a transfer. */
  transfer: {
    accountId: string;
    beneficiaryIban: string;
    amount: Money;
    description: string;
    confirmation: boolean;
  } | null;
}

const NOTHING: CaseSubject = {
  submittedBy: null,
  organization: null,
  people: [],
  signatory: null,
  categorization: null,
  origin: null,
  payments: null,
  transfer: null,
};

/** What a case is about. */
export function subjectOf(state: CaseState): CaseSubject {
  if (state.kind === 'transfer') {
    const { submittedBy, origin, accountId, beneficiaryIban, amount, description, confirmation } = state.application;
    return {
      ...NOTHING,
      submittedBy,
      origin,
      transfer: { accountId, beneficiaryIban, amount, description, confirmation },
    };
  }
  // An account and a call by hand name ids only, which the case shows by itself.
  if (!isLifecycle(state)) return NOTHING;
  const { application } = state;
  const { submittedBy, categorization = null, origin, payments = null } = application;
  const isCompany = isOrganization(application);
  return {
    ...NOTHING,
    ...{ submittedBy, categorization, origin, payments },
    people: peopleOf(application),
    organization: isCompany ? application.organization : null,
    signatory: isCompany ? application.signatory : null,
  };
}

function peopleOf(application: Application): SubjectPerson[] {
  if (!isOrganization(application)) return [natural('customer', null, application.person)];
  const { directors, shareholders, employees } = application;
  const direct = new Set(shareholders.map(({ ref }) => ref));
  return [
    ...directors.map((one) => ({
      ...natural('director', one.ref, one, [one.position, one.directorType]),
      isPEP: one.isPEP,
    })),
    ...ownersOf(application).map((one) => ({
      as: direct.has(one.ref) ? ('shareholder' as const) : ('owner' as const),
      ref: one.ref,
      name: nameOfOwner(one),
      dateOfBirth: one.dateOfBirth ?? null,
      nationality: one.nationality ?? one.country ?? null,
      email: one.email ?? null,
      phone: null,
      address: null,
      share: one.ownershipPercentage,
      isPEP: one.isPEP,
      also: one.type === 'CORPORATE' ? ['company', ...(one.registrationNumber ? [one.registrationNumber] : [])] : [],
    })),
    ...employees.map((one) => natural('employee', one.ref, one, [one.position, ...one.roles, one.organizationRole])),
  ];
}

function natural(as: SubjectPerson['as'], ref: string | null, person: Person, also: string[] = []): SubjectPerson {
  const { firstName, lastName, dateOfBirth, nationality, email, phone, address, placeOfBirth, gender, ...rest } =
    person;
  nothingElse(rest);
  const more = [...also, placeOfBirth && `born in ${placeOfBirth}`, gender?.toLowerCase()];
  return {
    as,
    ref,
    name: [firstName, lastName].filter(Boolean).join(' '),
    dateOfBirth,
    nationality,
    email,
    phone,
    address,
    share: null,
    isPEP: null,
    also: more.filter((one): one is string => Boolean(one)),
  };
}

/** Does not compile where a field of a person is not shown. */
function nothingElse(_rest: Record<string, never>): void {}
