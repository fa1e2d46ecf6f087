import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { makeBundle, sourceBundle } from './make-bundle.js';

const EXTENSION = extname(import.meta.url);

/** The module that exports our workflows: TypeScript, or its built form. */
export const WORKFLOWS_PATH = fileURLToPath(new URL(`../workflows/index${EXTENSION}`, import.meta.url));

/** Where `npm run build` puts the bundle; there is none beside the sources. */
export const BUNDLE_PATH = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/**
 * The workflows that a worker runs: the bundle of the build or of the sources. If a build has no bundle, the worker builds one at start.
 */
export async function workflowCode(): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  if (existsSync(BUNDLE_PATH)) return { workflowBundle: { codePath: BUNDLE_PATH } };
  if (EXTENSION === '.ts') return { workflowBundle: await sourceBundle(WORKFLOWS_PATH) };
  return { workflowBundle: { code: await makeBundle(WORKFLOWS_PATH) } };
}
