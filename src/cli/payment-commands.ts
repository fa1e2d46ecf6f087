import { Option, type Command } from 'commander';
import {
  runBatch,
  type BatchProgress,
  type BatchReport,
  type OnboardingClient,
  type TransferInput,
} from '../client/index.js';
import { printAnswer } from './answer.js';
import { readJson, readLines, wholeNumber } from './input.js';
import { shown, shownJson } from './printable.js';
import { addCommand, endWith, print, say } from './program.js';
import { table } from './table.js';

interface Json {
  json?: boolean;
}

type WithClient = (use: (client: OnboardingClient) => Promise<void>) => Promise<void>;

const EXAMPLE_ID = 'transfer/TENANT/rent-2025-11';

/** Adds the commands for transfers and batches to the starter. */
export function addPaymentCommands(program: Command, withClient: WithClient): void {
  addCommand(program, 'transfer <file>', 'starts a transfer from a JSON file, "-" for standard input', [
    'transfer examples/transfer.json',
    `wait ${EXAMPLE_ID} --for done`,
  ]).action(async (file: string, { json }: Json) => {
    const { content } = await readJson(file);
    await withClient(async (client) => {
      const started = await client.startTransfer(content as TransferInput);
      print(json, started, ({ workflowId, closed, alreadyRunning }) => {
        const what = closed ? 'has ended already' : alreadyRunning ? 'is running already' : 'started';
        return `${workflowId} ${what}\nnext: npm run starter -- wait ${workflowId} --for done`;
      });
    });
  });

  addCommand(program, 'decide-transfer <id>', "submits a TRANSACTION_APPROVER's decision on a transfer", [
    `decide-transfer ${EXAMPLE_ID} --by employee-anke --approve`,
    `decide-transfer ${EXAMPLE_ID} --by anke@firm.example --reject --reason 'not our supplier'`,
  ])
    .requiredOption('--by <who>', "the employee's ref or e-mail address; verify their identity first")
    .addOption(new Option('--approve').conflicts('reject'))
    .addOption(new Option('--reject').conflicts('approve'))
    .option('--reason <text>', 'recorded in the audit')
    .action((id: string, { json, by, approve, reject, reason }: DecideFlags, command: Command) =>
      withClient(async (client) => {
        if (!approve && !reject) command.error('error: give --approve or --reject');
        printAnswer(json, await client.decideTransfer(id, { by, verdict: approve ? 'approve' : 'reject', reason }));
      }),
    );

  addCommand(
    program,
    'confirm-transfer <id> <orderId>',
    "submits the customer's confirmation or refusal of a prepared order",
    [`confirm-transfer ${EXAMPLE_ID} ORDER --by customer`],
  )
    .requiredOption('--by <who>', 'who confirms')
    .action((id: string, orderId: string, { json, by }: Json & { by: string }) =>
      withClient(async (client) => printAnswer(json, await client.confirmTransfer(id, { by, orderId }))),
    );

  addCommand(
    program,
    'batch <file>',
    'starts everything in a file of JSON lines, "-" for standard input; running it again starts nothing twice',
    [
      'batch payday.jsonl --concurrency 16    # {"transfer": {…}} per line, or {"individual": {…}}, {"organization": {…}}',
      'batch payday.jsonl --json > report.jsonl',
    ],
  )
    .option('--concurrency <number>', 'lines in progress at a time', wholeNumber, 8)
    .option('--per-account <number>', 'transfers of one account in progress at a time', wholeNumber, 1)
    .option('--no-follow', 'starts transfers without waiting for them')
    .action((file: string, { json, concurrency, perAccount, follow }: BatchFlags) =>
      withClient(async (client) => {
        const { lines, folder } = await readLines(file);
        const counts: Record<string, number> = {};
        const onProgress = (progress: BatchProgress): void => say(progressText(progress));
        const report = (entry: BatchReport): void => {
          counts[entry.result] = (counts[entry.result] ?? 0) + 1;
          process.stdout.write(`${json ? shownJson(entry) : reportText(shown(entry))}\n`);
          if (process.stderr.isTTY) say(countsText(counts));
        };
        await runBatch(client, lines, { concurrency, perAccount, follow, folder, onProgress }, report);
        say(countsText(counts));
        if (counts['refused'] || counts['conflict'] || counts['failed']) endWith('refused');
      }),
    );
}

interface DecideFlags extends Json {
  by: string;
  approve?: boolean;
  reject?: boolean;
  reason?: string;
}

interface BatchFlags extends Json {
  concurrency: number;
  perAccount: number;
  follow: boolean;
}

function reportText({ line, result, workflowId, status, detail }: BatchReport): string {
  return table([], [[String(line), result, workflowId, status, detail?.replaceAll('\n', ' ')]]);
}

function progressText({ done, atWork, unanswered }: BatchProgress): string {
  const nobody = unanswered === 0 ? '' : `; ${unanswered} of them got no answer: is a worker running?`;
  return `${done} done, ${atWork} at work${nobody}`;
}

function countsText(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([result, count]) => `${count} ${result}`)
    .join(', ');
}
