import { Command, InvalidArgumentError } from 'commander';
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

await program.parseAsync();

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}
