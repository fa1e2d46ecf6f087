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
