import { colours } from './colours.js';
import type { CurrentStatus } from '../client/index.js';
import type { WaitingOn } from '../lifecycle/case-state.js';
import { caseId } from '../lifecycle/ids.js';
import { moneyText } from '../contract/money.js';
import type { AttentionReason, LifecycleStatus, LifecycleStatusWord, PhaseStatus } from '../lifecycle/status.js';
import { shown } from './printable.js';
import { table } from './table.js';

/** A status as text. */
export function statusText(status: CurrentStatus): string {
  if (status.stale) {
    return [
      heading(status),
      colours.yellow('No worker responds; Temporal itself has this information, which may be old.'),
      fields({ phase: status.phase, started: status.startedAt, ended: status.closedAt, outcome: outcome(status) }),
    ].join('\n');
  }
  return [heading(status), ...statusLines(status)].join('\n');
}

/** One line for a change of status. */
export function changeLine(raw: CurrentStatus): string {
  const status = shown(raw);
  const waiting = !status.stale && status.waitingOn ? `, waiting for ${waitingText(status.waitingOn)}` : '';
  const attention = !status.stale && status.attention ? `: ${attentionText(status.attention)}` : '';
  return `${new Date().toISOString()} ${status.status}${status.phase ? ` in ${status.phase}` : ''}${waiting}${attention}`;
}

export function heading({
  kind,
  tenantId,
  applicationId,
  status,
}: Pick<LifecycleStatus, 'kind' | 'tenantId' | 'applicationId' | 'status'>): string {
  return `${colours.bold(caseId(kind, tenantId, applicationId))}  ${COLOURS[status](status)}`;
}

export function statusLines(status: LifecycleStatus): string[] {
  const { phases, waitingOn, attention, review, ids, iban, wallet, transfer, customer, requirements } = status;
  return [
    table(['phase', 'state', 'started', 'completed', ''], phases.map(phaseRow)),
    fields({
      'waiting for': waitingOn && waitingText(waitingOn),
      'needs attention': attention && attentionText(attention),
      review:
        isReviewed(status) && `${review.stage}, round ${review.round}${review.dueAt ? `, due ${review.dueAt}` : ''}`,
      reason: review.customerReason,
      customer: ids.customerId,
      account: ids.accountId,
      iban,
      balance: wallet?.available && `${moneyText(wallet.available)} available at ${wallet.readAt}`,
      limits: wallet && limitsText(wallet.limits),
      transfer:
        transfer && `${transfer.reference}: ${transfer.state}${transfer.orderId ? `, ${transfer.orderId}` : ''}`,
      fees: transfer?.fees && moneyText(transfer.fees),
      ...customerFields(customer),
      outcome: outcome(status),
    }),
    ...requirements.map(({ message, field, document, anyOf, subject, dueAt }) => {
      // If one of several documents is enough, the message names them all.
      const about = anyOf ? '' : [field ?? document, subject].filter(Boolean).join(' of ');
      return `${colours.yellow('!')} ${message}${about ? ` (${about})` : ''}${dueAt ? `, by ${dueAt}` : ''}`;
    }),
  ];
}

function customerFields(customer: LifecycleStatus['customer']): Record<string, string | false> {
  if (!customer) return {};
  const { beneficiaries, consent, requests } = customer;
  return {
    beneficiaries: beneficiaries.map(({ ref }) => ref).join(', '),
    'payment consent': consent ? `${consent.consentId}, valid until ${consent.validUntil}` : 'none',
    requests: requests.map(({ requestId, name, state }) => `${requestId} ${name}: ${state}`).join('\n'),
  };
}

function limitsText({ perTransaction, perDay, perMonth }: NonNullable<LifecycleStatus['wallet']>['limits']): string {
  const limits = [
    ['per transaction', perTransaction],
    ['per day', perDay?.limit],
    ['per month', perMonth?.limit],
  ] as const;
  return limits.flatMap(([name, limit]) => (limit ? [`${moneyText(limit)} ${name}`] : [])).join(', ');
}

/** Only lifecycles are reviewed. */
function isReviewed({ kind }: LifecycleStatus): boolean {
  return kind === 'individual' || kind === 'organization';
}

/** Names and values, without those that have none. */
export function fields(values: Record<string, string | false | null | undefined>): string {
  return table(
    [],
    Object.entries(values)
      .filter((entry): entry is [string, string] => Boolean(entry[1]))
      .map(([name, value]) => [colours.dim(name), value]),
  );
}

const COLOURS: Record<LifecycleStatusWord, (text: string) => string> = {
  running: colours.cyan,
  waiting: colours.cyan,
  needsAttention: colours.yellow,
  completed: colours.green,
  failed: colours.red,
  rejected: colours.red,
  expired: colours.red,
  cancelled: colours.red,
  aborted: colours.red,
};

function phaseRow({ title, status, startedAt, completedAt, longerThanExpected }: PhaseStatus): string[] {
  const late = longerThanExpected && status === 'active' ? colours.yellow('longer than expected') : '';
  return [title, status, startedAt ?? '', completedAt ?? '', late];
}

/** Why a case needs a person, and who acts next. */
function attentionText({ reason, correctable, since }: AttentionReason): string {
  const turn =
    correctable.length > 0
      ? `a correction of ${correctable.map((field) => `"${field}"`).join(' or ')} helps (npm run starter -- correct --help)`
      : 'an operator will resolve it';
  return `${reason}; ${turn} (since ${since})`;
}

function waitingText({ who, what, since, dueAt }: WaitingOn): string {
  return `${who}: ${what} (since ${since}${dueAt ? `, due ${dueAt}` : ''})`;
}

function outcome({ outcome }: Pick<CurrentStatus, 'outcome'>): string | undefined {
  return outcome ? `${outcome.result} at ${outcome.at}${outcome.reason ? `: ${outcome.reason}` : ''}` : undefined;
}
