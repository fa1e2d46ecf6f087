import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Agent } from 'undici';
import { loadEnvironment } from '../../src/config/environment.js';
import { bundlerOptions } from '../../src/worker/bundler-options.js';
import { workerOptions } from '../../src/worker/options.js';
import { bareActivities } from './activities.js';
import { BARE } from './contract.js';

// The worker of the bare lifecycle, with the SDK's options that ours has.
const config = loadEnvironment('worker');
const { temporal, finhub } = config;
const { baseUrl, tenantId, tenantKey, tenantSecret, admin, maxConnections } = finhub;
const dispatcher = new Agent({ connections: maxConnections });
const connection = await NativeConnection.connect(temporal.connection);
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue: BARE.taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  bundlerOptions,
  ...workerOptions(config),
  activities: bareActivities({ baseUrl, tenantId, tenantKey, tenantSecret, admin, dispatcher }),
});
process.stdout.write('bare worker ready\n');
await worker.run();
await connection.close();
await dispatcher.close();
