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
