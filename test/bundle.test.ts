import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundlerOptions } from '../src/worker/bundler-options.js';

const AT_MOST = 1.25;

/** Bytes of a bundle's code, without the source map that it carries inline. */
async function sizeOf(module: string): Promise<number> {
  const workflowsPath = fileURLToPath(new URL(module, import.meta.url));
  const { code } = await bundleWorkflowCode({ ...bundlerOptions, workflowsPath, logger: new DefaultLogger('WARN') });
  return Buffer.byteLength(code.replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
}

test(`the workers' bundle weighs at most ${AT_MOST} times that of an empty workflow`, async (t) => {
  const empty = await sizeOf('helpers/empty-workflow.ts');
  const ours = await sizeOf('../src/workflows/index.ts');
  t.diagnostic(`${ours} bytes, an empty workflow ${empty} bytes: ${(ours / empty).toFixed(2)} times`);
  assert.ok(empty > 100_000, 'there is no bundle to compare with');
  assert.ok(ours > empty, 'our workflows are not in the bundle');
  assert.ok(ours <= AT_MOST * empty, `${(ours / empty).toFixed(2)} times`);
});
