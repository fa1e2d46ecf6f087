import { Command, InvalidArgumentError } from 'commander';
import { benchClient, textOf } from './bench/client.js';
import { benchEncryption, encryptionText } from './bench/encryption.js';

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
  .command('encryption')
  .description('CPU of worker and client per lifecycle with encrypted payloads, against plain ones')
  .option('--rounds <number>', 'pairs of measurements', wholeNumber, 5)
  .option('--lifecycles <number>', 'lifecycles in each measurement', wholeNumber, 10)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, lifecycles, json }: { rounds: number; lifecycles: number; json?: true }) => {
    const result = await benchEncryption(rounds, lifecycles);
    process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : encryptionText(result)}\n`);
  });

await program.parseAsync();

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}
