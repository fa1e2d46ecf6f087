import { PHASES, type CaseKind } from './phases.js';
import type { RiskLevel } from './policy.js';

/**
 * Search attributes by which Temporal's UI and the operators' queue find cases. They are stored in clear text: typed, few, no personal data.
 * Values: `KEYWORD`, `DATETIME`, `BOOL` as Temporal names them.
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
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** A value by name; `null` takes the attribute away. */
export type SearchAttributeValues = Partial<Record<SearchAttributeName, string | boolean | Date | null>>;

/** What a case is found by from its start on. */
export function attributesAtStart(kind: CaseKind, tenantId: string, at: Date, risk?: RiskLevel): SearchAttributeValues {
  return {
    LifecycleKind: kind,
    FinHubTenant: tenantId,
    LifecycleStatus: 'running',
    LifecyclePhase: PHASES[kind][0]!.name,
    NeedsAttention: false,
    ...(risk && { RiskLevel: risk }),
    // An account's upkeep is nobody's turn.
    ...(kind !== 'account' && { WaitingFor: 'finhub', WaitingSince: at }),
  };
}
