import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolveByCause, type CaseClient } from '../../client/index.js';
import { ATTENTION_ACTIONS, refuse, type AttentionAction } from '../../lifecycle/messages.js';
import { printAnswer } from '../answer.js';
import { addCommand, endWith, print } from '../program.js';
import { shortId } from '../queue-text.js';
import { table } from '../table.js';
import { AS, EXAMPLE_ID, withClient, type Sender } from './common.js';

interface ResolveFlags extends Sender {
  action: AttentionAction;
  attention?: string;
  adopt?: Record<string, string>;
  reason?: string;
  cause?: string;
  tenant?: string;
  dryRun?: boolean;
}

/** Commands that resolve a call that needs attention, or end a case. */
export function addResolving(program: Command): void {
  addCommand(
    program,
    'resolve [id]',
    'resolves a call that needs attention, or with --cause all calls that need it for that cause',
    [
      `resolve ${EXAMPLE_ID} --as op-1 --action retry`,
      `resolve ${EXAMPLE_ID} --as op-1 --action adopt --adopt customerId=… userId=… --reason 'found in the Admin Portal'`,
      'resolve --cause FinHubUnauthorized --as op-1 --action retry --dry-run',
    ],
  )
    .requiredOption(...AS)
    .addOption(new Option('--action <action>').choices([...ATTENTION_ACTIONS]).makeOptionMandatory())
    .option('--attention <id>', 'by default the one the case shows now')
    .option('--adopt <key=value...>', 'with --action adopt: the result to continue with', keyAndValue)
    .option('--reason <text>', 'recorded in the audit')
    .addOption(
      new Option('--cause <failure>', 'all cases that need attention for this failure, as show names it').conflicts([
        'attention',
        'adopt',
      ]),
    )
    .option('--tenant <id>', 'with --cause: only cases of this tenant')
    .option('--dry-run', 'with --cause: only lists the cases')
    .action((id: string | undefined, flags: ResolveFlags, command: Command) => {
      if ((id === undefined) === (flags.cause === undefined)) command.error('error: give either an id or --cause');
      return withClient((client) =>
        id === undefined ? resolveAll(client, flags, command) : resolveOne(client, id, flags),
      );
    });

  addCommand(program, 'cancel <id>', 'ends a case; data at FinHub stays there', [
    `cancel ${EXAMPLE_ID} --as op-1 --reason 'duplicate of ind-2025-0002'`,
  ])
    .requiredOption(...AS)
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { json, as, reason }: Sender & { reason: string }) =>
      withClient(async (client) => printAnswer(json, await client.cancel(id, { by: as, reason }))),
    );
}

async function resolveOne(
  client: CaseClient,
  id: string,
  { json, as, action, attention, adopt, reason }: ResolveFlags,
): Promise<void> {
  const attentionId = attention ?? (await client.caseView(id)).attention?.attentionId;
  const answer =
    attentionId === undefined
      ? refuse('NothingToResolve', 'the case shows nothing that needs attention')
      : await client.resolveAttention(id, { attentionId, action, by: as, adopt, reason });
  printAnswer(json, answer);
}

async function resolveAll(client: CaseClient, flags: ResolveFlags, command: Command): Promise<void> {
  const { json, as, action, reason, cause, tenant, dryRun } = flags;
  if (action === 'adopt')
    return command.error('error: --action adopt works on one case at a time, because each case has its own ids');
  const named = { cause: cause!, by: as, action, reason, tenantId: tenant, dryRun };
  const cases = await resolveByCause(client, named);
  print(json, cases, (safe) =>
    safe.length === 0
      ? `no case needs attention for ${cause}`
      : table(
          ['case', 'call', dryRun ? `would ${action}` : action, ''],
          safe.map(({ workflowId, operation, result, detail }) => [
            shortId(workflowId, client.tenantId),
            operation,
            dryRun ? '' : result,
            detail,
          ]),
        ),
  );
  const left = cases.filter(({ result }) => result === 'refused' || result === 'unanswered');
  if (left.length > 0) endWith(left.some(({ result }) => result === 'refused') ? 'refused' : 'noAnswer');
}

function keyAndValue(argument: string, earlier: Record<string, string> | undefined): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('expected KEY=VALUE');
  return { ...earlier, [key]: value };
}
