import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What of a mutant of scripts/mutants.mjs is looked at here. */
type Mutant = Record<'name' | 'file' | 'from' | 'in', string>;

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Running them takes long; that they still fit the code is seen at once.
describe('the mutants', () => {
  for (const list of readdirSync(fileOf('mutants/'))) {
    test(`of ${list} fit the code, and name test files that there are`, async () => {
      const { default: mutants } = (await import(fileOf(`mutants/${list}`))) as { default: Mutant[] };
      const misfits = mutants.flatMap(({ name, file, from, in: testFile }) => {
        const found = readFileSync(fileOf(`../${file}`), 'utf8').split(from).length - 1;
        return [
          ...(found === 1 ? [] : [`${name}: its text is found ${found} times in ${file}`]),
          ...(existsSync(fileOf(`../${testFile}`)) ? [] : [`${name}: there is no ${testFile}`]),
        ];
      });
      assert.deepEqual(misfits, []);
    });
  }
});
