import {
  isOrganization,
  type Application,
  type OrganizationApplication,
  type PaymentsRequest,
} from '../contract/application.js';
import { canonicalJson } from './canonical.js';
import { isLifecycle, type CaseState, type Changes, type LifecycleState, type Requirement } from './case-state.js';
import type { CheckedCorrection } from './correction.js';
import { accept, refuse, type Answer, type CorrectApplication, type ResolveAttention } from './messages.js';
import { mergePatch } from './merge-patch.js';
import { ORDER_OUTCOMES } from './orders.js';
import { hashOwnership, ownersOf, ownershipFaults } from './ownership.js';
import { pathText } from './path-text.js';
import { PHASES, type CaseKind, type PhaseName, type Prerequisite } from './phases.js';
import { isHighRiskIndustry, riskLevel, type RiskLevel } from './policy.js';
import { whyTooLate } from './late-corrections.js';

/** What a decision is bound to besides the documents. */
export function ownershipHashOf(application: Application): string | undefined {
  return isOrganization(application) ? hashOwnership(application) : undefined;
}

/** Risk of the whole case: a PEP among an organization's people, or its line of business, raises it. Source: facts R17. */
export function riskOf(application: Application): RiskLevel {
  if (!isOrganization(application)) return riskLevel(application.categorization, false);
  const { directors, organization } = application;
  const hasPep = [...directors, ...ownersOf(application)].some(({ isPEP }) => isPEP);
  return riskLevel(application.categorization, hasPep || isHighRiskIndustry(organization.industry));
}

const PREREQUISITES: Record<Prerequisite, string> = {
  customerRecord: 'a customer record at FinHub',
  session: 'a session of the customer',
  adminUser: 'an employee with the role ADMIN_USER',
  verificationApproved: 'an approved verification',
  consentsAccepted: 'the three consents',
  accountActive: 'an active account',
  walletActive: 'an active wallet',
  beneficiaryRegistered: 'a registered beneficiary',
  paymentConsentActive: 'an active payment consent',
};

/** The facts that a phase builds on. */
export function prerequisitesOf(kind: CaseKind, phase: PhaseName): readonly Prerequisite[] {
  return PHASES[kind].find(({ name }) => name === phase)!.requires;
}

/** Those of the facts that the case lacks. */
export function lackingOf(state: CaseState, facts: readonly Prerequisite[]): Requirement[] {
  return facts
    .filter((fact) => !state.finhub.facts.includes(fact))
    .map((fact) => ({ code: fact, message: `${PREREQUISITES[fact]} is missing` }));
}

/** What an application asks for in a phase that is there for some applications only. */
const ASKED: Partial<Record<PhaseName, (asked: PaymentsRequest) => boolean>> = {
  payments: ({ beneficiaries }) => beneficiaries.length > 0,
  beneficiaries: ({ beneficiaries }) => beneficiaries.length > 0,
  paymentConsent: ({ consent }) => consent !== undefined,
  transactions: ({ topUp, transfer }) => topUp !== undefined || transfer !== undefined,
};

/** Whether there is something to do in a phase; one that nobody asks for is skipped, whatever the case lacks for it. */
export function isAskedFor(state: CaseState, phase: PhaseName): boolean {
  const payments = isLifecycle(state) ? state.application.payments : undefined;
  return ASKED[phase]?.(payments ?? { beneficiaries: [] }) ?? true;
}

/** What an organization's people lack for its activation, by FinHub's own list. Source: facts §7.4. */
export function roleFaults(state: LifecycleState): Requirement[] {
  const { application, people } = state;
  if (!isOrganization(application)) return [];
  const has = (role: string) => people.some((person) => person.role === role);
  const roles = new Set(application.employees.flatMap((employee) => employee.roles));
  const known = new Set(people.map(({ ref }) => ref));
  const checks: [boolean, string, string][] = [
    [has('director'), 'directors', 'at least one director is needed'],
    [has('employee') && roles.has('ADMIN_USER'), 'employees', 'an employee with the role ADMIN_USER is needed'],
    [
      application.shareholders.every(({ ref }) => known.has(ref)),
      'shareholders',
      'every shareholder must be registered',
    ],
  ];
  return [
    ...checks.filter(([holds]) => !holds).map(([, field, message]) => ({ code: 'roles', message, field })),
    ...shareFaults(application),
  ];
}

/** What is wrong with the shares, which a correction can mend until the end of personnel. */
export function shareFaults(application: OrganizationApplication): Requirement[] {
  return ownershipFaults(application, application.organization).map(({ path, message }) => ({
    ...{ code: 'roles', message, field: pathText(path) },
  }));
}

/** Until the end of which phase a part of the application may be corrected; FinHub has not accepted it before. */
const OPEN_UNTIL: Partial<Record<string, PhaseName[]>> = {
  person: ['registration'],
  organization: ['registration'],
  password: ['registration'],
  categorization: ['registration'],
  directors: ['personnel'],
  // Who owns the companies among the shareholders is ours to know; of the rest, see `whyTooLate`.
  shareholders: ['verification'],
  employees: ['personnel'],
  // Goes with every call, so it may change as long as there are any.
  origin: ['payments', 'transactions'],
  signatory: ['consents'],
  payments: ['payments', 'transactions'],
};

