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

/** What gets a case going again, or ends it. */
export function addSettling(program: Command): void {
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
    .option('--adopt <key=value...>', 'with --action adopt: the result to go on with', keyAndValue)
    .option('--reason <text>', 'kept in the audit')
    .addOption(
      new Option('--cause <failure>', 'every case that needs attention for this, as show names it').conflicts([
        'attention',
        'adopt',
      ]),
    )
    .option('--tenant <id>', 'with --cause: only cases of this tenant')
    .option('--dry-run', 'with --cause: lists the cases and resolves none')
    .action((id: string | undefined, flags: ResolveFlags, command: Command) => {
      if ((id === undefined) === (flags.cause === undefined))
        command.error('error: either an id or --cause is expected');
      return withClient((client) =>
        id === undefined ? resolveAll(client, flags, command) : resolveOne(client, id, flags),
      );
    });

  addCommand(program, 'cancel <id>', 'ends a case; FinHub keeps what it already has', [
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
    return command.error('error: --action adopt works on one case at a time, because the ids belong to that case');
  const named = { cause: cause!, by: as, action, reason, tenantId: tenant, dryRun };
  const settled = await resolveByCause(client, named);
  print(json, settled, (safe) =>
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
  const left = settled.filter(({ result }) => result === 'refused' || result === 'unanswered');
  if (left.length > 0) endWith(left.some(({ result }) => result === 'refused') ? 'refused' : 'noAnswer');
}

function keyAndValue(argument: string, earlier: Record<string, string> | undefined): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('KEY=VALUE is expected');
  return { ...earlier, [key]: value };
}
