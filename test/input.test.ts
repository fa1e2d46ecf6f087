import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readJson } from '../src/cli/input.js';
import { InvalidInput } from '../src/client/index.js';
import { readSecretFiles } from '../src/config/secret-files.js';
import { apiKeys } from '../src/gateway/api-keys.js';
import { policyFile } from '../src/policies/policy-file.js';
import { readSignatures } from '../src/proof/root-signatures.js';
import { readSigningKey, makeSigningKey } from '../src/proof/key-pair.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';

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

  /** What reads a file that people write, and a content that it takes. */
  const FILES: Record<string, [read: (path: string) => Promise<unknown>, content: () => Promise<string> | string]> = {
    'the policy': [policyFile, () => '{"default": {}}'],
    signers: [signersFile, () => '{"version": 1, "signers": []}'],
    "roots' signatures": [readSignatures, () => '[]'],
    'a signing key': [readSigningKey, signingKey],
    'API keys': [apiKeys, () => '{"keys": []}'],
    'a key ring': [async (path) => parseKeyRing(await readFile(path, 'utf8')), newKeyRingText],
  };
  for (const [what, [readIt, content]] of Object.entries(FILES)) {
    test(`of ${what} may begin with a byte order mark, and is refused in UTF-16`, async () => {
      const file = join(folder, 'file.json');
      const good = await content();
      await writeFile(file, `\ufeff${good}`);
      await readIt(file);
      await writeFile(file, Buffer.from(`\ufeff${good}`, 'utf16le'));
      await assert.rejects(async () => readIt(file), what === 'a key ring' ? /JSON/ : /UTF-8/);
    });
  }

  test('may hold a secret after a byte order mark', async () => {
    const FINHUB_API_KEY_FILE = join(folder, 'secret');
    await writeFile(FINHUB_API_KEY_FILE, '\ufeffhidden\n');
    assert.equal(readSecretFiles({ FINHUB_API_KEY_FILE }).env['FINHUB_API_KEY'], 'hidden');
  });

  async function signingKey(): Promise<string> {
    const path = join(folder, 'new-key.json');
    await makeSigningKey(path);
    return readFile(path, 'utf8');
  }
});
