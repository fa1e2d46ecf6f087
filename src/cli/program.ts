import { Command, CommanderError } from 'commander';
import { colours } from './colours.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { VERSION } from '../config/project-folder.js';
import { CODES, codeOf } from '../client/codes.js';
import { InvalidInput } from '../client/index.js';
import { endProcess, startTracing } from '../tracing/tracing.js';
import { shown, shownJson, shownLines } from './printable.js';
import { EXIT_CODES, exitCodesHelp, type ExitName } from './exit-codes.js';
import { endQuietlyWhenUnread } from './unread.js';

/** A command line whose help ends with the exit codes. */
export function createProgram(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(VERSION, '-V, --version', 'prints the version')
    .exitOverride()
    .showHelpAfterError('(add --help for how to use it)')
    .addHelpText('after', `\n${exitCodesHelp()}\n\nResults go to standard output, everything else to standard error.`);
}

/** A subcommand with `--json` and examples in its help. */
export function addCommand(program: Command, usage: string, description: string, examples: string[]): Command {
  // npm prints lines of its own on standard output, which would break JSON.
  const npmRun = (example: string) => (example.includes('--json') ? 'npm run --silent' : 'npm run');
  const lines = examples.map((example) => `  ${npmRun(example)} ${program.name()} -- ${example}`);
  return program
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

/** Runs the command line and sets the exit code; every failure maps to one of the documented codes. */
export async function runProgram(program: Command): Promise<void> {
  endQuietlyWhenUnread();
  const stopTracing = await startTracing(`finhub-onboarding-${program.name()}`);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = EXIT_CODES[report(error)].code;
  } finally {
    if (stopTracing) {
      await stopTracing();
      await endProcess();
    }
  }
}

/** Prints a result: as JSON, or as text for people. */
export function print<T>(json: boolean | undefined, result: T, text: (safe: T) => string): void {
  process.stdout.write(`${printed(json, result, text)}\n`);
}

/** The text that `print` prints. `text` gets a copy of the result that is safe for a terminal. */
export function printed<T>(json: boolean | undefined, result: T, text: (safe: T) => string): string {
  return json ? shownJson(result, 2) : text(shown(result));
}

/** Prints a line for the person at the terminal that is not part of the result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function endWith(name: ExitName): void {
  process.exitCode = EXIT_CODES[name].code;
}

function report(error: unknown): ExitName {
  const { name, message } = error as Error;
  // Commander has printed the message; help is not a failure.
  const isUsage = error instanceof CommanderError;
  const exit = isUsage ? (error.exitCode === 0 ? 'ok' : 'invalid') : CODES[codeOf(error)].exit;
  if (exit !== 'ok' && process.argv.includes('--json')) {
    const faults = error instanceof InvalidInput || error instanceof ConfigurationError ? error.faults : undefined;
    print(true, { error: { name, message, faults } }, String);
  }
  if (!isUsage)
    say(
      colours.red(
        shownLines(exit === 'failure' ? `unexpected failure: ${(error as Error).stack ?? message}` : message),
      ),
    );
  return exit;
}
