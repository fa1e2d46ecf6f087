import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { brokenLinks } from './helpers/links.js';

const SKIPPED = new Set(['node_modules', '.git', '.cache', '.data', 'lib', 'histories']);
const READ = /\.(md|ts|mjs|js|json|yml|yaml|example|sh)$|^Dockerfile$/;

/** Every file of the project; the text of those that people write. */
async function projectFiles(folder = PROJECT_FOLDER): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory()) for (const [name, text] of await projectFiles(path)) files.set(name, text);
    else if (entry.isFile())
      files.set(relative(PROJECT_FOLDER, path), READ.test(entry.name) ? await readFile(path, 'utf8') : '');
  }
  return files;
}

test('every relative link, and every path under docs/ that a file names, leads to a file and a heading', async () => {
  const files = await projectFiles();
  assert.ok(files.size > 500 && files.has('README.md'));
  for (const name of ['test/links.test.ts', 'test/helpers/links.ts']) files.set(name, '');
  assert.deepEqual(brokenLinks(files), []);
});

test('a link that leads nowhere is found', () => {
  const files = new Map([
    [
      'README.md',
      'See [a](docs/a.md#two-words), [itself](#top), [gone](docs/gone.md), [no heading](docs/a.md#three).\n# Top',
    ],
    [
      'docs/a.md',
      '# Two `words`\n\n```md\n# three\n[not a link](nowhere.md)\n```\n`[nor](this.md)` [up](../src/a.ts) [out](https://a.example)',
    ],
    ['src/a.ts', '// docs/a.md#two-words has it, docs/b.md has not.'],
  ]);
  assert.deepEqual(brokenLinks(files), [
    'README.md: docs/gone.md',
    'README.md: docs/a.md#three',
    'src/a.ts: docs/b.md',
  ]);
});
