// Tests as bundles: a test file loads some 400 modules of ours, which took half a second of each process, and a loader that translates them as long again.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, inItsPlace, LOADED_BY_PATH } from './bundle.mjs';
import { forgetOld } from './old-files.mjs';
import { root } from './project.mjs';

const CACHE = join(root, '.cache', 'tests');
const PRELOAD = 'test/helpers/preload.ts';

/**
 * Bundles test files of the project, given by their paths in it, into a folder of its own.
 * @returns the bundles, a module that processes of tests import first, and what removes the folder
 */
export async function bundleTests(files) {
  await mkdir(CACHE, { recursive: true });
  await forgetOld(CACHE);
  const folder = await mkdtemp(join(CACHE, 'run-'));
  await build(folder, [...files, PRELOAD, LOADED_BY_PATH], {
    packages: 'external',
    splitting: true,
    plugins: [inItsPlace(/[\\/](src|sandbox|dev|bench|test)[\\/].*\.ts$/)],
  });
  const bundleOf = (path) => join(folder, `${basename(path, '.ts')}.js`);
  return {
    files: files.map(bundleOf),
    preload: bundleOf(PRELOAD),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
