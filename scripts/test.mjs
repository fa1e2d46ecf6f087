// npm test -- [--long] [--at MOMENT] [--test-name-pattern PATTERN] [files or parts of their paths…]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './dependencies.mjs';
import { fail, root } from './project.mjs';
import { temporalBinary } from './temporal-binary.mjs';
import { bundleTests } from './test-files.mjs';

/** Tests wait for time to pass, and so leave a core idle, more often than not. */
const FILES_AT_ONCE = availableParallelism() + 1;

/** Of any one test, after which it counts as one that hangs. */
const HANGS_AFTER_MS = 1_200_000;

const { long, at, patterns, parts } = commandLine();
const files = testFiles();
if (files.length === 0) fail(`no test file matches ${parts.join(', ') || 'test/**/*.test.ts'}`);

await ensureDependencies();
await temporalBinary('temporal');
await temporalBinary('temporal-test-server');

const tests = await bundleTests(files);
const runner = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    `--import=${tests.preload}`,
    '--test',
    `--test-concurrency=${FILES_AT_ONCE}`,
    `--test-timeout=${HANGS_AFTER_MS}`,
    '--test-reporter=spec',
    ...patterns.map((pattern) => `--test-name-pattern=${pattern}`),
    ...tests.files,
  ],
  { cwd: root, stdio: 'inherit', detached: true, env: { ...process.env, ...(at && { TEST_CLOCK: at }) } },
);
// The runner does not hand signals on to the processes of the tests.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.kill(-runner.pid, signal));
runner.on('exit', (code, signal) => {
  void tests.remove().finally(() => process.exit(signal === null ? code : 128 + constants.signals[signal]));
});

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
