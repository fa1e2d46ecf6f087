import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TRIAL_DEFAULTS } from '../src/config/check.js';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { startStack } from '../dev/embedded/stack.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

const BUILT = join(PROJECT_FOLDER, 'lib');

/** The least that a program does which speaks to Temporal. */
const BARE = `
import { Connection } from '@temporalio/client';
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
await connection.close();
`;

/** Milliseconds from the start of a command's process to its end. */
export interface CommandLinesBench {
  bare: Spread;
  status: Spread;
  queue: Spread;
  /** Through bare, in each round. */
  ratio: { status: Spread; queue: Spread };
}

/**
 * Runs `starter status` and `operator queue`, as built, in turn with a bare program that opens a connection to Temporal and closes it.
 * @throws Error where nothing is built
 */
export async function measureCommandLines(rounds: number): Promise<CommandLinesBench> {
  if (!existsSync(join(BUILT, 'starter.js'))) throw new Error('run `npm run build` first: there is nothing to start');
  const stack = await startStack();
  try {
    const env = {
      ...process.env,
      ...stack.environment,
      SIGNERS_FILE: TRIAL_DEFAULTS.signersFile,
      ONBOARDING_KEYS_FILE: TRIAL_DEFAULTS.keysFile,
    };
    const run = async (...args: string[]): Promise<{ ms: number; stdout: string }> => {
      const startedAt = performance.now();
      const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: PROJECT_FOLDER });
      return { ms: performance.now() - startedAt, stdout };
    };
    const starter = join(BUILT, 'starter.js');
    const example = join(PROJECT_FOLDER, 'examples/individual.json');
    const started = await run(starter, 'individual', example, '--ids-within', '60', '--json');
    const { workflowId } = JSON.parse(started.stdout) as { workflowId: string };

    const measured = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push({
        bare: (await run('--input-type=module', '--eval', BARE)).ms,
        status: (await run(starter, 'status', workflowId)).ms,
        queue: (await run(join(BUILT, 'operator.js'), 'queue')).ms,
      });
    }
    return {
      bare: spreadOf(measured.map(({ bare }) => bare)),
      status: spreadOf(measured.map(({ status }) => status)),
      queue: spreadOf(measured.map(({ queue }) => queue)),
      ratio: {
        status: spreadOf(measured.map(({ bare, status }) => status / bare)),
        queue: spreadOf(measured.map(({ bare, queue }) => queue / bare)),
      },
    };
  } finally {
    await stack.stop();
  }
}

/** What `npm run bench -- command-lines` prints. */
export function commandLinesText({ bare, status, queue, ratio }: CommandLinesBench): string {
  return [
    `starter status / bare: ${spreadText(ratio.status)}`,
    `operator queue / bare: ${spreadText(ratio.queue)}`,
    `bare            ${spreadText(bare, 0)} ms`,
    `starter status  ${spreadText(status, 0)} ms`,
    `operator queue  ${spreadText(queue, 0)} ms`,
  ].join('\n');
}
