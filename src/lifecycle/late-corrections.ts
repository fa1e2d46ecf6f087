import {
  isOrganization,
  type Application,
  type OrganizationApplication,
  type PaymentsRequest,
} from '../contract/application.js';
import type { Money } from '../contract/money.js';
import { canonicalJson } from './canonical.js';
import type { LifecycleState } from './case-state.js';
import { isAmount } from '../contract/money.js';
import { shareholderSent } from './ownership.js';
import type { PhaseName } from './phases.js';

/** Whether FinHub has something: it was sent, it is being sent, or a try was unclear. */
type AtFinHub = 'sent' | 'underWay' | 'unclear';

const REASONS: Record<AtFinHub, (what: string, them: 'it' | 'them') => string> = {
  sent: (what, them) => `${what} cannot be corrected: FinHub already has ${them}`,
  underWay: (what) => `we are sending it to FinHub now; the result decides whether ${what} can be corrected`,
  unclear: (what, them) =>
    `${what} cannot be corrected: FinHub may already have ${them}, because an earlier try was unclear`,
};

const REGISTERED = ['person', 'organization', 'password', 'categorization'] as const;

const PEOPLE = [
  { field: 'directors', who: 'director', add: 'addDirector' },
  { field: 'shareholders', who: 'shareholder', add: 'addShareholder' },
  { field: 'employees', who: 'employee', add: 'addEmployee' },
] as const;

/** Why a correction is too late, as a message for its sender; undefined if it can still reach FinHub. */
export function whyTooLate(state: LifecycleState, corrected: Application): string | undefined {
  const { application } = state;
  return (
    registered(state, corrected) ??
    (isOrganization(application) && isOrganization(corrected)
      ? (people(state, application, corrected) ??
        owners(state, application, corrected) ??
        signatory(state, application, corrected) ??
        approvers(application, corrected))
      : undefined) ??
    payments(state, application.payments, corrected.payments)
  );
}

function registered(state: LifecycleState, corrected: Application): string | undefined {
  const call = state.kind === 'individual' ? 'registerIndividual' : 'registerOrganization';
  const atFinHub = stateOf(state, (key) => key === call);
  const changed = REGISTERED.find((field) => !isSame(valueOf(state.application, field), valueOf(corrected, field)));
  return changed && atFinHub && REASONS[atFinHub](`"${changed}"`, 'it');
}

function people(
  state: LifecycleState,
  before: OrganizationApplication,
  after: OrganizationApplication,
): string | undefined {
  for (const { field, who, add } of PEOPLE) {
    const fault = faultOfRefs(field, after[field]);
    if (fault) return fault;
    for (const [ref, was, is] of changes<{ ref: string; ownershipPercentage?: string }>(
      asSent(field, before),
      asSent(field, after),
    )) {
      const atFinHub = stateOf(state, (key) => key === `${add}/${ref}`);
      if (who === 'shareholder' && hasPersonnel(state)) {
        return `shareholder "${ref}" cannot be corrected: FinHub has the shareholders; only who owns the companies among them may change`;
      }
      if (!atFinHub || (who === 'shareholder' && atFinHub === 'sent' && canFollow(was, is))) continue;
      const hint =
        who === 'shareholder' && atFinHub === 'sent' ? '; only their share may change, or they may leave' : '';
      return REASONS[atFinHub](`${who} "${ref}"`, 'them') + hint;
    }
  }
  return undefined;
}

/** People as sent to FinHub, without the owners behind a company. */
function asSent(field: (typeof PEOPLE)[number]['field'], application: OrganizationApplication): { ref: string }[] {
  if (field !== 'shareholders') return application[field];
  return application.shareholders.map((holder) => ({ ref: holder.ref, ...shareholderSent(holder) }));
}

/** Whether FinHub has everybody, so that its records no longer follow corrections. */
function hasPersonnel({ phases }: LifecycleState): boolean {
  return phases.some(({ name, state, closed }) => name === 'personnel' && (state === 'completed' || closed === true));
}

/** A decision is final for the owners that it was based on. */
function owners(
  { review }: LifecycleState,
  before: OrganizationApplication,
  after: OrganizationApplication,
): string | undefined {
  const isDecided = review.stage === 'approved' || review.stage === 'rejected';
  if (!isDecided || isSame(before.shareholders, after.shareholders)) return undefined;
  return '"shareholders" cannot be corrected: the review is decided';
}

/** Whether FinHub's record can follow a correction: it is removed and made again with another share. */
function canFollow(was: object | undefined, is: { ownershipPercentage?: string } | undefined): boolean {
  if (!was) return false;
  return !is || isSame({ ...was, ownershipPercentage: is.ownershipPercentage }, is);
}

function signatory(
  state: LifecycleState,
  before: OrganizationApplication,
  after: OrganizationApplication,
): string | undefined {
  const atFinHub = stateOf(state, (key) => key.startsWith('acceptOrganizationConsent/'));
  return before.signatory === after.signatory || !atFinHub ? undefined : REASONS[atFinHub]('"signatory"', 'it');
}

/** Approvers need the role for it; an unknown ref would leave transfers without an approver. Source: facts §7.6. */
function approvers(
  before: OrganizationApplication,
  { payments, employees }: OrganizationApplication,
): string | undefined {
  if (isSame([before.payments?.approvers, before.employees], [payments?.approvers, employees])) return undefined;
  const named: unknown = payments?.approvers ?? [];
  const mayApprove = (wanted: unknown): boolean =>
    employees.some(({ ref, roles }) => ref === wanted && valuesOf(roles).includes('TRANSACTION_APPROVER'));
  if (Array.isArray(named) && named.every(mayApprove)) return undefined;
  return '"payments.approvers" needs refs of employees with the role TRANSACTION_APPROVER';
}

