import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_KINDS, type FaultKind } from './faults.js';
import { sandboxEnvironment } from './fixtures.js';
import { DEFAULTS, type SandboxOptions } from './options.js';
import { PROFILES } from './profiles/index.js';
import { startSandbox } from './server.js';

interface CommandLine {
  port: number;
  host: string;
  journal?: string;
  profile: keyof typeof PROFILES;
  honourIdempotencyKeys: boolean;
  faultRate: number;
  faultKinds?: FaultKind[];
  seed?: number;
  activationDelay: number;
  settlementDelay: number;
  openingBalance: string;
  strictConsentOrder: boolean;
  logLevel: string;
}

const command = new Command('sandbox')
  .description('FinHub on your own machine: stateful, strict, breakable on purpose')
  .option('--port <port>', 'port to listen on, 0 for a free one', wholeNumber, 8080)
  .option('--host <address>', 'address to listen on; the control routes need no credentials', DEFAULTS.host)
  .option('--journal <file>', 'store the state in this file, to survive restarts and kills')
  .addOption(
    new Option('--profile <name>', 'form of the answers').choices(Object.keys(PROFILES)).default(DEFAULTS.profile),
  )
  .option('--honour-idempotency-keys', 'answer a repeated Idempotency-Key with the first answer', false)
  .option('--fault-rate <share>', 'share of calls that meet a random fault, 0 to 1', share, DEFAULTS.faultRate)
  .addOption(
    new Option('--fault-kinds <kinds>', `kinds of random faults, comma-separated: ${FAULT_KINDS.join(', ')}`).argParser(
      faultKinds,
    ),
  )
  .option('--seed <number>', 'repeat the random faults of this seed', wholeNumber)
  .option('--activation-delay <ms>', 'from activation to wallets with an IBAN', wholeNumber, DEFAULTS.activationDelayMs)
  .option('--settlement-delay <ms>', 'from execute to COMPLETED', wholeNumber, DEFAULTS.settlementDelayMs)
  .option('--opening-balance <eur>', 'balance of a newly activated consumer', DEFAULTS.openingBalance)
  .option('--no-strict-consent-order', 'accept consents in any order')
  .option('--log-level <level>', 'pino log level, on standard error', 'info');

await run(command.parse().opts<CommandLine>()).catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  const help = code === 'EADDRINUSE' ? '; choose another --port, or end what listens there' : '';
  console.error(`The sandbox cannot start: ${message}${help}`);
  process.exitCode = 1;
});

async function run({ activationDelay, settlementDelay, ...rest }: CommandLine): Promise<void> {
  const seed = rest.seed ?? Math.floor(Math.random() * 2 ** 32);
  const options: SandboxOptions = {
    ...rest,
    seed,
    activationDelayMs: activationDelay,
    settlementDelayMs: settlementDelay,
  };
  const sandbox = await startSandbox(options);
  console.log(`FinHub sandbox listening on ${sandbox.url}`);
  for (const [name, value] of Object.entries(sandboxEnvironment(sandbox.url))) console.log(`export ${name}=${value}`);
  if (rest.faultRate > 0) console.log(`# random faults: rate ${rest.faultRate}, seed ${seed}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close());
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Must be a whole number.');
  return Number(text);
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Must be between 0 and 1.');
  return value;
}

function faultKinds(text: string): FaultKind[] {
  const kinds = text.split(',');
  const unknown = kinds.find((kind) => !FAULT_KINDS.some((known) => known === kind));
  if (unknown !== undefined) throw new InvalidArgumentError(`Unknown kind: ${unknown}.`);
  return kinds as FaultKind[];
}
