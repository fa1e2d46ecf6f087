import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { endQuietlyWhenUnread } from '../src/cli/unread.js';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { breakingChanges } from '../src/gateway/breaking.js';
import { openApi } from '../src/gateway/openapi.js';

const FILE = join(PROJECT_FOLDER, 'docs', 'reference', 'openapi.json');

const { write } = new Command('openapi')
  .description("Prints the gateway's contract (OpenAPI 3.1).")
  .option(
    '--write',
    'puts it into docs/reference/openapi.json, unless that would break callers without a new major version',
  )
  .parse()
  .opts<{ write?: true }>();

const document = openApi();
const text = `${JSON.stringify(document, undefined, 2)}\n`;
if (!write) {
  endQuietlyWhenUnread();
  process.stdout.write(text);
} else {
  const earlier: unknown = JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}'));
  const broken = breakingChanges(earlier, document);
  if (broken.length > 0 && major(earlier) === major(document)) {
    process.stderr.write(`callers would trip over this, which takes a new major version:\n  ${broken.join('\n  ')}\n`);
    process.exitCode = 1;
  } else await writeFile(FILE, text);
}

/** Of 0.x, the minor version. */
function major(of: unknown): string {
  const { info } = of as { info?: { version?: string } };
  return /^(0\.\d+|\d+)/.exec(info?.version ?? '')?.[0] ?? '';
}
