import { Command, InvalidArgumentError } from 'commander';
import { benchCapacity, capacityText } from './bench/capacity.js';
import { benchClient, textOf } from './bench/client.js';

const program = new Command('bench').description('Measures parts of this project on this machine.');

program
  .command('client')
  .description('CPU per call of the FinHub client, against plain undici with JSON.parse on the same bodies')
  .option('--rounds <number>', 'pairs of measurements', wholeNumber, 9)
  .option('--calls <number>', 'calls in each measurement', wholeNumber, 2000)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, calls, json }: { rounds: number; calls: number; json?: true }) => {
    const result = await benchClient(rounds, calls);
    process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : textOf(result)}\n`);
  });

program
  .command('capacity')
  .description('What lifecycles cost: events, bytes, activities and actions at Temporal, CPU and memory of one worker')
  .option('--cases <number>', 'individuals that are carried to their review for the worker', wholeNumber, 40)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ cases, json }: { cases: number; json?: true }) => {
    const result = await benchCapacity(cases);
    process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : capacityText(result)}\n`);
  });

await program.parseAsync();

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}
