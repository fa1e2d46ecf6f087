import { colours } from './colours.js';
import type { ShownCase } from '../client/index.js';
import type { ShownAuditEntry } from '../client/audit.js';
import { ORDER_OUTCOMES } from '../lifecycle/orders.js';
import { partToCorrect } from '../lifecycle/attention.js';
import { type Help } from '../lifecycle/attention-causes.js';
import { caseId } from '../lifecycle/ids.js';
import type { AttentionView, CaseView } from '../lifecycle/status.js';
import { fields, heading, statusLines } from './status-text.js';
import { ownershipText } from './ownership-text.js';
import { subjectText } from './subject-text.js';
import { table } from './table.js';

const DELIVERY = { pending: 'not delivered yet', delivered: 'delivered', givenUp: 'given up' };

/** A case for operators, ending with the commands that fit it now. */
export function caseText(view: ShownCase): string {
  const { risk, evidence, evidenceHash, attention, people, assignee, deadlines, notes, submitters } = view;
  return [
    heading(view),
    ...statusLines({ ...view, attention: null }),
    view.stopped ? stoppedText(view.stopped) : '',
    subjectText(view.subject),
    view.ownership ? ownershipText(view.ownership) : '',
    fields({
      risk,
      'taken by': assignee,
      decision: decisionText(view),
      'never decided by': submitters.join(', '),
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
    view.notifications.length > 0
      ? table(
          ['notification', 'at', '', 'since'],
          view.notifications.map(({ type, at, state, since }) => [type, at, DELIVERY[state], since]),
        )
      : '',
    view.call ? callText(view.call) : '',
    attention ? attentionText(attention) : '',
    ...nextCommands(view).map((command) => colours.dim(`npm run ${command}`)),
  ]
    .filter(Boolean)
    .join('\n');
}

/** Who must approve, and who has. */
export function decisionText({ decision }: Pick<CaseView, 'decision'>): string | null {
  if (!decision) return null;
  const { level, quorum, approvals } = decision;
  const given = approvals.map((one) => `${one.operatorId} (${one.level})`).join(', ') || 'nobody yet';
  const who =
    quorum === 1
      ? `one approval, by a ${level} operator`
      : level === 'POWER_TENANT'
        ? `${quorum} approvals by different people, one of them of level POWER_TENANT; a TENANT operator's counts as one of them`
        : `${quorum} approvals by different people`;
  return `${who}; approved by: ${given}`;
}

function stoppedText({ how, at, by, reason }: NonNullable<ShownCase['stopped']>): string {
  const ending = [by && `by ${by}`, reason].filter(Boolean).join(': ');
  return colours.red(
    `the workflow was ${how} at ${at}${ending ? ` ${ending}` : ''}; npm run starter -- resume starts it again`,
  );
}

function attentionText({ attentionId, operation, failure, message, fieldErrors, advice }: AttentionView): string {
  return [
    `${colours.yellow('needs attention')} ${attentionId}: ${operation} ended in ${failure}: ${message}`,
    ...fieldErrors.map(({ field, message }) => `  ${field}: ${message}`),
    `  what helps: ${advice}`,
  ].join('\n');
}

/** The commands that fit a case now, the most helpful first. */
export function nextCommands(view: CaseView): string[] {
  const { kind, tenantId, applicationId, review, attention, evidence, outcome } = view;
  if (outcome) return [];
  const id = caseId(kind, tenantId, applicationId);
  const toDecide =
    review.stage === 'inReview'
      ? [
          `operator -- claim ${id} --as OPERATOR`,
          ...(evidence.length > 0 ? [`operator -- document ${id} DOCUMENT --as OPERATOR --open`] : []),
          `operator -- decide ${id} --as OPERATOR --approve | --reject | --request-documents TYPE…`,
        ]
      : [];
  const toResolve = attention?.helps.map((help) => resolving(id, help, attention)) ?? [];
  return attention ? [...toResolve, ...toDecide] : toDecide;
}

function resolving(id: string, help: Help, attention: AttentionView): string {
  const { correctable, adopts } = attention;
  switch (help) {
    case 'correct':
      return `starter -- correct ${id} --by WHO patch.json    # {"${partToCorrect(attention, correctable)}": {…}}`;
    case 'adopt':
      return `operator -- resolve ${id} --as OPERATOR --action adopt --adopt ${adopts.map((field) => `${field}=…`).join(' ')}${adopts.includes('outcome') ? `    # one of ${ORDER_OUTCOMES.join(', ')}` : ''}`;
    default:
      return `operator -- resolve ${id} --as OPERATOR --action ${help}`;
  }
}

function callText({ operation, by, reason, answer, provenance }: NonNullable<CaseView['call']>): string {
  const how = provenance && (provenance.how === 'made' ? 'made' : `adopted: ${provenance.proof}`);
  return fields({
    call: operation,
    'asked for by': by,
    because: reason,
    how,
    answer: answer !== undefined && JSON.stringify(answer),
  });
}

export function auditTable(entries: ShownAuditEntry[]): string {
  return table(
    ['#', 'at', 'event', 'by', 'phase', 'what'],
    entries.map(({ seq, at, event, by, phase, text, caller }) => [
      String(seq),
      at,
      event,
      by,
      phase,
      [text, caller && `through ${caller}`].filter(Boolean).join('; '),
    ]),
  );
}