/** Why a field of a correction is not open to one any more, or never was; undefined where all are. */
export function whyClosed(state: LifecycleState, patch: Record<string, unknown>): string | undefined {
  for (const field of Object.keys(patch)) {
    const until = Object.hasOwn(OPEN_UNTIL, field) ? OPEN_UNTIL[field] : undefined;
    const phase = state.phases.find(({ name }) => until?.includes(name));
    if (!phase || !(field === 'categorization' || Object.hasOwn(state.application, field)))
      return `"${field}" cannot be corrected`;
    if (phase.state === 'completed' || phase.state === 'skipped' || phase.closed) {
      return `"${field}" was accepted by FinHub in phase ${phase.name}`;
    }
  }
  return undefined;
}

/** Takes the form that the intake gives; parts that are the same stay the same objects, since phases tell by them what has changed. */
function inIntakeForm(corrected: unknown, fields: Record<string, unknown>): unknown {
  return {
    ...(corrected as object),
    ...Object.fromEntries(
      Object.entries(fields).map(([name, is]) => [name, kept((corrected as Record<string, unknown>)[name], is)]),
    ),
  };
}

function kept(was: unknown, is: unknown): unknown {
  if (canonicalJson(was) === canonicalJson(is)) return was;
  if (typeof was !== 'object' || typeof is !== 'object' || !was || !is || Array.isArray(is)) return is;
  const before = was as Record<string, unknown>;
  return Object.fromEntries(Object.entries(is).map(([name, part]) => [name, kept(before[name], part)]));
}

/** Changes what FinHub has not accepted yet. A call that waits for a correction is made again. */
export function correct(
  state: LifecycleState,
  { patch }: CorrectApplication,
  checked?: CheckedCorrection,
): { changes: Changes & Pick<Partial<LifecycleState>, 'application'>; answer: Answer } {
  const closed = whyClosed(state, patch);
  if (closed !== undefined) return { changes: {}, answer: refuse('NotAllowed', closed) };
  const faulty = (checked?.faults.length ?? 0) > 0;
  const merged = mergePatch(state.application, patch);
  const corrected = !faulty && checked?.fields ? inIntakeForm(merged, checked.fields) : merged;
  const misshapen = misfit(state.application, corrected, '$');
  const late = misshapen === undefined ? whyTooLate(state, corrected as Application) : undefined;
  if (late !== undefined) return { changes: {}, answer: refuse('NotAllowed', late) };
  if (faulty) {
    const detail = `the corrected application has faults: ${checked!.faults.join('; ')}`;
    return { changes: {}, answer: refuse('NotAllowed', detail) };
  }
  if (misshapen !== undefined) {
    return { changes: {}, answer: refuse('NotAllowed', `${misshapen} is not what an application has there`) };
  }
  return {
    changes: { application: corrected as Application, corrected: true },
    answer: accept('applied', 'corrected; the phase goes on with it'),
  };
}

/**
 * Path of the first part of a corrected application that is of another kind than before: a list stays a list of what it held, an object an
 * object, a text a text. What the texts say is for FinHub to check; lifecycles rely on the shape alone. People in a list need not have all
 * that the first one has.
 */
function misfit(before: unknown, after: unknown, path: string, inList = false): string | undefined {
  const isPart = typeof before === 'object' && before !== null;
  if (before === undefined || (after === undefined && (inList || !isPart))) return undefined;
  if (Array.isArray(before)) {
    if (!Array.isArray(after)) return path;
    return firstOf(after, (item, index) =>
      item === undefined ? path : misfit(before[0], item, `${path}[${index}]`, true),
    );
  }
  if (!isPart) return typeof after === typeof before ? undefined : path;
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return path;
  const parts = after as Record<string, unknown>;
  return firstOf(Object.entries(before), ([key, value]) => misfit(value, parts[key], `${path}.${key}`, inList));
}

function firstOf<T>(items: readonly T[], fault: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = fault(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Takes a person's word on a call that needs attention. */
export function resolve(
  state: CaseState,
  resolution: ResolveAttention,
): { changes: Pick<CaseState, 'resolution'>; answer: Answer } {
  const { attention } = state;
  // A correction sets the call going as a resolution does.
  const goesOn = state.resolution !== undefined || state.corrected === true;
  if (attention?.attentionId !== resolution.attentionId || goesOn) {
    return { changes: {}, answer: refuse('NothingToResolve', 'the case does not wait for this') };
  }
  if (!attention.options.includes(resolution.action)) {
    return { changes: {}, answer: refuse('NotAllowed', `possible here: ${attention.options.join(', ')}`) };
  }
  const adopts = resolution.action === 'adopt' ? attention.adopts : [];
  const given = adopts.flatMap((field) =>
    resolution.adopt?.[field] ? [[field, resolution.adopt[field]] as const] : [],
  );
  if (given.length < adopts.length)
    return { changes: {}, answer: refuse('NotAllowed', `to adopt, ${adopts.join(' and ')} must be given`) };
  if (given.some(([field, value]) => field === 'outcome' && !ORDER_OUTCOMES.includes(value)))
    return { changes: {}, answer: refuse('NotAllowed', `an order's outcome is one of ${ORDER_OUTCOMES.join(', ')}`) };
  return {
    changes: { resolution: { ...resolution, adopt: Object.fromEntries(given) } },
    answer: accept('applied', `goes on with: ${resolution.action}`),
  };
}
