import type { Client, RawWorkflowExecutionInfo } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { WORKFLOW_TYPES } from '../lifecycle/ids.js';
import type { Waiter } from '../lifecycle/case-state.js';
import type { CaseKind } from '../lifecycle/phases.js';
import type { OperatorLevel } from '../lifecycle/policy.js';
import type { LifecycleStatusWord } from '../lifecycle/status.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { quoted } from '../temporal/query.js';
import { caseRow, type CaseSummary } from './case-row.js';

export interface CaseFilter {
  kind?: CaseKind | undefined;
  tenantId?: string | undefined;
  status?: LifecycleStatusWord | undefined;
  phase?: string | undefined;
  needsAttention?: boolean | undefined;
  /** Cases that wait for a decision at this level. */
  reviewLevel?: OperatorLevel | undefined;
  /** Cases that wait for an operator: for a decision, or for attention. */
  forOperators?: boolean | undefined;
  /** Reviews whose due date has passed. */
  overdue?: boolean | undefined;
  /** Cases whose next step is theirs. */
  waitingFor?: Waiter | undefined;
  /** Cases that have been waiting for as many seconds or longer. */
  waitingLongerThan?: number | undefined;
  /** Cases claimed by this operator. */
  assignee?: string | undefined;
  /** Cases that nobody has claimed. */
  unassigned?: boolean | undefined;
  /** Cases with any of the tokens, or with this FinHub id. */
  found?: { tokens: readonly string[]; finHubId: string } | undefined;
  /** Includes ended cases; by default only running ones. */
  withClosed?: boolean | undefined;
  /** 100 by default. */
  limit?: number | undefined;
  /** `next` of the page before. */
  after?: string | undefined;
}

/** Cases read at most before they are sorted. */
const MOST_READ = 5_000;
const PAGE = 1_000;

/** A page of cases, the most urgent first. */
export interface CaseList {
  cases: CaseSummary[];
  /** The total number of matches. */
  total: number;
  /** False if there were too many to read: then only those that Temporal returned are sorted. */
  exact: boolean;
  /** The start of the next page; undefined on the last one. */
  next: string | undefined;
}

/**
 * Lists cases from Temporal's visibility, which may be some seconds behind; only the case itself is up to date. Up to 5,000 are read and
 * sorted by urgency before the page is cut.
 */
export async function listCases(temporal: Client, filter: CaseFilter, mostRead = MOST_READ): Promise<CaseList> {
  const { limit = 100, after = '' } = filter;
  const now = new Date();
  const query = visibilityQuery(filter, now);
  const { infos, isAll } = await readRows(temporal, query, mostRead);
  const cases = await Promise.all(infos.map((info) => caseRow(info, temporal.options)));
  const left = byUrgency(cases, now).filter((one) => urgencyKey(one, now) > after);
  const page = left.slice(0, limit);
  return {
    cases: page,
    next: left.length > limit ? urgencyKey(page.at(-1)!, now) : undefined,
    total: isAll ? cases.length : Math.max(cases.length, (await temporal.workflow.count(query)).count),
    exact: isAll,
  };
}

/** How many cases match each filter, by Temporal's own count. */
export async function countCases<Name extends string>(
  temporal: Client,
  filters: Record<Name, CaseFilter>,
): Promise<Record<Name, number>> {
  const now = new Date();
  const counts = Object.entries<CaseFilter>(filters).map(async ([name, filter]) => {
    const { count } = await temporal.workflow.count(visibilityQuery(filter, now));
    return [name, count] as const;
  });
  return Object.fromEntries(await Promise.all(counts)) as Record<Name, number>;
}

/** Rows of Temporal's list. The SDK's own list would stop at the first row that cannot be decrypted. */
export async function readRows(
  temporal: Client,
  query: string,
  mostRead: number,
): Promise<{ infos: RawWorkflowExecutionInfo[]; isAll: boolean }> {
  const infos: RawWorkflowExecutionInfo[] = [];
  const { namespace } = temporal.options;
  let nextPageToken: Uint8Array = Buffer.alloc(0);
  do {
    const pageSize = Math.min(PAGE, mostRead + 1);
    const page = await temporal.workflowService
      .listWorkflowExecutions({ namespace, query, pageSize, nextPageToken })
      .catch((error: unknown) => {
        if (grpcStatus(error) === GRPC.notFound) throw new NamespaceNotFoundError(namespace);
        throw error;
      });
    infos.push(...(page.executions ?? []));
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0 && infos.length <= mostRead);
  return { infos: infos.slice(0, mostRead), isAll: infos.length <= mostRead };
}

/**
 * Sorts cases in the order operators should handle them: overdue reviews, then attention, then high risk, then the rest; within each by due
 * time, or by how long they have waited.
 */
export function byUrgency(cases: readonly CaseSummary[], now: Date): CaseSummary[] {
  const keyed = cases.map((one) => ({ one, key: urgencyKey(one, now) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}

/** A unique text to sort cases by. */
function urgencyKey(one: CaseSummary, now: Date): string {
  return [rankOf(one, now), one.dueAt ?? one.waitingSince ?? one.startedAt, one.workflowId].join('|');
}

function rankOf(one: CaseSummary, now: Date): number {
  if (isOverdue(one, now)) return 0;
  if (one.needsAttention) return 1;
  if (one.riskLevel === 'HIGH' && one.reviewLevel !== null) return 2;
  return one.reviewLevel === null ? 4 : 3;
}

/** Whether a review should have been decided by now. */
export function isOverdue({ dueAt }: Pick<CaseSummary, 'dueAt'>, now: Date): boolean {
  return dueAt !== null && Date.parse(dueAt) < now.getTime();
}

/** A query that also works in Temporal's UI. */
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
    filter.found && foundBy(filter.found),
  ];
  return conditions.filter(Boolean).join(' AND ');
}

function foundBy({ tokens, finHubId }: NonNullable<CaseFilter['found']>): string {
  const byId = `FinHubIds = ${quoted(finHubId)}`;
  return tokens.length === 0 ? byId : `(${byId} OR SearchTokens IN (${tokens.map(quoted).join(', ')}))`;
}

function secondsAgo(now: Date, seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}
