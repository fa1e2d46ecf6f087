import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildOptions } from './child-process.js';

/** The programs of this project. */
const PROGRAMS = {
  worker: 'src/worker',
  gateway: 'src/gateway',
  starter: 'src/starter',
  operator: 'src/operator',
  'codec-server': 'src/codec-server',
  config: 'src/config',
  sandbox: 'sandbox/main',
  demo: 'dev/demo',
};

export type Entry = keyof typeof PROGRAMS;

/**
 * Starts one of this project's programs as a child process.
 * @throws Error with the last lines of its output, if it ends before it is ready or is not ready within 60 s.
 */
export async function startEntry(entry: Entry, options: ChildOptions & { args?: string[] } = {}): Promise<Child> {
  const { args = [], ...childOptions } = options;
  return startModule(new URL(`../../${PROGRAMS[entry]}.ts`, import.meta.url), args, childOptions);
}

/** Starts a TypeScript module of this project as {@link startEntry} does. */
export async function startModule(module: URL, args: string[], childOptions: ChildOptions): Promise<Child> {
  const loader = ['--import', import.meta.resolve('tsx')];
  return startChild(process.execPath, [...loader, fileURLToPath(module), ...args], childOptions);
}
