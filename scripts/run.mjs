// node scripts/run.mjs ENTRY [args…]: runs a program of ours in this very process, so that signals reach it; in production, what `npm run build` made of it.
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, root } from './project.mjs';
import { importTypeScript } from './typescript.mjs';

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) fail('usage: node scripts/run.mjs ENTRY [args…]');

const production = process.env.NODE_ENV === 'production' && entry.startsWith('src/');
const file = resolve(root, production ? `lib/${basename(entry, '.ts')}.js` : entry);
if (production && !existsSync(file))
  fail(`NODE_ENV is production and lib/ holds no ${basename(file)}: run \`npm run build\` first`);

process.argv = [process.execPath, file, ...args];
await (production ? import(pathToFileURL(file).href) : importTypeScript(file));
