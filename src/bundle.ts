import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from './temporal/data-converter.js';
import { bundlerOptions, workflowInterceptorModules } from './worker/bundler-options.js';
import { BUNDLE_PATH, WORKFLOWS_PATH } from './worker/workflow-code.js';

/** Last step of `npm run build`: makes the workflow bundle once, so that no worker has to when it starts. */
const { code } = await bundleWorkflowCode({
  ...bundlerOptions,
  workflowsPath: WORKFLOWS_PATH,
  workflowInterceptorModules,
  failureConverterPath: FAILURE_CONVERTER_PATH,
  logger: new DefaultLogger('WARN'),
});
await writeFile(BUNDLE_PATH, code);
console.log(`workflow bundle: ${Math.round(Buffer.byteLength(code) / 1024)} KiB with its source map`);
