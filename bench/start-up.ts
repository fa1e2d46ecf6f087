import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TRIAL_DEFAULTS } from '../src/config/check.js';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { startChild } from '../dev/embedded/child-process.js';
import { startStack } from '../dev/embedded/stack.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

const BUILT = join(PROJECT_FOLDER, 'lib');
const BUNDLE = 'workflow-bundle.js';

/** Milliseconds from the start of a worker's process until it polls. */
export interface StartUpBench {
  /** What `npm run build` made. */
  bundled: Spread;
  /** The same without the workflow bundle, which the worker then makes itself. */
  unbundled: Spread;
  /** TypeScript, as a developer runs it. */
  sources: Spread;
  /** Bundled through unbundled, in each round. */
  ratio: Spread;
}

/**
 * Starts workers in turn: built with the workflow bundle, built without it, and from the sources.
 * @throws Error where nothing is built
 */
export async function measureStartUp(rounds: number): Promise<StartUpBench> {
  if (!existsSync(join(BUILT, BUNDLE))) throw new Error('run `npm run build` first: there is no bundle to start with');
  const cache = join(PROJECT_FOLDER, '.cache');
  await mkdir(cache, { recursive: true });
  // Within the project, so that its dependencies are found.
  const copy = await mkdtemp(join(cache, 'unbundled-'));
  const stack = await startStack();
  try {
    await cp(BUILT, join(copy, 'lib'), { recursive: true, filter: (path) => !path.endsWith(BUNDLE) });
    const env = {
      ...stack.environment,
      SIGNERS_FILE: TRIAL_DEFAULTS.signersFile,
      ONBOARDING_KEYS_FILE: TRIAL_DEFAULTS.keysFile,
    };
    const readyMs = async (...args: string[]): Promise<number> => {
      const startedAt = performance.now();
      const worker = await startChild(process.execPath, args, { env, ready: /"msg":"worker ready"/ });
      const ms = performance.now() - startedAt;
      await worker.stop();
      return ms;
    };
    const tsx = import.meta.resolve('tsx');
    const measured = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push({
        bundled: await readyMs(join(BUILT, 'worker.js')),
        unbundled: await readyMs(join(copy, 'lib/worker.js')),
        sources: await readyMs('--import', tsx, join(PROJECT_FOLDER, 'src/worker.ts')),
      });
    }
    return {
      bundled: spreadOf(measured.map(({ bundled }) => bundled)),
      unbundled: spreadOf(measured.map(({ unbundled }) => unbundled)),
      sources: spreadOf(measured.map(({ sources }) => sources)),
      ratio: spreadOf(measured.map(({ bundled, unbundled }) => bundled / unbundled)),
    };
  } finally {
    await stack.stop();
    await rm(copy, { recursive: true, force: true });
  }
}

/** What `npm run bench -- start-up` prints. */
export function startUpText({ bundled, unbundled, sources, ratio }: StartUpBench): string {
  return [
    `with the prebuilt bundle / without: ${spreadText(ratio)}`,
    `built, with the bundle      ${spreadText(bundled, 0)} ms`,
    `built, without the bundle   ${spreadText(unbundled, 0)} ms`,
    `from the sources            ${spreadText(sources, 0)} ms`,
  ].join('\n');
}
