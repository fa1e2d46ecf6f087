import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readJson } from '../src/cli/input.js';
import { InvalidInput } from '../src/client/index.js';

describe('a JSON file', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'input-test-'))));
  after(() => rm(folder, { recursive: true }));

  async function read(content: Buffer | string) {
    const file = join(folder, 'input.json');
    await writeFile(file, content);
    return readJson(file);
  }

  test('may begin with the byte order mark of UTF-8', async () => {
    assert.deepEqual((await read('\ufeff{"name":"Žmogus"}')).content, { name: 'Žmogus' });
    assert.equal((await read('{}')).folder, folder);
  });

  const REFUSED: Record<string, [content: Buffer | string, why: RegExp]> = {
    'in UTF-16, little end first': [Buffer.from('\ufeff{"a":"ž"}', 'utf16le'), /^is UTF-16; save it as UTF-8$/],
    'in UTF-16, big end first': [Buffer.from('\ufeff{"a":"ž"}', 'utf16le').swap16(), /^is UTF-16; save it as UTF-8$/],
    'in Latin-1': [Buffer.from('{"name":"Müller"}', 'latin1'), /^is not UTF-8; save it as UTF-8$/],
    'that is empty': ['\n', /^is empty; JSON is expected$/],
    'with a comma before a closing bracket': [
      '{\n  "secret": 1,\n}',
      /^JSON is expected; it breaks off at line 3, column 1: a comma stands before a closing bracket$/,
    ],
    'that was cut off': ['{"secret": "Ona', /^JSON is expected; it breaks off at line 1, column 16$/],
  };
  for (const [what, [content, why]] of Object.entries(REFUSED)) {
    test(`${what} is refused with the cause and the place, and without what stands there`, async () => {
      const error: unknown = await read(content).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof InvalidInput);
      const [fault] = error.faults;
      assert.equal(fault?.path, join(folder, 'input.json'));
      assert.match(fault.message, why);
      assert.doesNotMatch(error.message, /secret|Ona/);
    });
  }
});
