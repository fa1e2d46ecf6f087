import type { AnyCaseState, AuditEntry } from './case-state.js';

/** Entries that a case carries along: the first ones, which say how it began, and the latest. */
const FIRST = 200;
const LATEST = 800;
const MAX_DETAIL = 300;

/** The record with one more entry: who, what, when, in which phase. Internal reasons stay in here. */
export function recorded(
  state: AnyCaseState,
  at: Date,
  entry: Omit<AuditEntry, 'seq' | 'at' | 'phase'>,
): Pick<AnyCaseState, 'audit' | 'audited'> {
  const phase = state.phases.find((candidate) => candidate.state === 'active')?.name;
  const seq = state.audited + 1;
  const added: AuditEntry = { seq, at: at.toISOString(), phase, ...entry, detail: entry.detail?.slice(0, MAX_DETAIL) };
  const audit = [...state.audit, added];
  return {
    audited: seq,
    audit: audit.length > FIRST + LATEST ? [...audit.slice(0, FIRST), ...audit.slice(-LATEST)] : audit,
  };
}