const PAYMENTS: Record<LifecycleState['kind'], readonly string[]> = {
  individual: ['beneficiaries', 'consent', 'transfer'],
  organization: ['beneficiaries', 'consent', 'transfer', 'topUp', 'approvers'],
};

function payments(
  state: LifecycleState,
  before: PaymentsRequest | undefined,
  after: PaymentsRequest | undefined,
): string | undefined {
  if (!after || isSame(before, after)) return undefined;
  const { facts } = state.finhub;
  const isDone = (phase: PhaseName): boolean =>
    state.phases.some(({ name, state: at }) => name === phase && (at === 'completed' || at === 'skipped'));
  const paid = state.transfer !== undefined;
  /** Parts of the payments that the case has already passed. */
  const past: Record<string, boolean> = {
    beneficiaries: facts.includes('beneficiaryRegistered') || isDone('beneficiaries'),
    consent: paid || isDone('paymentConsent'),
    approvers: paid || facts.includes('paymentConsentActive') || isDone('paymentConsent'),
    topUp: paid,
    transfer: paid,
  };
  const states: Record<string, AtFinHub | undefined> = {
    consent: stateOf(state, (key) => key === 'createPaymentConsent'),
    // A prepared order that is not executed expires, so an unclear try has sent nothing lasting.
    topUp: stateOf({ ...state, unclear: [] }, (key) => key.startsWith('prepareOrder/')),
  };
  for (const field of Object.keys({ ...before, ...after })) {
    if (isSame(valueOf(before, field), valueOf(after, field))) continue;
    const what = `"payments.${field}"`;
    if (!PAYMENTS[state.kind].includes(field)) return `${what} cannot be corrected`;
    const fault = field === 'beneficiaries' ? beneficiaries(state, before, after) : undefined;
    if (fault) return fault;
    const atFinHub = states[field];
    if (atFinHub) return REASONS[atFinHub](what, 'it');
    if (past[field]) return `${what} cannot be corrected: the case has already used it`;
    if (!amountsOf(field, after).every(isAmount)) {
      return `${what} needs amounts like {"value": "25.00", "currency": "EUR"}`;
    }
  }
  const { transfer } = after;
  if (transfer && !after.beneficiaries.some(({ ref }) => ref === transfer.beneficiary)) {
    return `"payments.transfer" goes to "${transfer.beneficiary}", which is not one of the beneficiaries`;
  }
  return undefined;
}

function amountsOf(field: string, { transfer, topUp, consent }: PaymentsRequest): (Money | undefined)[] {
  switch (field) {
    case 'transfer':
      return transfer ? [transfer.amount] : [];
    case 'topUp':
      return topUp ? [topUp.amount] : [];
    case 'consent':
      return consent ? [consent.perTransaction, consent.perDay, ...(consent.perMonth ? [consent.perMonth] : [])] : [];
    default:
      return [];
  }
}

function beneficiaries(
  state: LifecycleState,
  before: PaymentsRequest | undefined,
  after: PaymentsRequest,
): string | undefined {
  const fault = faultOfRefs('payments.beneficiaries', after.beneficiaries);
  if (fault) return fault;
  for (const [ref] of changes(before?.beneficiaries ?? [], after.beneficiaries)) {
    const atFinHub = stateOf(state, (key) => key === `addBeneficiary/${ref}`);
    if (atFinHub) return REASONS[atFinHub](`beneficiary "${ref}"`, 'them');
  }
  return undefined;
}

/** The state of the calls with these keys. A resolution or correction of what needs attention starts its call immediately. */
function stateOf(state: LifecycleState, isIt: (key: string) => boolean): AtFinHub | undefined {
  const { done, underWay, unclear, attention, resolution } = state;
  if (Object.keys(done).some(isIt)) return 'sent';
  const going = resolution ? attention?.key : underWay;
  if (going !== undefined && isIt(going)) return 'underWay';
  return unclear?.some(isIt) ? 'unclear' : undefined;
}

/** The added, dropped and changed items, by `ref`, before and after. */
function changes<Item extends { ref: string }>(
  before: readonly Item[],
  after: readonly Item[],
): [string, Item | undefined, Item | undefined][] {
  const by = (items: readonly Item[], wanted: string) => items.find(({ ref }) => ref === wanted);
  return [...new Set([...before, ...after].map(({ ref }) => ref))]
    .map((ref): [string, Item | undefined, Item | undefined] => [ref, by(before, ref), by(after, ref)])
    .filter(([, was, is]) => !isSame(was, is));
}

/** Anyone without their own `ref` would not be registered. */
function faultOfRefs(field: string, items: unknown): string | undefined {
  if (!Array.isArray(items)) return `"${field}" is a list`;
  const refs = items
    .map((item: unknown) => (typeof item === 'object' && item !== null ? (item as { ref?: unknown }).ref : undefined))
    .filter((ref) => typeof ref === 'string' && ref !== '');
  return new Set(refs).size === items.length ? undefined : `each of "${field}" needs a ref of its own`;
}

const valueOf = (of: object | undefined, field: string): unknown =>
  of && Object.hasOwn(of, field) ? (of as Record<string, unknown>)[field] : undefined;
const valuesOf = (list: unknown): unknown[] => (Array.isArray(list) ? list : []);
const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);
