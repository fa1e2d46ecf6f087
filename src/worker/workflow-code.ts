import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { makeBundle, sourceBundle } from './make-bundle.js';

const EXTENSION = extname(import.meta.url);

/** The module whose exports are our workflows: TypeScript, or what was built of it. */
export const WORKFLOWS_PATH = fileURLToPath(new URL(`../workflows/index${EXTENSION}`, import.meta.url));

/** Where `npm run build` puts the bundle, beside the built library; there is none beside the sources. */
export const BUNDLE_PATH = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/**
 * The workflows that a worker runs: the bundle made at build time, the one of the sources, or where a build left out its bundle one that the
 * worker makes when it starts.
 */
export async function workflowCode(): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  if (existsSync(BUNDLE_PATH)) return { workflowBundle: { codePath: BUNDLE_PATH } };
  if (EXTENSION === '.ts') return { workflowBundle: await sourceBundle(WORKFLOWS_PATH) };
  return { workflowBundle: { code: await makeBundle(WORKFLOWS_PATH) } };
}
