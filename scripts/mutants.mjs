// npm run mutants -- [parts of names…]: breaks our own code on purpose, one small patch at a time in a copy of the project, and sees the named test fail.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, root, say } from './project.mjs';

/**
 * A fault that a test has to see.
 * @typedef {object} Mutant
 * @property {string} name what is wrong, in words
 * @property {string} file the file that is patched
 * @property {string} from text in it, found once
 * @property {string} to what stands there instead
 * @property {string} in the test file
 * @property {string} test the name of the test that must fail
 * @property {Record<string, string>} [env] variables of the test's run with the mutant
 */

const COPIED = [
  'src',
  'sandbox',
  'dev',
  'bench',
  'test',
  'examples',
  'docs',
  'deploy',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const LINKED = ['node_modules'];
/** Folders of .cache with what is built from sources: the copy has sources of its own. */
const BUILT = ['programs', 'tests', 'workflow-bundles'];

const wanted = process.argv.slice(2);
const mutants = (await lists()).filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
if (mutants.length === 0) fail('no mutant of that name');

const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
for (const path of COPIED) cpSync(join(root, path), join(copy, path), { recursive: true });
mkdirSync(join(copy, '.cache'));
const downloads = readdirSync(join(root, '.cache')).filter((name) => !BUILT.includes(name));
for (const path of [...LINKED, ...downloads.map((name) => join('.cache', name))])
  symlinkSync(join(root, path), join(copy, path));

const survivors = [];
const green = new Set();
for (const mutant of mutants) {
  const verdict = judge(mutant);
  if (verdict !== 'killed') survivors.push(mutant);
  say(`${verdict === 'killed' ? '✔ killed' : `✖ ${verdict}`}: ${mutant.name} (${mutant.test})`);
}
say(`${mutants.length - survivors.length} of ${mutants.length} mutants killed`);
process.exit(survivors.length === 0 ? 0 : 1);

/** All lists in test/mutants/. */
async function lists() {
  const folder = join(root, 'test', 'mutants');
  const files = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  return (await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)))).flatMap(
    (module) => module.default,
  );
}

/** What becomes of a mutant. */
function judge(mutant) {
  const path = join(copy, mutant.file);
  const sound = readFileSync(path, 'utf8');
  if (sound.split(mutant.from).length !== 2) return 'does not apply: its text is not there once';
  const key = `${mutant.in} ${mutant.test}`;
  if (!green.has(key) && run(mutant) !== 'passed') return 'its test fails without it';
  green.add(key);
  writeFileSync(
    path,
    sound.replace(mutant.from, () => mutant.to),
  );
  try {
    const result = run(mutant, mutant.env);
    return { passed: 'survived', failed: 'killed', broken: 'is no code that runs' }[result];
  } finally {
    writeFileSync(path, sound);
  }
}

/** Runs the mutant's test alone. */
function run(mutant, env = {}) {
  const pattern = `^${mutant.test.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import=tsx', '--test', '--test-reporter=tap', `--test-name-pattern=${pattern}`, mutant.in],
    { cwd: copy, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 400_000 },
  );
  const ended = (verdict) =>
    new RegExp(`^\\s*${verdict} \\d+ - (?!.*# SKIP)${escaped(mutant.test)}$`, 'm').test(stdout);
  if (ended('not ok')) return 'failed';
  if (status === 0 && ended('ok')) return 'passed';
  if (process.env.DEBUG) say(stdout + stderr);
  return 'broken';
}

/** A test's name as TAP prints it, in a regular expression. */
function escaped(name) {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/#/g, '\\\\#');
}
