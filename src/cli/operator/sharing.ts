import type { Command } from 'commander';
import { printAnswer } from '../answer.js';
import { isoTime, textOf } from '../input.js';
import { addCommand } from '../program.js';
import { AS, EXAMPLE_ID, withClient, type Sender } from './common.js';

/** Commands to share work: claim, assign, leave notes, move deadlines. */
export function addSharing(program: Command): void {
  addCommand(program, 'claim <id>', 'claims a case, so that others see who has it', [`claim ${EXAMPLE_ID} --as op-1`])
    .requiredOption(...AS)
    .action((id: string, { json, as }: Sender) =>
      withClient(async (client) => printAnswer(json, await client.claim(id, { by: as }))),
    );

  addCommand(program, 'release <id>', 'gives back a case that you have', [`release ${EXAMPLE_ID} --as op-1`])
    .requiredOption(...AS)
    .action((id: string, { json, as }: Sender) =>
      withClient(async (client) => printAnswer(json, await client.release(id, { by: as }))),
    );

  addCommand(program, 'assign <id>', 'assigns a case to an operator, even if another one has claimed it', [
    `assign ${EXAMPLE_ID} --as op-1 --to op-2 --reason 'on leave from tomorrow'`,
  ])
    .requiredOption(...AS)
    .requiredOption('--to <operator>', 'the new assignee')
    .requiredOption('--reason <text>', 'recorded in the audit')
    .action((id: string, { json, as, to, reason }: Sender & { to: string; reason: string }) =>
      withClient(async (client) => printAnswer(json, await client.assign(id, { by: as, to, reason }))),
    );

  addCommand(program, 'note <id> [text]', 'leaves a note for other operators; it stays in the case', [
    `note ${EXAMPLE_ID} --as op-1 'called the customer, the new passport is on its way'`,
    `note ${EXAMPLE_ID} --as op-1 --file - < remark.txt`,
  ])
    .requiredOption(...AS)
    .option('--file <file>', 'the note from a file, which process lists do not show; "-" for standard input')
    .action((id: string, given: string | undefined, { json, as, file }: Sender & { file?: string }, command: Command) =>
      withClient(async (client) => {
        if ((given === undefined) === (file === undefined)) command.error('error: give either a text or --file');
        printAnswer(json, await client.note(id, { by: as, text: (await textOf(given, file))! }));
      }),
    );

  addCommand(program, 'extend <id>', 'gives a case more time; later deadlines move by the same time', [
    `extend ${EXAMPLE_ID} --as op-1 --until 2025-11-14T17:00:00+02:00 --reason 'the registry is closed this week'`,
  ])
    .requiredOption(...AS)
    .requiredOption('--until <time>', 'the new due time, ISO 8601 with zone', isoTime)
    .requiredOption('--reason <text>', 'recorded in the audit')
    .action((id: string, { json, as, until, reason }: Sender & { until: string; reason: string }) =>
      withClient(async (client) => printAnswer(json, await client.extend(id, { by: as, until, reason }))),
    );
}
