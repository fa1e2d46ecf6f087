import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';

const KEY = '[A-Z]\\d{1,2}';

/** What code and pages cite of docs/reference/finhub.md: sections, endpoints, and keys of FinHub's pages. */
function citationsIn(text: string): string[] {
  const after = [...text.matchAll(new RegExp(`facts ((?:(?:, | and |,)?(?:§[\\d.]*\\d|${KEY}))+)`, 'g'))];
  const inBrackets = [...text.matchAll(new RegExp(`\\((${KEY}(?:, ${KEY})*)[):,]`, 'g'))];
  const sources = [...text.matchAll(/sources: \[([^\]]*)\]/g)];
  return [...after, ...inBrackets, ...sources].flatMap(
    ([, cited]) => cited!.match(new RegExp(`§[\\d.]*\\d|\\b${KEY}\\b`, 'g')) ?? [],
  );
}

/** Everything that can be cited. */
function citable(page: string): Set<string> {
  const headings = [...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading]) => heading!);
  const sections = headings.flatMap((heading) => /^([\d.]*\d)\.? /.exec(heading)?.[1] ?? []);
  const disagreements = /^## 15\..*?(?=^## )/ms
    .exec(page)![0]
    .match(/^\d+(?=\. )/gm)!
    .map((item) => `15.${item}`);
  const endpoints = headings.flatMap((heading) => heading.match(new RegExp(`\\b${KEY}\\b`, 'g')) ?? []);
  const older = page.match(/^\| G\d\d.*$/gm)!.flatMap((row) => row.match(/\bG\d\d\b/g)!);
  const ranges = [...page.matchAll(/`([A-Z])(\d+)` to `\1(\d+)`/g)].flatMap(([, letter, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => `${letter}${Number(from) + index}`),
  );
  const keys = page.match(/^\| `.*$/gm)!.flatMap((row) => [...row.matchAll(/`([A-Z]\d+)`/g)].map(([, key]) => key!));
  return new Set([
    ...[...sections, ...disagreements].map((one) => `§${one}`),
    ...endpoints,
    ...older,
    ...ranges,
    ...keys,
  ]);
}

/** What is cited and cannot be found, with the file that cites it. */
async function unresolved(page: string, ...folders: string[]): Promise<{ lost: string[]; cited: Set<string> }> {
  const known = citable(page);
  const lost = new Set<string>();
  const cited = new Set<string>();
  for (const folder of folders) {
    for (const name of await readdir(join(PROJECT_FOLDER, folder), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      for (const one of citationsIn(await readFile(join(PROJECT_FOLDER, folder, name), 'utf8'))) {
        cited.add(one);
        if (!known.has(one)) lost.add(`${folder}/${name}: ${one}`);
      }
    }
  }
  return { lost: [...lost], cited };
}

test("what comments and the catalogue cite of FinHub's documents is in docs/reference/finhub.md", async () => {
  const page = await readFile(join(PROJECT_FOLDER, 'docs/reference/finhub.md'), 'utf8');
  const { lost, cited } = await unresolved(page, 'src', 'sandbox', 'dev', 'bench');
  assert.deepEqual(lost, []);
  for (const one of ['§7.4', '§15.7', 'I14', 'V03', 'T17', 'S0']) assert.ok(cited.has(one), one);
});

test('a citation of what the page does not have is found', async () => {
  const page = await readFile(join(PROJECT_FOLDER, 'docs/reference/finhub.md'), 'utf8');
  const known = citable(page);
  const planted = citationsIn("/** facts §7.9, I99; and (T18). */ sources: ['S0', 'R40']");
  assert.deepEqual(planted, ['§7.9', 'I99', 'T18', 'S0', 'R40']);
  assert.deepEqual(
    planted.filter((one) => known.has(one)),
    ['S0'],
  );
});
