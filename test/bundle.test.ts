import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundlerOptions, workflowInterceptorModules } from '../src/worker/bundler-options.js';

const AT_MOST = 1.3;

/** Bytes of a bundle's code, without the source map that it carries inline. */
async function sizeOf(module: string, interceptors: string[] = []): Promise<number> {
  const workflowsPath = fileURLToPath(new URL(module, import.meta.url));
  const logger = new DefaultLogger('WARN');
  const options = { ...bundlerOptions, workflowsPath, workflowInterceptorModules: interceptors, logger };
  const { code } = await bundleWorkflowCode(options);
  return Buffer.byteLength(code.replace(/\/\/# sourceMappingURL=\S+\s*$/, ''));
}

test(`the workers' bundle weighs at most ${AT_MOST} times that of an empty workflow`, async (t) => {
  const empty = await sizeOf('helpers/empty-workflow.ts');
  const ours = await sizeOf('../src/workflows/index.ts', workflowInterceptorModules);
  t.diagnostic(`${ours} bytes, an empty workflow ${empty} bytes: ${(ours / empty).toFixed(2)} times`);
  assert.ok(empty > 100_000, 'there is no bundle to compare with');
  assert.ok(ours > empty, 'our workflows are not in the bundle');
  assert.ok(ours <= AT_MOST * empty, `${(ours / empty).toFixed(2)} times`);
});
