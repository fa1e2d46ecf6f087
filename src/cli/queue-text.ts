import { isOverdue } from '../client/list.js';
import type { CaseSummary, EndedCase } from '../client/index.js';
import { colours } from './colours.js';
import { table } from './table.js';

const LONGEST_NAME = 12;

/**
 * The queue, narrow enough for a terminal of 100 columns.
 * @param ownTenant shown without its name, since commands complete ids with it
 */
export function queueText(cases: readonly CaseSummary[], ownTenant: string | undefined, now = new Date()): string {
  if (cases.length === 0) return 'no cases';
  return table(
    ['case', 'age', 'due', 'risk', 'waits for', 'taken by'],
    cases.map((one) => [
      shortId(one.workflowId, ownTenant),
      duration(now.getTime() - Date.parse(one.startedAt)),
      dueText(one, now),
      one.riskLevel,
      waitsFor(one),
      shortened(one.assignee),
    ]),
  );
}

/** Cases that were ended from outside; empty if there are none. */
export function endedText(ended: readonly EndedCase[], ownTenant: string | undefined): string {
  if (ended.length === 0) return '';
  const rows = ended.map(({ workflowId, stopped: { how, at, by, reason } }) => [
    shortId(workflowId, ownTenant),
    at,
    how,
    [by, reason].filter(Boolean).join(': '),
  ]);
  return [
    colours.red('ended from outside; npm run starter -- resume ID starts one again'),
    table(['case', 'at', 'how', 'by, why'], rows),
  ].join('\n');
}

/** An id as commands accept it if FINHUB_TENANT_ID names the tenant. */
export function shortId(workflowId: string, ownTenant: string | undefined): string {
  const [kind, tenant, ...name] = workflowId.split('/');
  return tenant === ownTenant && name.length > 0 ? [kind, ...name].join('/') : workflowId;
}

/** A duration in its largest unit: `3d`, `5h`, `12m`. */
function duration(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 60) return `${minutes}m`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / (24 * 60))}d`;
}

function dueText(one: CaseSummary, now: Date): string {
  if (one.dueAt === null) return '';
  const left = Date.parse(one.dueAt) - now.getTime();
  return isOverdue(one, now) ? colours.red(`${duration(-left)} late`) : `in ${duration(left)}`;
}

function waitsFor({ readable, needsAttention, reviewLevel, waitingFor, phase, status }: CaseSummary): string {
  if (!readable) return colours.red('unreadable (keys)');
  if (needsAttention) return colours.yellow('attention');
  if (reviewLevel !== null) return reviewLevel;
  return [waitingFor ?? status, phase && `(${phase})`].filter(Boolean).join(' ');
}

function shortened(name: string | null): string {
  return name !== null && name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : (name ?? '');
}
