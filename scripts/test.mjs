// npm test -- [--long] [--at MOMENT] [--test-name-pattern PATTERN] [files or parts of their paths…]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, root } from './project.mjs';
import { temporalBinary } from './temporal-binary.mjs';

/** Tests wait for time to pass, and so leave a core idle, more often than not. */
const FILES_AT_ONCE = availableParallelism() + 1;

/**
 * Run by themselves, after the others: they let days pass again and again, and beside others Temporal's time-skipping server has left a task with
 * nobody, after which time no longer skips.
 */
const ALONE = ['test/transfers.test.ts'];

/** Of any one test, after which it counts as one that hangs. */
const HANGS_AFTER_MS = 1_200_000;

const { long, at, patterns, parts } = commandLine();
const files = testFiles();
if (files.length === 0) fail(`no test file matches ${parts.join(', ') || 'test/**/*.test.ts'}`);

await temporalBinary('temporal');
await temporalBinary('temporal-test-server');

let runner;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner?.kill(signal));
const codes = [];
for (const group of [files.filter((file) => !ALONE.includes(file)), files.filter((file) => ALONE.includes(file))])
  if (group.length > 0) codes.push(await run(group));
process.exit(Math.max(...codes));

/** Runs test files, several at once; the exit code of the runner. */
function run(group) {
  runner = spawn(
    process.execPath,
    [
      '--import=tsx',
      // For processes of the tests only; Temporal's test server follows, other servers do not.
      '--import=./test/helpers/set-clock.mjs',
      '--test',
      `--test-concurrency=${FILES_AT_ONCE}`,
      `--test-timeout=${HANGS_AFTER_MS}`,
      '--test-reporter=spec',
      ...patterns.map((pattern) => `--test-name-pattern=${pattern}`),
      ...group,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...(at && { TEST_CLOCK: at }) } },
  );
  return new Promise((resolve) => {
    runner.on('exit', (code, signal) => {
      if (signal !== null) process.exit(128 + constants.signals[signal]);
      resolve(code);
    });
  });
}

function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        long: { type: 'boolean', default: false },
        at: { type: 'string' },
        'test-name-pattern': { type: 'string', multiple: true, default: [] },
      },
    });
    return { long: values.long, at: values.at, patterns: values['test-name-pattern'], parts: positionals };
  } catch (error) {
    return fail(error.message);
  }
}

/** Node 20's runner expands no globs. A long test runs when asked for, by --long or by its own name. */
function testFiles() {
  const withLong = long || parts.some((part) => part.endsWith('.long.ts'));
  return readdirSync(join(root, 'test'), { recursive: true })
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') || (withLong && path.endsWith('.long.ts')))
    .filter(
      (path) => parts.length === 0 || parts.some((part) => path.includes(part) || resolve(part) === join(root, path)),
    )
    .sort();
}
