import type { Categorization } from './application.js';
import type { LifecycleKind } from './phases.js';

/** Who may decide: a tenant's own operators, or the power tenant's for high risk. Source: facts §7.6. */
export type OperatorLevel = 'TENANT' | 'POWER_TENANT';

export type RiskLevel = 'LOW' | 'MEDIUM' | 'HIGH' | 'PROHIBITED';

/** An operator as the operators file knows them; never taken from a message. */
export interface Operator {
  id: string;
  level: OperatorLevel;
  /** Tenants the operator works for; `*` is every tenant. */
  tenants: string[];
}

/** How a case of one risk level is reviewed. Durations are days of 24 hours. */
export interface ReviewRules {
  level: OperatorLevel;
  /** Distinct people whose approval it takes; 2 is four eyes. */
  quorum: number;
  dueDays: number;
  /** Times that the customer may be asked to hand in again. */
  maxResubmissions: number;
  /** A decision taken in FinHub's own portal: taken over, or held until our operators have decided as well. */
  portalDecision: 'adopt' | 'hold';
}

/** A tenant's settings as an activity read them; the copy in the history is the one that counts for the case. */
export interface Policy {
  version: string;
  review: Record<Exclude<RiskLevel, 'PROHIBITED'>, ReviewRules>;
  /** Days the customer has for each of their turns; shown, not enforced. */
  customerDays: number;
  /** How individuals are activated: with the code FinHub mails them, or by the tenant's admin. Source: facts I14. */
  individualActivation: 'code' | 'admin';
  /** Whether this worker can approve with the power tenant's credentials; if not, high risk waits for FinHub's portal. */
  powerTenantCredentials: boolean;
  /** Seconds between two looks at FinHub's verdict. */
  verdictPollSeconds: number;
  /** Seconds one attempt of a FinHub call may take in all. */
  callSeconds: number;
}

/** The rules that hold where a tenant sets nothing else. */
export const DEFAULT_REVIEW: Record<LifecycleKind, Policy['review']> = {
  individual: {
    LOW: { level: 'TENANT', quorum: 1, dueDays: 3, maxResubmissions: 3, portalDecision: 'adopt' },
    MEDIUM: { level: 'TENANT', quorum: 1, dueDays: 3, maxResubmissions: 3, portalDecision: 'adopt' },
    HIGH: { level: 'POWER_TENANT', quorum: 1, dueDays: 3, maxResubmissions: 3, portalDecision: 'hold' },
  },
  organization: {
    LOW: { level: 'TENANT', quorum: 1, dueDays: 5, maxResubmissions: 3, portalDecision: 'adopt' },
    MEDIUM: { level: 'TENANT', quorum: 1, dueDays: 5, maxResubmissions: 3, portalDecision: 'adopt' },
    HIGH: { level: 'POWER_TENANT', quorum: 1, dueDays: 5, maxResubmissions: 3, portalDecision: 'hold' },
  },
};

const RISK_ORDER: readonly RiskLevel[] = ['LOW', 'MEDIUM', 'HIGH', 'PROHIBITED'];

/**
 * Risk of a customer: the categorization's `riskLevel`, raised to HIGH by a PEP. FinHub's CRITICAL counts as HIGH; a value that is not
 * known counts as HIGH too, since too careful can be mended. Source: facts I01, R17.
 */
export function riskLevel(categorization: Categorization, hasPep: boolean): RiskLevel {
  const { riskLevel: stated, pep } = categorization.parameters;
  const known = RISK_ORDER.find((level) => level === stated) ?? 'HIGH';
  const raised = hasPep || pep === 'true' ? 'HIGH' : 'LOW';
  return RISK_ORDER.indexOf(known) > RISK_ORDER.indexOf(raised) ? known : raised;
}

/** Whether an operator of level `held` may act where `needed` is asked for. */
export function levelSuffices(held: OperatorLevel, needed: OperatorLevel): boolean {
  return held === 'POWER_TENANT' || needed === 'TENANT';
}
