import { Option, type Command } from 'commander';
import { InvalidInput, openDocumentStore } from '../../client/index.js';
import { callInputSchema, planCall, type PlannedCall } from '../../client/hand-call.js';
import { startCall } from '../../client/start-call.js';
import { loadEnvironment } from '../../config/environment.js';
import type { CaseView } from '../../lifecycle/status.js';
import { ensureSearchAttributes } from '../../temporal/search-attributes.js';
import { nextCommands } from '../case-text.js';
import { colours } from '../colours.js';
import { readJson, wholeNumber } from '../input.js';
import { shown, shownJson } from '../printable.js';
import { addCommand, endWith, print, say } from '../program.js';
import { fields } from '../status-text.js';
import { AS, withClient, type Sender } from './common.js';

interface CallFlags extends Partial<Sender> {
  input?: string;
  reason?: string;
  callId?: string;
  tenant?: string;
  powerTenant?: boolean;
  ip?: string;
  userAgent?: string;
  timeout: number;
  dryRun?: boolean;
  schema?: boolean;
}

export function addCall(program: Command): void {
  addCommand(
    program,
    'call <operation>',
    "makes one call to FinHub by hand; 'npm run endpoints' lists the operations",
    [
      'call addDirector --schema',
      "call listDirectors --input organization.json --as op-1 --reason 'the customer sees one too many'",
      "call addDirector --input director.json --as op-2 --reason 'left out of the application' --dry-run",
    ],
  )
    .option(...AS)
    .option('--input <file>', 'input of the operation as JSON; "-" for standard input')
    .option('--reason <text>', 'why; recorded in the audit')
    .option('--call-id <id>', 'the same id means the same call; by default derived from the input, for a read new')
    .option('--tenant <id>', 'by default FINHUB_TENANT_ID')
    .option('--power-tenant', "with the power tenant's rights at FinHub")
    .option('--ip <address>', "the customer's own, if the customer acts; FinHub stores it")
    .option('--user-agent <text>', "the customer's own, with --ip")
    .option('--timeout <seconds>', 'exits with 5 after this time; the call continues', wholeNumber, 60)
    .option('--dry-run', 'prints the request, and sends nothing')
    .addOption(new Option('--schema', "prints the JSON Schema of the operation's input").conflicts('input'))
    .action(async (operation: string, flags: CallFlags) => {
      if (flags.schema) return print(true, callInputSchema(operation), String);
      const config = loadEnvironment('operator');
      const planned = await plan(operation, flags, config);
      if (flags.dryRun) return print(flags.json, dryRun(planned), () => dryRunText(planned));
      const { keys, documentStore, temporal: settings } = config;
      await withClient(async (client) => {
        const { workflowId } = planned;
        await ensureSearchAttributes(client.temporal.connection, settings.namespace);
        const store = await openDocumentStore(documentStore, keys);
        await client.beforeWriting();
        const { alreadyRunning } = await startCall(
          { temporal: client.temporal, store, signing: client.signing },
          planned,
        );
        say(`${workflowId}${alreadyRunning ? ' was requested before; this is its result' : ''}`);
        await client.wait(workflowId, 'settled', { timeoutMs: flags.timeout * 1000 });
        const view = await client.caseView(workflowId);
        const { status, call, outcome, attention } = view;
        const result = { workflowId, alreadyAsked: alreadyRunning, status, call, outcome, attention };
        print(flags.json, result, () => callText(view));
        if (outcome?.result !== 'completed') endWith(attention ? 'needsAttention' : 'refused');
      });
    });
}

async function plan(
  operation: string,
  { as: by = '', input, reason = '', callId, tenant, powerTenant, ip, userAgent }: CallFlags,
  { keys, tenantId }: ReturnType<typeof loadEnvironment<'operator'>>,
): Promise<PlannedCall> {
  if (input === undefined) throw new InvalidInput('the command', [{ path: '--input', message: 'is missing' }]);
  const { content, folder } = await readJson(input);
  const origin =
    ip === undefined && userAgent === undefined ? {} : { origin: { ipAddress: ip!, userAgent: userAgent! } };
  return planCall(
    { keys, tenantId: tenant ?? tenantId },
    { operation, input: content, by, reason, callId, ...(powerTenant ? { actAs: 'powerTenant' } : {}), ...origin },
    { folder },
  );
}

function dryRun({ workflowId, call, sent }: PlannedCall): object {
  return { workflowId, operation: call.operation, ...sent };
}

function dryRunText({ workflowId, sent: { method, host, path, body, class: idempotency } }: PlannedCall): string {
  return [
    `${colours.bold(`${method} ${path}`)}${host === 'legacy' ? ' (older host)' : ''}`,
    ...(body === undefined ? [] : [shownJson(body, 2)]),
    fields({ class: idempotency, 'would be': workflowId }),
    'nothing was sent',
  ].join('\n');
}

/** The result of a call as text. */
export function callText(given: CaseView): string {
  const view = shown(given);
  const { call, outcome, attention } = view;
  if (outcome?.result === 'completed' && call?.provenance) {
    const how = call.provenance.how === 'made' ? 'made' : `found at FinHub and adopted: ${call.provenance.proof}`;
    return `${colours.green(how)}\n${shownJson(given.call?.answer, 2)}`;
  }
  if (outcome) return `${colours.red(outcome.result)}${outcome.reason ? `: ${outcome.reason}` : ''}`;
  const why = attention ? `${attention.failure}: ${attention.message}` : '';
  return [
    `${colours.yellow('needs attention')} ${why}`,
    ...nextCommands(view).map((command) => colours.dim(`npm run ${command}`)),
  ].join('\n');
}
