import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildOptions } from './child-process.js';

/** The programs of this project: `src/NAME.ts`. */
export type Entry = 'worker' | 'gateway' | 'starter' | 'operator' | 'sandbox' | 'codec-server' | 'config' | 'demo';

const inTypeScript = import.meta.url.endsWith('.ts');

/**
 * Starts one of this project's programs as a child process, in the form this process itself has: TypeScript sources, or what
 * `npm run build` made of them.
 * @throws Error with the last lines of its output, if it ends before it is ready or is not ready within 60 s.
 */
export async function startEntry(entry: Entry, options: ChildOptions & { args?: string[] } = {}): Promise<Child> {
  const { args = [], ...childOptions } = options;
  return startModule(new URL(`../${entry}`, import.meta.url), args, childOptions);
}

/** Starts a module of this project, named without its extension, as {@link startEntry} does. */
export async function startModule(module: URL, args: string[], childOptions: ChildOptions): Promise<Child> {
  const program = fileURLToPath(`${module.href}.${inTypeScript ? 'ts' : 'js'}`);
  const loader = inTypeScript ? ['--import', import.meta.resolve('tsx')] : [];
  return startChild(process.execPath, [...loader, program, ...args], childOptions);
}
