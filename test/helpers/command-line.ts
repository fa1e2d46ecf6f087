import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, without colours wherever the tests themselves run. */
export function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const plain = { ...env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: plain, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`${command} ${args.join(' ')} did not run to its end: ${stderr}`, { cause: error }));
    });
  });
}

/** Runs one of this project's command lines as a person would type it. */
export function runEntry(
  entry: 'starter' | 'operator' | 'setup-namespace' | 'doctor' | 'endpoints' | 'webhooks',
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Ran> {
  const runner = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
  return run(process.execPath, [runner, `src/${entry}.ts`, ...args], env);
}
