import type { AuditActor, AuditEntry, AuditEvent } from './audit-events.js';
import type { CaseState } from './case-state.js';

/** Entries that a case carries along: the first ones, which show how it began, and the latest. */
const FIRST = 200;
const LATEST = 800;
const MAX_TEXT = 300;
const MAX_ITEMS = 100;

/** The record with one more entry: who, what, when, in which phase. */
export function recorded(
  state: CaseState,
  at: Date,
  { event, data }: AuditEvent,
  actor: AuditActor,
): Pick<CaseState, 'audit' | 'audited'> {
  const phase = state.phases.find((candidate) => candidate.state === 'active')?.name;
  const seq = state.audited + 1;
  const added = { seq, at: at.toISOString(), event, ...actor, phase, data: clipped(data) } as AuditEntry;
  const audit = [...state.audit, added];
  return {
    audited: seq,
    audit: audit.length > FIRST + LATEST ? [...audit.slice(0, FIRST), ...audit.slice(-LATEST)] : audit,
  };
}

/** Limits the size of data from FinHub or a person. */
function clipped(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(clipped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([name, of]) => [name, clipped(of)]),
  );
}
