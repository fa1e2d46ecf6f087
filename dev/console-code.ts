import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { codeFile, madeOfSources } from './console-code/made.js';

const { write } = new Command('console.code')
  .description("Compiles what the console's pages run in browsers.")
  .option('--write', 'puts it into src/console/browser-code.ts, which the gateway serves')
  .parse()
  .opts<{ write?: true }>();

const text = await madeOfSources();
if (write) await writeFile(codeFile, text);
else process.stdout.write(text);
