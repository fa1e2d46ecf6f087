import { PHASES, type CaseKind } from './phases.js';
import type { RiskLevel } from './policy.js';

/**
 * Search attributes by which Temporal's UI and the operators' queue find cases. They are stored in clear text: typed, few, no personal data.
 * Values: `KEYWORD`, `KEYWORD_LIST`, `DATETIME`, `BOOL` as Temporal names them. `FinHubIds`: FinHub's ids of the customer, the verification, the
 * account and the order. `SearchTokens`: keyed
 * hashes of names, e-mails, phones and registration numbers.
 */
export const SEARCH_ATTRIBUTES = {
  LifecycleKind: 'KEYWORD',
  LifecyclePhase: 'KEYWORD',
  LifecycleStatus: 'KEYWORD',
  FinHubTenant: 'KEYWORD',
  RiskLevel: 'KEYWORD',
  ReviewLevel: 'KEYWORD',
  ReviewAssignee: 'KEYWORD',
  ReviewDueAt: 'DATETIME',
  NeedsAttention: 'BOOL',
  WaitingFor: 'KEYWORD',
  WaitingSince: 'DATETIME',
  FinHubIds: 'KEYWORD_LIST',
  SearchTokens: 'KEYWORD_LIST',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** Values by name; `null` removes the attribute. */
export type SearchAttributeValues = Partial<Record<SearchAttributeName, string | boolean | Date | string[] | null>>;

/** The search attributes of a case at its start. */
export function attributesAtStart(
  kind: CaseKind,
  tenantId: string,
  at: Date,
  { risk, tokens }: { risk?: RiskLevel | undefined; tokens?: string[] | undefined } = {},
): SearchAttributeValues {
  return {
    LifecycleKind: kind,
    FinHubTenant: tenantId,
    LifecycleStatus: 'running',
    LifecyclePhase: PHASES[kind][0]!.name,
    NeedsAttention: false,
    ...(risk && { RiskLevel: risk }),
    ...(tokens && { SearchTokens: tokens }),
    // A customer's upkeep is nobody's turn.
    ...(kind !== 'customer' && { WaitingFor: 'finhub', WaitingSince: at }),
  };
}
