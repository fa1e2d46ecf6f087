// Runs before node_modules exists, and on versions of Node that are too old: Node's own modules only.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, root, say } from './project.mjs';

const OLDEST_NODE = [20, 19];
const INSTALLED = join('node_modules', '.package-lock.json');
const LOCK = join(root, '.cache', 'npm-ci.lock');
const LOCK_REFRESH_MS = 1_000;
const LOCK_STALE_MS = 5_000;
const PROGRESS_MS = 10_000;

/** Installs the npm dependencies of package-lock.json unless node_modules holds exactly those already. */
export async function ensureDependencies() {
  requireNode();
  if (installed()) return;
  await exclusively(async () => {
    if (!installed()) await install();
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `Node.js ${OLDEST_NODE.join('.')} or newer is needed and this is ${process.versions.node}: see https://nodejs.org`,
  );
}

/** Asks npm's own list of what it installed, which it writes last. */
function installed() {
  const wanted = packages('package-lock.json');
  const present = packages(INSTALLED);
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    return path === '' || (found ? found.version === version && found.integrity === integrity : optional);
  });
}

function packages(lockfile) {
  try {
    return JSON.parse(readFileSync(join(root, lockfile), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

async function install() {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say('installing the npm dependencies (npm ci)…');
  rmSync(join(root, INSTALLED), { force: true }); // so that an install cut short never counts as one
  const npm = npmCommand();
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(npm[0], [...npm.slice(1), ...options], {
    cwd: root,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  const progress = setInterval(() => say(`  still installing, ${seconds()}`), PROGRESS_MS);
  const interrupted = (signal) => {
    child.kill('SIGKILL'); // npm ci takes no notice of SIGTERM
    process.exit(128 + constants.signals[signal]);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const outcome = await new Promise((resolve) => child.once('error', resolve).once('exit', (code) => resolve(code)));
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  clearInterval(progress);
  if (outcome !== 0) {
    fail(
      `npm ci failed (${outcome?.message ?? `exit code ${outcome}`}), see above: is npm installed, and its registry in reach?`,
    );
  }
  say(`installed the npm dependencies in ${seconds()}`);
}

/** The npm that runs us, if it is npm that does. */
function npmCommand() {
  const runner = process.env.npm_execpath;
  return runner && basename(runner) === 'npm-cli.js' ? [process.execPath, runner] : ['npm'];
}

/** Keeps other processes out while `work` runs. The holder refreshes its lock, so one that is not fresh has lost its holder. */
async function exclusively(work) {
  const token = `${process.pid} ${Date.now()}`;
  await takeLock(token);
  const release = () => rmSync(LOCK, { force: true });
  const refresh = setInterval(() => utimes(LOCK, new Date(), new Date(), () => {}), LOCK_REFRESH_MS);
  process.once('exit', release);
  try {
    await work();
  } finally {
    clearInterval(refresh);
    process.off('exit', release);
    release();
  }
}

async function takeLock(token) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(LOCK, token, { flag: 'wx' });
      // Somebody who found the stale lock when we did may be removing ours in its place; that shows at once.
      await sleep(100);
      if (readLock()?.token === token) return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (attempt === 0) say('waiting for another command that installs the npm dependencies…');
      if (Date.now() - (readLock()?.refreshedAt ?? Infinity) > LOCK_STALE_MS) rmSync(LOCK, { force: true });
      else await sleep(500);
    }
  }
}

function readLock() {
  try {
    return { token: readFileSync(LOCK, 'utf8'), refreshedAt: statSync(LOCK).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
