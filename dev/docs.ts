import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PAGES } from './docs/pages.js';

for (const [name, made] of Object.entries(PAGES)) {
  const path = fileURLToPath(new URL(`../docs/reference/${name}.md`, import.meta.url));
  await writeFile(path, made(await readFile(path, 'utf8').catch(() => '')));
}
