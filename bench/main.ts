import { Command, InvalidArgumentError } from 'commander';
import { benchCapacity, capacityText } from './capacity.js';
import { benchClient, textOf } from './client.js';
import { commandLinesText, measureCommandLines } from './command-lines.js';
import { benchEncryption, encryptionText } from './encryption.js';
import { benchGateway, gatewayText, type GatewayOptions } from './gateway.js';
import { compareLifecycles, type LifecycleOptions } from './lifecycle/compare.js';
import { lifecycleText } from './lifecycle/text.js';
import { measureRecovery, recoveryText, type RecoveryOptions } from './recovery.js';
import { measureStartUp, startUpText } from './start-up.js';
import { measureWaiting, type WaitingOptions } from './waiting/compare.js';
import { waitingText } from './waiting/text.js';

const program = new Command('bench').description('Measures parts of this project on this machine.');

program
  .command('client')
  .description('CPU per call of the FinHub client, against plain undici with JSON.parse on the same bodies')
  .option('--rounds <number>', 'pairs of measurements', wholeNumber, 9)
  .option('--calls <number>', 'calls in each measurement', wholeNumber, 2000)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, calls, json }: { rounds: number; calls: number; json?: true }) => {
    const result = await benchClient(rounds, calls);
    print(json ? JSON.stringify(result, undefined, 2) : textOf(result));
  });

program
  .command('lifecycle')
  .description('our individual lifecycle beside a bare workflow that makes the same calls, on one server and sandbox')
  .option('--rounds <number>', 'rounds of both, in turn', wholeNumber, 3)
  .option('--single <number>', 'lifecycles of each in a round, one at a time', wholeNumber, 10)
  .option('--many <number>', 'lifecycles of each in a round, many at a time', wholeNumber, 90)
  .option('--concurrency <number>', 'how many are many at a time', wholeNumber, 30)
  .option('--latency <ms>', 'what FinHub takes for each answer', wholeNumber, 0)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ json, ...options }: Omit<LifecycleOptions, 'onProgress'> & { json?: true }) => {
    const result = await compareLifecycles({ ...options, onProgress });
    print(json ? JSON.stringify(result, undefined, 2) : lifecycleText(result));
  });

program
  .command('waiting')
  .description('memory and the time of a decision, with ten cases in review and with many')
  .option('--cases <number>', 'cases in review at the end; the long run takes 5000', wholeNumber, 1000)
  .option('--cached <number>', 'cases that the worker may keep in memory', wholeNumber, 100)
  .option('--decisions <number>', 'decisions timed with few and with many', wholeNumber, 9)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ json, ...options }: Omit<WaitingOptions, 'onProgress'> & { json?: true }) => {
    const result = await measureWaiting({ ...options, onProgress });
    print(json ? JSON.stringify(result, undefined, 2) : waitingText(result));
  });

program
  .command('start-up')
  .description('how soon a worker is ready, with and without the bundle that `npm run build` makes')
  .option('--rounds <number>', 'starts of each', wholeNumber, 5)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, json }: { rounds: number; json?: true }) => {
    const result = await measureStartUp(rounds);
    print(json ? JSON.stringify(result, undefined, 2) : startUpText(result));
  });

program
  .command('command-lines')
  .description('how long `starter status` and `operator queue` take, as built, beside a bare program that connects')
  .option('--rounds <number>', 'runs of each', wholeNumber, 9)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, json }: { rounds: number; json?: true }) => {
    const result = await measureCommandLines(rounds);
    print(json ? JSON.stringify(result, undefined, 2) : commandLinesText(result));
  });

program
  .command('capacity')
  .description('What lifecycles cost: events, bytes, activities and actions at Temporal, CPU and memory of one worker')
  .option('--cases <number>', 'individuals that are carried to their review for the worker', wholeNumber, 40)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ cases, json }: { cases: number; json?: true }) => {
    const result = await benchCapacity(cases);
    print(json ? JSON.stringify(result, undefined, 2) : capacityText(result));
  });

program
  .command('recovery')
  .description(
    'how long cases take whose worker is killed (SIGKILL) while another one is up, beside cases left in peace',
  )
  .option('--rounds <number>', 'rounds, each in peace and with a kill', wholeNumber, 3)
  .option('--cases <number>', 'cases in flight, half of them organizations', wholeNumber, 12)
  .option('--latency <ms>', 'what FinHub takes for each answer', wholeNumber, 250)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ json, ...options }: Omit<RecoveryOptions, 'onProgress'> & { json?: true }) => {
    const result = await measureRecovery({ ...options, onProgress });
    print(json ? JSON.stringify(result, undefined, 2) : recoveryText(result));
  });

program
  .command('gateway')
  .description('starts and status over HTTP beside the client library, and many who wait at one gateway')
  .option('--rounds <number>', 'rounds of both, in turn', wholeNumber, 5)
  .option('--calls <number>', 'calls of each in a round, one at a time and many at a time', wholeNumber, 100)
  .option('--concurrency <number>', 'how many are many at a time', wholeNumber, 8)
  .option('--waits <number>', 'waits that are open at a time', wholeNumber, 1000)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ json, ...options }: Omit<GatewayOptions, 'onProgress'> & { json?: true }) => {
    const result = await benchGateway({ ...options, onProgress });
    print(json ? JSON.stringify(result, undefined, 2) : gatewayText(result));
  });

program
  .command('encryption')
  .description('CPU of worker and client per lifecycle with encrypted payloads, against plain ones')
  .option('--rounds <number>', 'pairs of measurements', wholeNumber, 5)
  .option('--lifecycles <number>', 'lifecycles in each measurement', wholeNumber, 10)
  .option('--json', 'one JSON document on standard output')
  .action(async ({ rounds, lifecycles, json }: { rounds: number; lifecycles: number; json?: true }) => {
    const result = await benchEncryption(rounds, lifecycles);
    print(json ? JSON.stringify(result, undefined, 2) : encryptionText(result));
  });

await program.parseAsync();

function onProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}
