import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const READY_MS = 60_000;
const STOP_MS = 15_000;
const OUTPUT_CHARS = 4_000_000;
const TAIL_LINES = 15;

type PipedChild = ChildProcessByStdio<null, Readable, Readable>;

/** How a child is started and listened to. */
export interface ChildOptions {
  /** Variables on top of this process's own; `undefined` takes one away. */
  env?: Record<string, string | undefined>;
  /** The line of standard output that says the child can be used; without it a child is ready once it runs. */
  ready?: RegExp;
  /** Everything the child prints is appended to this file. */
  logFile?: string;
  /** Gets each line the child prints, on either stream. */
  onLine?: (line: string) => void;
}

/** How a child ended: with an exit code, or by a signal. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running child process. It does not outlive this process, whatever ends that: not even a SIGKILL leaves it behind. */
export interface Child {
  pid: number;
  /** What `ready` matched. */
  firstMatch: RegExpMatchArray | undefined;
  /** Settles when the child is gone and all its output has been read. */
  exited: Promise<ChildExit>;
  /** What the child printed so far, both streams; of very much, the last 4,000,000 characters. */
  output: () => string;
  /** Asks the child to end (SIGTERM) and waits for it; one still there after 15 s is killed. */
  stop: () => Promise<void>;
  /** Kills the child with all that it started in its process group (SIGKILL), and waits until it is gone. */
  kill: () => Promise<void>;
}

/**
 * Starts a command in a process group of its own, so that a Ctrl-C meant for this process does not reach it.
 * @throws Error with the last lines of its output, if it cannot be started, ends before it is ready, or is not ready within 60 s.
 */
export async function startChild(command: string, args: string[], options: ChildOptions = {}): Promise<Child> {
  const spawned = spawn(command, args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (spawned.pid !== undefined) dieTogether(spawned, spawned.pid);
  const exited = new Promise<ChildExit>((resolve) => {
    spawned.once('close', (code, signal) => resolve({ code, signal }));
  });
  const output = collectOutput(spawned, options.logFile);
  const firstMatch = readLines(spawned, options);
  await once(spawned, 'spawn');

  const pid = spawned.pid as number;
  const kill = async (): Promise<void> => {
    if (spawned.exitCode === null && spawned.signalCode === null) signalGroup(pid); // the id may be another's by now
    await exited;
  };
  const stop = async (): Promise<void> => {
    spawned.kill('SIGTERM');
    const timer = setTimeout(() => signalGroup(pid), STOP_MS);
    await exited;
    clearTimeout(timer);
  };

  let late = false;
  const timer = setTimeout(() => {
    late = true;
    signalGroup(pid);
  }, READY_MS);
  const first = await Promise.race([firstMatch, exited]);
  clearTimeout(timer);
  if (first !== undefined && !Array.isArray(first)) {
    const fate = late
      ? `was not ready within ${READY_MS / 1000} s`
      : `ended before it was ready, ${describeExit(first)}`;
    throw new Error(`${basename(command)} ${args.join(' ')} ${fate}\n${lastLines(output())}`);
  }
  return { pid, firstMatch: first, exited, output, stop, kill };
}

/** The end of a child's output, as much as a reader of an error message wants to see. */
export function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function describeExit({ code, signal }: ChildExit): string {
  return signal ?? `exit code ${code}`;
}

function collectOutput(child: PipedChild, logFile: string | undefined): () => string {
  if (logFile !== undefined) mkdirSync(dirname(logFile), { recursive: true });
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
  let collected = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      collected = (collected + text).slice(-OUTPUT_CHARS);
      log?.write(text);
    });
  }
  child.once('close', () => log?.end());
  return () => collected;
}

/** Hands on the lines as they come, and settles with the first match of `ready`: at once if there is nothing to wait for. */
function readLines(child: PipedChild, { ready, onLine }: ChildOptions): Promise<RegExpMatchArray | undefined> {
  return new Promise((resolve) => {
    if (ready === undefined) resolve(undefined);
    createInterface(child.stdout).on('line', (line) => {
      const match = ready && line.match(ready);
      if (match) resolve(match);
      onLine?.(line);
    });
    createInterface(child.stderr).on('line', (line) => onLine?.(line));
  });
}

/**
 * Leaves a watcher beside the child that kills its process group when this process ends. The watcher waits for the end of a pipe
 * that only this process holds open, which the kernel closes however this process ends.
 */
function dieTogether(child: PipedChild, pid: number): void {
  const watcher = spawn('/bin/sh', ['-c', 'read _; kill -s KILL -- "-$1"', 'watcher', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  (watcher.stdin as Socket).unref();
  child.once('exit', () => {
    watcher.kill('SIGKILL');
    signalGroup(pid);
  });
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
