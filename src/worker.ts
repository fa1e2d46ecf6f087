import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker, type LogEntry } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from './activities/index.js';
import { ConfigurationError } from './config/configuration-error.js';
import { loadEnvironment, type WorkerConfiguration } from './config/environment.js';
import { FinHubClient } from './finhub/client.js';
import { TASK_QUEUE } from './lifecycle/ids.js';
import { operatorsFile, OperatorsFileError } from './operators/operators-file.js';
import { policyFile, PolicyFileError } from './policies/policy-file.js';
import { folderStore } from './store/folder-store.js';
import { connectWorker, TemporalUnreachable } from './temporal/connection.js';
import { dataConverter } from './temporal/data-converter.js';
import { ensureSearchAttributes, SearchAttributesMissing } from './temporal/search-attributes.js';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Margin over the HTTP timeout for an activity's own work, so that its timeout never cuts off a call that is about to be told. */
const CALL_MARGIN_SECONDS = 5;

/** FinHub's requests that one activity makes at the most: a session, a read-back, the call itself. */
const REQUESTS_PER_CALL = 3;

/** Runs workflows and activities until SIGTERM or SIGINT; what is under way then is finished within the grace time. */
async function run(config: WorkerConfiguration): Promise<void> {
  const logger = pino({ level: config.logLevel, base: null });
  Runtime.install({
    logger: new DefaultLogger('TRACE', ({ level, message, meta }: LogEntry) =>
      logger[LEVELS[level]](meta ?? {}, message),
    ),
    telemetryOptions: { logging: { forward: { level: 'WARN' } } },
  });
  for (const note of config.notes) logger.warn(note);

  const operators = await operatorsFile(config.operatorsFile);
  const policies = await policyFile(config.policyFile);
  const finhub = new FinHubClient(config.finhub);
  const connection = await connectWorker(config.temporal);
  try {
    await ensureSearchAttributes(connection, config.temporal.namespace);
    const worker = await Worker.create({
      connection,
      namespace: config.temporal.namespace,
      taskQueue: TASK_QUEUE,
      workflowsPath: fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url)),
      activities: createActivities({
        finhub,
        store: folderStore(config.documentStore),
        keys: config.keys,
        operators,
        policies,
        notifications: config.notifications,
        policy: {
          individualActivation: config.individualActivation,
          powerTenantCredentials: finhub.hasPowerTenant,
          signedDecisions: config.signedDecisions,
          notifications: config.notifications !== undefined,
          continueAsNewAfter: config.maxHistoryEvents,
          verdictPollSeconds: config.verdictPollSeconds,
          callSeconds: Math.ceil((finhub.timeoutMs * REQUESTS_PER_CALL) / 1000) + CALL_MARGIN_SECONDS,
        },
      }),
      dataConverter,
      shutdownGraceTime: config.shutdownGraceSeconds * 1000,
    });
    logger.info(
      { address: config.temporal.address, namespace: config.temporal.namespace, taskQueue: TASK_QUEUE },
      'worker ready',
    );
    await worker.run();
    logger.info('worker stopped');
  } finally {
    await connection.close();
    await finhub.close();
  }
}

/** Faults of the set-up, which one line explains better than a stack. */
const EXPLAINED = [
  ConfigurationError,
  OperatorsFileError,
  PolicyFileError,
  TemporalUnreachable,
  SearchAttributesMissing,
];

try {
  await run(loadEnvironment('worker'));
} catch (error) {
  process.stderr.write(
    `${EXPLAINED.some((kind) => error instanceof kind) ? (error as Error).message : String((error as Error).stack)}\n`,
  );
  process.exitCode = 1;
}
