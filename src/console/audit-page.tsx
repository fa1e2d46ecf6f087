import type { ShownAuditEntry } from '../client/audit.js';
import { pathOf } from './case-address.js';
import { capital, plain, timeText } from './words.js';

/** All that has happened in a case, in order. */
export function AuditPage({ workflowId, audit }: { workflowId: string; audit: ShownAuditEntry[] }) {
  const path = pathOf(workflowId);
  return (
    <>
      <h1>Audit of {workflowId}</h1>
      <p>
        <a href={path}>The case</a>; all of it as <a href={`${path}/audit.csv`}>CSV</a> or{' '}
        <a href={`${path}/audit.json`}>JSON</a>
      </p>
      <table class="rows">
        <caption>{audit.length} entries, the oldest first; times in UTC.</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">Phase</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {audit.map(({ at, by, caller, event, phase, text }) => (
            <tr>
              <td>{timeText(at)}</td>
              <td>{[by, caller && `by way of ${caller}`].filter(Boolean).join(', ')}</td>
              <td>{capital(plain(event))}</td>
              <td>{phase && plain(phase)}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const COLUMNS = ['seq', 'at', 'by', 'caller', 'event', 'phase', 'text'] as const;

/** The audit for a spreadsheet (RFC 4180). */
export function auditCsv(audit: readonly ShownAuditEntry[]): string {
  const rows = audit.map((entry) => COLUMNS.map((name) => cell(entry[name] ?? '')).join(','));
  return [COLUMNS.join(','), ...rows, ''].join('\r\n');
}

/** A text that a spreadsheet would take for a formula is marked as a text. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
