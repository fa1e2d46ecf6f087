import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../lifecycle/ids.js';
import type { Waiter } from '../lifecycle/case-state.js';
import type { CaseKind } from '../lifecycle/phases.js';
import type { OperatorLevel } from '../lifecycle/policy.js';
import type { LifecycleStatusWord } from '../lifecycle/status.js';
import { searchAttributeKeys as keys } from '../temporal/search-attributes.js';

export interface CaseFilter {
  kind?: CaseKind | undefined;
  tenantId?: string | undefined;
  status?: LifecycleStatusWord | undefined;
  phase?: string | undefined;
  needsAttention?: boolean | undefined;
  /** Cases that wait for a decision of this level. */
  reviewLevel?: OperatorLevel | undefined;
  /** Cases that wait for an operator: for a decision, or for attention. */
  forOperators?: boolean | undefined;
  /** Reviews whose due date has passed. */
  overdue?: boolean | undefined;
  /** Cases whose next step is theirs. */
  waitingFor?: Waiter | undefined;
  /** Cases that have been waiting for as many seconds or longer. */
  waitingLongerThan?: number | undefined;
  /** Cases that this operator has. */
  assignee?: string | undefined;
  /** Cases that nobody has. */
  unassigned?: boolean | undefined;
  /** Running ones only, unless asked for. */
  withClosed?: boolean | undefined;
  /** 100 by default. */
  limit?: number | undefined;
}

/** A case as the list knows it, without asking it. */
export interface CaseSummary {
  workflowId: string;
  kind: string | null;
  tenantId: string | null;
  phase: string | null;
  status: string | null;
  riskLevel: string | null;
  reviewLevel: string | null;
  assignee: string | null;
  dueAt: string | null;
  needsAttention: boolean;
  startedAt: string;
}

/**
 * Cases by Temporal's visibility, which may lag some seconds behind: what counts about one case is what the case itself says. Of those
 * within the limit, which Temporal chooses, the ones due first come first.
 */
export async function listCases(temporal: Client, filter: CaseFilter): Promise<CaseSummary[]> {
  const { limit = 100 } = filter;
  const cases: CaseSummary[] = [];
  for await (const info of temporal.workflow.list({ query: visibilityQuery(filter, new Date()) })) {
    cases.push(summary(info));
    if (cases.length === limit) break;
  }
  return cases.sort((a, b) => (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9'));
}

/** The same list can be had in Temporal's UI with this query. */
export function visibilityQuery(filter: CaseFilter, now: Date): string {
  const types = Object.values(WORKFLOW_TYPES).map(quoted).join(', ');
  const conditions = [
    `WorkflowType IN (${types})`,
    !filter.withClosed && "ExecutionStatus = 'Running'",
    filter.kind && `LifecycleKind = ${quoted(filter.kind)}`,
    filter.tenantId && `FinHubTenant = ${quoted(filter.tenantId)}`,
    filter.status && `LifecycleStatus = ${quoted(filter.status)}`,
    filter.phase && `LifecyclePhase = ${quoted(filter.phase)}`,
    filter.needsAttention !== undefined && `NeedsAttention = ${filter.needsAttention}`,
    filter.reviewLevel && `ReviewLevel = ${quoted(filter.reviewLevel)}`,
    filter.forOperators && '(NeedsAttention = true OR ReviewLevel IS NOT NULL)',
    filter.overdue && `ReviewDueAt < ${quoted(now.toISOString())}`,
    filter.waitingFor && `WaitingFor = ${quoted(filter.waitingFor)}`,
    filter.waitingLongerThan && `WaitingSince < ${quoted(secondsAgo(now, filter.waitingLongerThan))}`,
    filter.assignee && `ReviewAssignee = ${quoted(filter.assignee)}`,
    filter.unassigned && 'ReviewAssignee IS NULL',
  ];
  return conditions.filter(Boolean).join(' AND ');
}

function secondsAgo(now: Date, seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function summary({ workflowId, startTime, typedSearchAttributes: attributes }: WorkflowExecutionInfo): CaseSummary {
  return {
    workflowId,
    kind: attributes.get(keys.LifecycleKind) ?? null,
    tenantId: attributes.get(keys.FinHubTenant) ?? null,
    phase: attributes.get(keys.LifecyclePhase) ?? null,
    status: attributes.get(keys.LifecycleStatus) ?? null,
    riskLevel: attributes.get(keys.RiskLevel) ?? null,
    reviewLevel: attributes.get(keys.ReviewLevel) ?? null,
    assignee: attributes.get(keys.ReviewAssignee) ?? null,
    dueAt: attributes.get(keys.ReviewDueAt)?.toISOString() ?? null,
    needsAttention: attributes.get(keys.NeedsAttention) ?? false,
    startedAt: startTime.toISOString(),
  };
}
