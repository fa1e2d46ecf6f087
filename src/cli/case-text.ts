import pc from 'picocolors';
import type { CaseSummary } from '../client/index.js';
import type { AuditEntry } from '../lifecycle/case-state.js';
import { lifecycleId } from '../lifecycle/ids.js';
import type { CaseView } from '../lifecycle/status.js';
import { fields, heading, statusLines } from './status-text.js';
import { table } from './table.js';

/** A case for operators, ending with the commands that fit it now. */
export function caseText(view: CaseView): string {
  const { risk, decision, evidence, evidenceHash, attention, people } = view;
  const approvals = decision?.approvals.map(({ operatorId }) => operatorId).join(', ') || 'none yet';
  return [
    heading(view),
    ...statusLines(view),
    fields({
      risk,
      decision: decision && `${decision.level}, ${decision.quorum} approval(s) needed; approved by: ${approvals}`,
      evidence: evidenceHash,
    }),
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
    attention
      ? `${pc.yellow('needs attention')} ${attention.attentionId}: ${attention.operation} ended in ${attention.failure}: ${attention.message}`
      : '',
    ...(attention?.fieldErrors ?? []).map(({ field, message }) => `  ${field}: ${message}`),
    ...nextCommands(view).map((command) => pc.dim(`npm run operator -- ${command}`)),
  ]
    .filter(Boolean)
    .join('\n');
}

function nextCommands({ kind, tenantId, applicationId, review, attention }: CaseView): string[] {
  const id = lifecycleId(kind, tenantId, applicationId);
  return [
    ...(review.stage === 'inReview' ? [`decide ${id} --as OPERATOR --approve`] : []),
    ...(attention ? [`resolve ${id} --as OPERATOR --action ${attention.options.join('|')}`] : []),
  ];
}

export function queueText(cases: CaseSummary[]): string {
  if (cases.length === 0) return 'no cases';
  return table(
    ['case', 'phase', 'status', 'risk', 'decided by', 'due', 'attention'],
    cases.map(({ workflowId, phase, status, riskLevel, reviewLevel, dueAt, needsAttention }) => [
      workflowId,
      phase,
      status,
      riskLevel,
      reviewLevel,
      dueAt !== null && Date.parse(dueAt) < Date.now() ? pc.red(`${dueAt} overdue`) : dueAt,
      needsAttention ? pc.yellow('yes') : '',
    ]),
  );
}

export function auditText(entries: AuditEntry[]): string {
  return table(
    ['#', 'at', 'event', 'by', 'phase', 'round', 'detail'],
    entries.map(({ seq, at, event, by, phase, round, detail }) => [
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
