import Table from 'cli-table3';
import { colours } from '../../src/cli/colours.js';
import type { CurrentStatus, LifecycleStatus } from '../../src/client/index.js';

const MARKS: Record<string, string> = {
  completed: colours.green('✔'),
  skipped: colours.dim('–'),
  active: colours.cyan('…'),
};

/** A line about where a lifecycle stands, for the progress shown while the demo runs. */
export function progressLine(kind: string, status: CurrentStatus): string {
  if (status.stale) return `${colours.bold(kind.padEnd(12))} no worker answers yet`;
  const waiting = status.waitingOn ? `, waits for ${status.waitingOn.who}: ${status.waitingOn.what}` : '';
  const attention = status.status === 'needsAttention' ? colours.red(' needs attention') : '';
  return `${colours.bold(kind.padEnd(12))} ${status.phase ?? status.status}${waiting}${attention}`;
}

/** The end of a lifecycle: its phases, its IBAN and its first transfer. */
export function report(workflowId: string, status: LifecycleStatus): string {
  const table = new Table({ head: ['', 'phase', 'state', 'seconds'], style: { head: [], border: [], compact: true } });
  for (const phase of status.phases)
    table.push([MARKS[phase.status] ?? ' ', phase.title, phase.status, seconds(phase)]);
  const completed = status.phases.filter((phase) => phase.status === 'completed').length;
  return [
    colours.bold(workflowId),
    table.toString(),
    `${completed} of ${status.phases.length} phases completed; IBAN ${status.iban ?? '–'}; ${transferLine(status)}`,
  ].join('\n');
}

function seconds({
  startedAt,
  completedAt,
}: {
  startedAt?: string | undefined;
  completedAt?: string | undefined;
}): string {
  if (startedAt === undefined || completedAt === undefined) return '';
  return ((Date.parse(completedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
}

function transferLine({ transfer }: LifecycleStatus): string {
  return transfer ? `first transfer ${transfer.reference}: order ${transfer.orderId} ${transfer.state}` : 'no transfer';
}

/**
 * How to go on by hand in another terminal while the demo stays up. The examples' own applications are free there: the demo's people have
 * other e-mail addresses.
 */
export function byHand(environment: Record<string, string>, workflowId: string, gatewayUrl?: string): string {
  const exports = Object.entries(environment).map(([name, value]) => `  export ${name}='${value}'`);
  return [
    '',
    'All of it stays up until Ctrl-C. In another terminal:',
    ...exports,
    `  npm run starter -- status ${workflowId}`,
    `  npm run operator -- audit ${workflowId}`,
    '  npm run starter -- individual examples/individual.json',
    '  npm run starter -- wait individual/ind-2025-0001 --for review',
    '  npm run operator -- queue',
    '  npm run operator -- show individual/ind-2025-0001',
    '  npm run operator -- decide individual/ind-2025-0001 --as op-1 --approve',
    `  npm run --silent temporal -- workflow show --workflow-id ${workflowId}`,
    ...(gatewayUrl ? [`  curl ${gatewayUrl}/v1/cases`] : []),
  ].join('\n');
}
