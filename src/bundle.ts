import { writeFile } from 'node:fs/promises';
import { makeBundle } from './worker/make-bundle.js';
import { BUNDLE_PATH, WORKFLOWS_PATH } from './worker/workflow-code.js';

/** Last step of `npm run build`: builds the workflow bundle, so that workers need not do it at start. */
const code = await makeBundle(WORKFLOWS_PATH);
await writeFile(BUNDLE_PATH, code);
console.log(`workflow bundle: ${Math.round(Buffer.byteLength(code) / 1024)} KiB with its source map`);
