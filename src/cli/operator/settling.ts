import { InvalidArgumentError, Option, type Command } from 'commander';
import { ATTENTION_ACTIONS, refuse, type AttentionAction } from '../../lifecycle/messages.js';
import { printAnswer } from '../answer.js';
import { addCommand } from '../program.js';
import { AS, EXAMPLE_ID, withClient, type Sender } from './common.js';

interface ResolveFlags extends Sender {
  action: AttentionAction;
  attention?: string;
  adopt?: Record<string, string>;
  reason?: string;
}

/** What gets a case going again, or ends it. */
export function addSettling(program: Command): void {
  addCommand(program, 'resolve <id>', 'settles a call that needs attention', [
    `resolve ${EXAMPLE_ID} --as op-1 --action retry`,
    `resolve ${EXAMPLE_ID} --as op-1 --action adopt --adopt customerId=… userId=… --reason 'found in the Admin Portal'`,
  ])
    .requiredOption(...AS)
    .addOption(new Option('--action <action>').choices([...ATTENTION_ACTIONS]).makeOptionMandatory())
    .option('--attention <id>', 'by default the one the case shows now')
    .option('--adopt <key=value...>', 'with --action adopt: the result to go on with', keyAndValue)
    .option('--reason <text>', 'kept in the audit')
    .action((id: string, { json, as, action, attention, adopt, reason }: ResolveFlags) =>
      withClient(async (client) => {
        const attentionId = attention ?? (await client.caseView(id)).attention?.attentionId;
        const answer =
          attentionId === undefined
            ? refuse('NothingToResolve', 'the case shows nothing that needs attention')
            : await client.resolveAttention(id, { attentionId, action, by: as, adopt, reason });
        printAnswer(json, answer);
      }),
    );

  addCommand(program, 'cancel <id>', 'ends a case; what FinHub holds already stays there', [
    `cancel ${EXAMPLE_ID} --as op-1 --reason 'duplicate of ind-2025-0002'`,
  ])
    .requiredOption(...AS)
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { json, as, reason }: Sender & { reason: string }) =>
      withClient(async (client) => printAnswer(json, await client.cancel(id, { by: as, reason }))),
    );
}

function keyAndValue(argument: string, earlier: Record<string, string> | undefined): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('KEY=VALUE is expected');
  return { ...earlier, [key]: value };
}
