import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { sourceBundle } from '../src/worker/make-bundle.js';
import { WORKFLOWS_PATH } from '../src/worker/workflow-code.js';

const AT_MOST = 0.95;

/** Bytes of a bundle's code, without the source map that it carries inline. */
function sizeOf(code: string): number {
  return Buffer.byteLength(code.replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
}

test(`the workers' bundle weighs at most ${AT_MOST} times what the SDK makes of an empty workflow`, async (t) => {
  const workflowsPath = fileURLToPath(new URL('helpers/empty-workflow.ts', import.meta.url));
  const plain = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const code = await readFile((await sourceBundle(WORKFLOWS_PATH)).codePath, 'utf8');
  const [ours, empty] = [sizeOf(code), sizeOf(plain.code)];
  t.diagnostic(`${ours} bytes, an empty workflow ${empty} bytes: ${(ours / empty).toFixed(2)} times`);
  assert.ok(empty > 100_000, 'there is no bundle to compare with');
  const names = ['individualLifecycle', 'organizationLifecycle', 'transfer', 'documentRetention'];
  for (const name of names) assert.ok(code.includes(`function ${name}(`), `${name} is not in the bundle`);
  assert.ok(ours <= AT_MOST * empty, `${(ours / empty).toFixed(2)} times`);
});
