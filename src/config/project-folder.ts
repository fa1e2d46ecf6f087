import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MANIFEST = 'package.json';

/** The project's folder, found from the sources, the built library, or bundled programs. */
export const PROJECT_FOLDER = folderAbove(dirname(fileURLToPath(import.meta.url)));

/** The project's version in its package.json. */
export const { version: VERSION } = createRequire(import.meta.url)(join(PROJECT_FOLDER, MANIFEST)) as {
  version: string;
};

function folderAbove(folder: string): string {
  if (existsSync(join(folder, MANIFEST))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no ${MANIFEST} above ${fileURLToPath(import.meta.url)}`);
  return folderAbove(parent);
}
