// node scripts/run.mjs ENTRY [args…]: runs a program of ours in this very process, so that signals reach it; in production, what `npm run build` made of it.
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { programOfSources, PROGRAMS } from './programs.mjs';
import { fail, root } from './project.mjs';
import { importTypeScript } from './typescript.mjs';

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) fail('usage: node scripts/run.mjs ENTRY [args…]');

const name = basename(entry, '.ts');
const ships = entry.startsWith('src/');
if (ships && process.env.NODE_ENV === 'production') {
  const file = resolve(root, 'lib', `${name}.js`);
  if (!existsSync(file)) fail(`NODE_ENV is production and lib/ holds no ${name}.js: run \`npm run build\` first`);
  await run(file);
} else if (ships && PROGRAMS.includes(name)) {
  await ensureDependencies();
  await run(await programOfSources(name));
} else await run(resolve(root, entry), importTypeScript);

async function run(file, load = (path) => import(pathToFileURL(path).href)) {
  process.argv = [process.execPath, file, ...args];
  await load(file);
}
