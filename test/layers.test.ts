import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

interface Report {
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

describe('the check of imports', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layers-test-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** What the project's own rules say of these files. */
  async function broken(files: Record<string, string>): Promise<Record<string, string[]>> {
    const trees = ['src', 'sandbox', 'dev', 'bench', 'test'];
    for (const tree of trees) {
      await rm(join(folder, tree), { recursive: true, force: true });
      await mkdir(join(folder, tree));
    }
    await writeFile(join(folder, 'tsconfig.json'), '{}');
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const args = [CRUISER, '--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json', ...trees];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
      (error: unknown) => error as { stdout: string },
    );
    const rules: Record<string, string[]> = {};
    for (const { from, rule } of (JSON.parse(stdout) as Report).summary.violations)
      (rules[from] ??= []).push(rule.name);
    return rules;
  }

  test('knows every folder, and sees an upward import in each', async () => {
    const entries = await readdir(join(ROOT, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.ok(folders.length > 10);
    // Programs stand above all; nothing imports them.
    const files: Record<string, string> = { 'src/program.ts': 'export const program = 1;' };
    for (const name of folders) files[`src/${name}/planted.ts`] = "export { program } from '../program.js';";
    const found = await broken(files);
    assert.deepEqual(
      folders.filter((name) => !found[`src/${name}/planted.ts`]?.includes(`layer-${name}`)),
      [],
    );
  });

  test('keeps what ships apart from what it is developed with, and the sandbox from both', async () => {
    const found = await broken({
      'src/one.ts': "export * from '../dev/two.js';",
      'src/three.ts': "export * from '../sandbox/four.js';",
      'dev/two.ts': "export * from '../bench/five.js';",
      'sandbox/four.ts': "export * from '../src/six.js';",
      'bench/five.ts': "export * from '../test/seven.js';",
      'src/six.ts': 'export const six = 6;',
      'test/seven.ts': 'export const seven = 7;',
    });
    assert.deepEqual(found, {
      'src/one.ts': ['tree-src'],
      'src/three.ts': ['tree-src'],
      'dev/two.ts': ['tree-dev'],
      'sandbox/four.ts': ['tree-sandbox'],
      'bench/five.ts': ['tree-bench'],
    });
  });

  test('sees circles, be they of types only, and packages that a workflow must not have', async () => {
    const found = await broken({
      'src/client/one.ts': "import type { Two } from './two.js';\nexport interface One { two?: Two }",
      'src/client/two.ts': "import type { One } from './one.js';\nexport interface Two { one?: One }",
      'src/workflows/three.ts': "export * from 'node:crypto';",
      'src/workflows/four.ts': "export type { Five } from '../activities/five.js';",
      'src/activities/five.ts': 'export type Five = 5;',
      'src/lifecycle/six.ts': "export * from 'node:fs';",
      'src/lifecycle/seven.ts': "export * from '../contract/people-schemas.js';",
      'src/lifecycle/eight.ts': "export type * from '../contract/people-schemas.js';",
      'src/contract/people-schemas.ts': 'export const person = 1;',
    });
    assert.deepEqual(found, {
      'src/client/one.ts': ['no-cycle'],
      'src/workflows/three.ts': ['workflow-packages'],
      'src/lifecycle/six.ts': ['contract-packages'],
      'src/lifecycle/seven.ts': ['contract-schemas'],
    });
  });
});
