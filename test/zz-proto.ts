import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, bundleWorkflowCode, Runtime, DefaultLogger } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { fileURLToPath } from 'node:url';
import { findTemporalBinary } from '../src/embedded/temporal-binary.js';
import { ensureSearchAttributes } from '../src/temporal/search-attributes.js';
const t0 = Date.now(); const lap = (s: string) => console.log(s, Date.now() - t0);
Runtime.install({ logger: new DefaultLogger('WARN'), telemetryOptions: { logging: { forward: { level: 'WARN' } } } });
const { path } = await findTemporalBinary('temporal-test-server');
lap('found');
const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
lap('env');
try { await ensureSearchAttributes(env.connection, 'lane-1'); lap('sa'); } catch (e) { console.log('SA', String(e)); }
const bundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url)), logger: new DefaultLogger('WARN') });
lap('bundle ' + bundle.code.length);
for (const ns of ['lane-1', 'lane-2']) {
  const worker = await Worker.create({ connection: env.nativeConnection, namespace: ns, taskQueue: 'q', workflowBundle: bundle, activities: {} });
  lap('worker ' + ns);
  const run = worker.run();
  const client = new Client({ connection: env.connection, namespace: ns });
  const h = await client.workflow.start('individualLifecycle', { workflowId: 'x', taskQueue: 'q', args: [{ application: { documents: [] } }] });
  lap('started');
  console.log(await h.query('status').catch(String));
  lap('query');
  worker.shutdown(); await run;
  lap('down');
}
await env.teardown(); lap('teardown');
