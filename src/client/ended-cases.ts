import type { Client, RawWorkflowExecutionInfo } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../lifecycle/ids.js';
import { PHASES, type CaseKind } from '../lifecycle/phases.js';
import { caseIdParts } from './case-id.js';
import { quoted } from '../temporal/query.js';
import { readRows } from './list.js';
import { endOfRun, timeOf, type Stopped } from './stopped.js';

/** A case that was ended from outside and not resumed. */
export interface EndedCase {
  workflowId: string;
  runId: string;
  kind: CaseKind;
  tenantId: string;
  stopped: Stopped;
}

export interface EndedCasesOptions {
  /** Also reads the result of every completed run: whoever ended a run could have set its search attributes. */
  readResults?: boolean;
}

/** How far back the first look reads results of completed runs, in milliseconds. */
const FIRST_LOOK_MS = 24 * 3600_000;
/** How far Temporal's list may lag behind, in milliseconds. */
const LAG_MS = 5 * 60_000;
const MOST_READ = 10_000;
const CHUNK = 50;

const RUNNING = proto.temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
const COMPLETED = proto.temporal.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;

const KINDS = Object.keys(PHASES) as CaseKind[];
const TYPES = `(${Object.values(WORKFLOW_TYPES).map(quoted).join(', ')})`;
/** The status words that a case sets when it ends normally. */
const END_WORDS = "('completed', 'failed', 'rejected', 'expired', 'cancelled', 'aborted')";

/**
 * Finds cases that were ended from outside: terminated, failed, timed out or cancelled in Temporal, completed with a result that is not from
 * our workers, or replaced by another workflow with their id. Looks at each run once, so repeated looks are cheap.
 */
export class EndedCases {
  readonly #temporal: Client;
  readonly #readsResults: boolean;
  /** Runs that ended from outside, by their id. */
  readonly #ended = new Map<string, EndedCase>();
  /** Completed runs that were checked, with the time of their close. */
  readonly #seen = new Map<string, number>();
  #since: number | undefined;

  constructor(temporal: Client, { readResults = false }: EndedCasesOptions = {}) {
    this.#temporal = temporal;
    this.#readsResults = readResults;
  }

  /** The known ones, the latest end first. */
  async look(now = new Date()): Promise<EndedCase[]> {
    const from = this.#since === undefined ? undefined : new Date(this.#since - LAG_MS).toISOString();
    for (const run of await this.#list(closedSince(from))) await this.#take(run);
    const completed = this.#readsResults ? completedSince(from ?? ago(now, FIRST_LOOK_MS)) : completedOddly(from);
    for (const run of await this.#list(completed)) await this.#take(run);
    this.#since = now.getTime();
    for (const [run, closedAt] of this.#seen) if (closedAt < this.#since - 2 * LAG_MS) this.#seen.delete(run);
    await this.#forgetResumed();
    const all = new Map([...this.#ended.values(), ...(await this.#replaced())].map((one) => [one.workflowId, one]));
    return [...all.values()].sort((one, other) => other.stopped.at.localeCompare(one.stopped.at));
  }

  async #list(query: string): Promise<RawWorkflowExecutionInfo[]> {
    return (await readRows(this.#temporal, query, MOST_READ)).infos;
  }

  async #take({ execution, closeTime, status }: RawWorkflowExecutionInfo): Promise<void> {
    const { workflowId, runId } = execution as { workflowId: string; runId: string };
    if (this.#seen.has(runId) || this.#ended.has(runId) || !isCase(workflowId)) return;
    if (status === COMPLETED) this.#seen.set(runId, Date.parse(timeOf(closeTime)));
    const end = await endOfRun(this.#temporal, { workflowId, runId });
    if (!end?.stopped) return;
    const { kind, tenantId } = caseIdParts(workflowId);
    this.#ended.set(runId, { workflowId, runId, kind, tenantId, stopped: end.stopped });
  }

  /** Only the latest run of a case counts, while Temporal retains it. */
  async #forgetResumed(): Promise<void> {
    const ids = [...new Set([...this.#ended.values()].map(({ workflowId }) => workflowId))];
    const latest = new Map<string, { runId: string; startedAt: string }>();
    for (let at = 0; at < ids.length; at += CHUNK) {
      const some = ids
        .slice(at, at + CHUNK)
        .map(quoted)
        .join(', ');
      for (const { execution, startTime } of await this.#list(`WorkflowId IN (${some}) AND WorkflowType IN ${TYPES}`)) {
        const { workflowId, runId } = execution as { workflowId: string; runId: string };
        const startedAt = timeOf(startTime);
        if (startedAt > (latest.get(workflowId)?.startedAt ?? '')) latest.set(workflowId, { runId, startedAt });
      }
    }
    for (const [runId, { workflowId }] of this.#ended)
      if (latest.get(workflowId)?.runId !== runId) this.#ended.delete(runId);
  }

  /** Workflows with the id of a case that are not cases, so that our workers do not run them. */
  async #replaced(): Promise<EndedCase[]> {
    const ids = KINDS.map((kind) => `WorkflowId STARTS_WITH ${quoted(`${kind}/`)}`).join(' OR ');
    const rows = await this.#list(
      `ExecutionStatus = 'Running' AND (WorkflowType NOT IN ${TYPES} OR TaskQueue != ${quoted(TASK_QUEUE)}) AND (${ids})`,
    );
    return rows.flatMap(({ execution, startTime, type, status }) => {
      const { workflowId, runId } = execution as { workflowId: string; runId: string };
      if (status !== RUNNING || !isCase(workflowId)) return [];
      const { kind, tenantId } = caseIdParts(workflowId);
      const reason = type?.name ?? null;
      const stopped: Stopped = { how: 'replaced by another workflow', at: timeOf(startTime), by: null, reason };
      return [{ workflowId, runId, kind, tenantId, stopped }];
    });
  }
}

function closedSince(from: string | undefined): string {
  const states = "ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled')";
  return `WorkflowType IN ${TYPES} AND ${states}${after(from)}`;
}

function completedSince(from: string): string {
  return `WorkflowType IN ${TYPES} AND ExecutionStatus = 'Completed'${after(from)}`;
}

/** Query for runs that completed in a state that is not an end. */
function completedOddly(from: string | undefined): string {
  const odd = `(LifecycleStatus NOT IN ${END_WORDS} OR LifecycleStatus IS NULL)`;
  return `WorkflowType IN ${TYPES} AND ExecutionStatus = 'Completed' AND ${odd}${after(from)}`;
}

const after = (from: string | undefined): string => (from === undefined ? '' : ` AND CloseTime > ${quoted(from)}`);
const ago = (now: Date, ms: number): string => new Date(now.getTime() - ms).toISOString();

function isCase(workflowId: string): boolean {
  const [kind, tenant, name, more] = workflowId.split('/');
  return (KINDS as (string | undefined)[]).includes(kind) && Boolean(tenant) && Boolean(name) && more === undefined;
}
