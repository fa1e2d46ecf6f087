import { createRequire } from 'node:module';
import { NamespaceNotFoundError } from '@temporalio/common';
import { Command, CommanderError } from 'commander';
import { colours } from './colours.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { ApplicationConflict, CaseNotFound, InvalidInput, NoAnswer, WaitTimedOut } from '../client/index.js';
import { SigningKeyError } from '../proof/key-pair.js';
import { SignersFileError } from '../proof/signers-file-error.js';
import { DocumentStoreError, DocumentUnavailable } from '../store/document-store.js';
import { TemporalUnreachable } from '../temporal/connection.js';
import { StoreOfOthers } from '../store/store-id.js';
import { NotShared } from '../temporal/sharing.js';
import { NamespaceNotOurs } from '../temporal/namespace.js';
import { SearchAttributesMissing } from '../temporal/search-attributes.js';
import { TemporalSettingsError } from '../temporal/settings.js';
import { endProcess, startTracing } from '../tracing/tracing.js';
import { shown, shownJson, shownLines } from './printable.js';
import { EXIT_CODES, exitCodesHelp, type ExitName } from './exit-codes.js';

const { version: VERSION } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** A command line whose help ends with examples and the table of exit codes. */
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
  // npm's own lines on standard output are no JSON.
  const npmRun = (example: string) => (example.includes('--json') ? 'npm run --silent' : 'npm run');
  const lines = examples.map((example) => `  ${npmRun(example)} ${program.name()} -- ${example}`);
  return program
    .command(usage)
    .description(description)
    .option('--json', 'one JSON document on standard output')
    .addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

/** Runs the command line to its end and sets the exit code; every failure becomes one of the table's codes. */
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

/** Whoever reads the output may stop at any time: `--help | head -1`. */
export function endQuietlyWhenUnread(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Prints a result: as JSON, or as text for people. */
export function print<T>(json: boolean | undefined, result: T, text: (safe: T) => string): void {
  process.stdout.write(`${printed(json, result, text)}\n`);
}

/** What `print` prints. `text` gets a copy of the result that nothing from outside can act on a terminal with. */
export function printed<T>(json: boolean | undefined, result: T, text: (safe: T) => string): string {
  return json ? shownJson(result, 2) : text(shown(result));
}

/** Tells the person at the terminal something that is not the result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function endWith(name: ExitName): void {
  process.exitCode = EXIT_CODES[name].code;
}

function report(error: unknown): ExitName {
  const { name, message } = error as Error;
  // Commander has told the person already; help is no failure.
  const isUsage = error instanceof CommanderError;
  const exit = isUsage ? (error.exitCode === 0 ? 'ok' : 'invalid') : exitOf(error);
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

const EXPECTED: readonly (readonly [new (...args: never[]) => Error, ExitName])[] = [
  [InvalidInput, 'invalid'],
  [ConfigurationError, 'invalid'],
  [TemporalSettingsError, 'invalid'],
  [SigningKeyError, 'invalid'],
  [SignersFileError, 'invalid'],
  [NamespaceNotFoundError, 'invalid'],
  [DocumentStoreError, 'invalid'],
  [DocumentUnavailable, 'notFound'],
  [SearchAttributesMissing, 'invalid'],
  [NotShared, 'invalid'],
  [StoreOfOthers, 'invalid'],
  [NamespaceNotOurs, 'refused'],
  [ApplicationConflict, 'refused'],
  [CaseNotFound, 'notFound'],
  [NoAnswer, 'noAnswer'],
  [WaitTimedOut, 'noAnswer'],
  [TemporalUnreachable, 'noAnswer'],
];

function exitOf(error: unknown): ExitName {
  return EXPECTED.find(([type]) => error instanceof type)?.[1] ?? 'failure';
}
