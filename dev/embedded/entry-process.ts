import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildOptions } from './child-process.js';

/** The programs of this project. */
const PROGRAMS = {
  worker: 'src/worker.ts',
  gateway: 'src/gateway.ts',
  starter: 'src/starter.ts',
  operator: 'src/operator.ts',
  'codec-server': 'src/codec-server.ts',
  config: 'src/config.ts',
  sandbox: 'sandbox/main.ts',
  demo: 'dev/demo.ts',
};

const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

export type Entry = keyof typeof PROGRAMS;

/**
 * Starts one of this project's programs as a child process.
 * @throws Error with the last lines of its output, if it ends before it is ready or is not ready within 60 s.
 */
export async function startEntry(entry: Entry, options: ChildOptions & { args?: string[] } = {}): Promise<Child> {
  const { args = [], ...childOptions } = options;
  return startChild(process.execPath, [RUN, PROGRAMS[entry], ...args], childOptions);
}

/** Starts a TypeScript module of this project as {@link startEntry} does. */
export async function startModule(module: URL, args: string[], childOptions: ChildOptions): Promise<Child> {
  const loader = ['--import', import.meta.resolve('tsx')];
  return startChild(process.execPath, [...loader, fileURLToPath(module), ...args], childOptions);
}
