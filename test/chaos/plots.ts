import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import type { Outcome } from '../../src/lifecycle/outcome.js';
import { individualNumber, organizationNumber } from '../helpers/applications.js';

/** What happens to an application in review, and what has to come of it. */
export interface Plot {
  kind: 'individual' | 'organization';
  /** High risk, which takes two people by the policy of these runs, one of them of POWER_TENANT. */
  highRisk: boolean;
  /** What the operators say, round by round. */
  rounds: readonly ('approve' | 'reject' | 'request-documents')[];
  /** The backend takes the application back instead. */
  cancelled: boolean;
  ends: Outcome['result'];
}

const APPROVED = { highRisk: false, rounds: ['approve'], cancelled: false, ends: 'active' } as const;

/** In the order in which applications get them, so that every kind of end comes early. */
const PLOTS: readonly Plot[] = [
  { ...APPROVED, kind: 'individual' },
  { ...APPROVED, kind: 'organization' },
  { ...APPROVED, kind: 'individual', highRisk: true },
  { ...APPROVED, kind: 'individual', rounds: ['request-documents', 'approve'] },
  { ...APPROVED, kind: 'individual', rounds: ['reject'], ends: 'rejected' },
  { ...APPROVED, kind: 'organization', rounds: ['request-documents', 'approve'] },
  { ...APPROVED, kind: 'individual', rounds: [], cancelled: true, ends: 'cancelled' },
  { ...APPROVED, kind: 'individual' },
  { ...APPROVED, kind: 'organization', rounds: ['reject'], ends: 'rejected' },
  { ...APPROVED, kind: 'individual' },
];

export function plotOf(number: number): Plot {
  return PLOTS[number % PLOTS.length]!;
}

/** Those whose word the plot needs: `op-1` is of TENANT, `op-2` of POWER_TENANT. */
export function operatorsOf({ highRisk }: Plot): readonly string[] {
  return highRisk ? ['op-1', 'op-2'] : ['op-1'];
}

/** In turn; those whose word may not count come before the last whose word does. */
export function decidersOf({ highRisk }: Plot): readonly string[] {
  return highRisk ? ['op-1', 'stranger', 'op-1', 'op-2'] : ['stranger', 'op-1'];
}

/** The policy under which all this runs: four eyes for high risk. */
export const POLICY = { default: { review: { individual: { HIGH: { quorum: 2 } } } } };

const HIGH_RISK = { categorization: { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'HIGH' } } };

/** The application with this number; one that a killed client started is found again by the next one. */
export function applicationOf(
  number: number,
): Promise<{ individual: IndividualInput } | { organization: OrganizationInput }> {
  const { kind, highRisk } = plotOf(number);
  return kind === 'individual'
    ? individualNumber(number, highRisk ? HIGH_RISK : {}).then((individual) => ({ individual }))
    : organizationNumber(number).then((organization) => ({ organization }));
}

/** What a client process says of each thing that was acknowledged to it, a line of JSON each. */
export type Acknowledged = { number: number; workflowId: string } & (
  | { what: 'started' }
  | { what: 'decision'; decisionId: string; by: string; verdict: string; round: number; accepted: boolean }
  | { what: 'documents' | 'code' | 'cancel' | 'attention'; accepted: boolean }
  | { what: 'ended'; result: Outcome['result'] }
);
