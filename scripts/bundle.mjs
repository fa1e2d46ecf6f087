import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './project.mjs';

/** A module that Temporal's SDK finds by its path, beside whatever names it. */
export const LOADED_BY_PATH = 'src/temporal/failure-converter.ts';

/** Makes one file of each entry, a path in the project, with esbuild's options on top of ours. */
export async function build(folder, entries, options) {
  const esbuild = await import('esbuild');
  await esbuild.build({
    entryPoints: entries.map((path) => ({ in: join(root, path), out: basename(path, '.ts') })),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    ...options,
  });
}

/** Names that module, and finds it beside the bundle. */
const NAMES_IT = join(root, 'src', 'temporal', 'data-converter.ts');

/** Lets modules find what lies beside their sources from within a bundle. */
export const inItsPlace = (filter) => ({
  name: 'in-its-place',
  setup({ onLoad }) {
    onLoad({ filter }, async ({ path }) => {
      if (path === NAMES_IT) return undefined;
      const text = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
});
