import { writeFile } from 'node:fs/promises';
import { makeBundle } from './worker/make-bundle.js';
import { BUNDLE_PATH, WORKFLOWS_PATH } from './worker/workflow-code.js';

/** Last step of `npm run build`: makes the workflow bundle once, so that no worker has to when it starts. */
const code = await makeBundle(WORKFLOWS_PATH);
await writeFile(BUNDLE_PATH, code);
console.log(`workflow bundle: ${Math.round(Buffer.byteLength(code) / 1024)} KiB with its source map`);
