// Part of `npm run build`: the command lines, each one file, in the place of what the compiler made of them.
import { join } from 'node:path';
import { buildCommands } from './programs.mjs';
import { root } from './project.mjs';

await buildCommands(join(root, 'lib'));
