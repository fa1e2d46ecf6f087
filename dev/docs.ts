import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { httpReference } from './docs/http-reference.js';
import { statesPage } from './docs/states.js';

const page = (name: string): string => fileURLToPath(new URL(`../docs/reference/${name}.md`, import.meta.url));

await writeFile(page('states'), statesPage());
await writeFile(page('http-reference'), httpReference());
