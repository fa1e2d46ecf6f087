import { colours } from './colours.js';
import type { CaseSummary } from '../client/index.js';
import type { AuditEntry } from '../lifecycle/case-state.js';
import { caseId } from '../lifecycle/ids.js';
import type { CaseView } from '../lifecycle/status.js';
import { shown } from './printable.js';
import { fields, heading, statusLines } from './status-text.js';
import { table } from './table.js';

/** A case for operators, ending with the commands that fit it now. */
export function caseText(raw: CaseView): string {
  const view = shown(raw);
  const { risk, decision, evidence, evidenceHash, attention, people, assignee, deadlines, notes } = view;
  const approvals = decision?.approvals.map(({ operatorId }) => operatorId).join(', ') || 'none yet';
  return [
    heading(view),
    ...statusLines(view),
    fields({
      risk,
      'taken by': assignee,
      decision: decision && `${decision.level}, ${decision.quorum} approval(s) needed; approved by: ${approvals}`,
      evidence: evidenceHash,
    }),
    deadlines.length > 0
      ? table(
          ['deadline', 'at', ''],
          deadlines.map(({ kind, at, fired }) => [kind, at, fired ? 'passed' : '']),
        )
      : '',
    evidence.length > 0
      ? table(
          ['document', 'of', 'file', 'bytes', 'id'],
          evidence.map(({ type, subject, fileName, size, documentId }) => [
            type,
            subject,
            fileName,
            String(size),
            documentId,
          ]),
        )
      : '',
    people.length > 0
      ? table(
          ['person', 'role', 'record', 'individual'],
          people.map(({ ref, role, recordId, individualId }) => [ref, role, recordId, individualId]),
        )
      : '',
    notes.length > 0
      ? table(
          ['note', 'by', ''],
          notes.map(({ at, by, text }) => [at, by, text]),
        )
      : '',
    view.call ? callText(view.call) : '',
    attention
      ? `${colours.yellow('needs attention')} ${attention.attentionId}: ${attention.operation} ended in ${attention.failure}: ${attention.message}`
      : '',
    ...(attention?.fieldErrors ?? []).map(({ field, message }) => `  ${field}: ${message}`),
    ...nextCommands(view).map((command) => colours.dim(`npm run operator -- ${command}`)),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The operators' commands that fit a case now. */
export function nextCommands({ kind, tenantId, applicationId, review, attention }: CaseView): string[] {
  const id = caseId(kind, tenantId, applicationId);
  const adopted = attention?.options.includes('adopt') ? attention.adopts.map((field) => ` ${field}=…`).join('') : '';
  return [
    ...(review.stage === 'inReview'
      ? [`claim ${id} --as OPERATOR`, `decide ${id} --as OPERATOR --approve | --reject | --request-documents TYPE…`]
      : []),
    ...(attention
      ? attention.options.map(
          (action) => `resolve ${id} --as OPERATOR --action ${action}${action === 'adopt' ? ` --adopt${adopted}` : ''}`,
        )
      : []),
  ];
}

function callText({ operation, by, reason, answer, provenance }: NonNullable<CaseView['call']>): string {
  const how = provenance && (provenance.how === 'made' ? 'made' : `taken over: ${provenance.proof}`);
  return fields({
    call: operation,
    'asked for by': by,
    because: reason,
    how,
    answer: answer !== undefined && JSON.stringify(answer),
  });
}

export function queueText(raw: CaseSummary[]): string {
  const cases = shown(raw);
  if (cases.length === 0) return 'no cases';
  return table(
    ['case', 'phase', 'status', 'risk', 'decided by', 'taken by', 'due', 'attention'],
    cases.map(({ workflowId, phase, status, riskLevel, reviewLevel, assignee, dueAt, needsAttention }) => [
      workflowId,
      phase,
      status,
      riskLevel,
      reviewLevel,
      assignee,
      dueAt !== null && Date.parse(dueAt) < Date.now() ? colours.red(`${dueAt} overdue`) : dueAt,
      needsAttention ? colours.yellow('yes') : '',
    ]),
  );
}

export function auditText(entries: AuditEntry[]): string {
  return table(
    ['#', 'at', 'event', 'by', 'phase', 'round', 'detail'],
    shown(entries).map(({ seq, at, event, by, phase, round, detail }) => [
      String(seq),
      at,
      event,
      by,
      phase,
      round === undefined ? '' : String(round),
      detail,
    ]),
  );
}
