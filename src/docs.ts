import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { statesPage } from './docs/states.js';

await writeFile(fileURLToPath(new URL('../docs/states.md', import.meta.url)), statesPage());
