import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

interface Lock {
  packages: Record<string, { license?: string; dev?: boolean }>;
}

const { licenceFaults } = (await import(new URL('../scripts/licences.mjs', import.meta.url).href)) as {
  licenceFaults: (lock: Lock) => string[];
};

describe('what ships', () => {
  const lock = async (): Promise<Lock> =>
    JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as Lock;

  it('is under licences that somebody has agreed to', async () => {
    assert.deepEqual(licenceFaults(await lock()), []);
  });

  it('fails with a licence that nobody has agreed to, or none', async () => {
    const { packages } = await lock();
    const more = { 'node_modules/a': { license: 'AGPL-3.0' }, 'node_modules/x/node_modules/b': {} };
    assert.deepEqual(licenceFaults({ packages: { ...packages, ...more } }), ['a: AGPL-3.0', 'b: no licence named']);
    const tool = { 'node_modules/tool': { license: 'GPL-3.0', dev: true } };
    assert.deepEqual(licenceFaults({ packages: tool }), [], 'a tool that does not ship');
  });
});
