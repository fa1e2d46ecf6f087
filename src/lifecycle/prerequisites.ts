import type { PaymentsRequest } from '../contract/application.js';
import { isLifecycle, type CaseState, type Requirement } from './case-state.js';
import { PHASES, type CaseKind, type PhaseName, type Prerequisite } from './phases.js';

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

/** The facts that a phase needs. */
export function prerequisitesOf(kind: CaseKind, phase: PhaseName): readonly Prerequisite[] {
  return PHASES[kind].find(({ name }) => name === phase)!.requires;
}

/** The facts that the case does not have. */
export function lackingOf(state: CaseState, facts: readonly Prerequisite[]): Requirement[] {
  return facts
    .filter((fact) => !state.finhub.facts.includes(fact))
    .map((fact) => ({ code: fact, message: `${PREREQUISITES[fact]} is missing` }));
}

/** What an application must ask for so that an optional phase runs. */
const ASKED: Partial<Record<PhaseName, (asked: PaymentsRequest) => boolean>> = {
  payments: ({ beneficiaries }) => beneficiaries.length > 0,
  beneficiaries: ({ beneficiaries }) => beneficiaries.length > 0,
  paymentConsent: ({ consent }) => consent !== undefined,
  transactions: ({ topUp, transfer }) => topUp !== undefined || transfer !== undefined,
};

/** Whether a phase has anything to do; otherwise it is skipped, even if its prerequisites are missing. */
export function isAskedFor(state: CaseState, phase: PhaseName): boolean {
  const payments = isLifecycle(state) ? state.application.payments : undefined;
  return ASKED[phase]?.(payments ?? { beneficiaries: [] }) ?? true;
}
