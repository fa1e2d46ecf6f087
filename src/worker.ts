import { Client } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker, type LogEntry } from '@temporalio/worker';
import { createActivities } from './activities/index.js';
import { activityInterceptors } from './activities/interceptors.js';
import { ConfigurationError } from './config/configuration-error.js';
import { loadEnvironment } from './config/environment.js';
import { type WorkerConfiguration } from './config/configurations.js';
import { explained } from './config/explain.js';
import { both } from './finhub/call-observer.js';
import { TASK_QUEUE } from './lifecycle/ids.js';
import { SignersFileError } from './proof/signers-file-error.js';
import { PolicyFileError } from './policies/policy-file.js';
import { DocumentStoreError } from './store/document-store.js';
import { TemporalUnreachable } from './temporal/connection.js';
import { connectWorker } from './worker/connection.js';
import { encryptingDataConverter } from './temporal/data-converter.js';
import { retentionDays, retentionWarning } from './temporal/retention.js';
import { sharedBy, workerIdentity } from './temporal/sharing.js';
import { ensureSearchAttributes, SearchAttributesMissing } from './temporal/search-attributes.js';
import { activityTracing } from './tracing/activity-interceptor.js';
import { finHubTracing } from './tracing/finhub-tracing.js';
import { endProcess, startTracing } from './tracing/tracing.js';
import { Alarms } from './worker/alarms.js';
import { countCases } from './worker/case-counts.js';
import { dependenciesOf } from './worker/dependencies.js';
import { forceEnd } from './worker/forced-end.js';
import { startHealthServer, temporalAnswers } from './worker/health.js';
import { LogWriter } from './worker/log-writer.js';
import { workerLog } from './worker/log.js';
import { startMetrics } from './worker/metrics.js';
import { callsWorkerOptions, workerOptions } from './worker/options.js';
import { telemetryOptions } from './worker/telemetry.js';
import { workflowCode } from './worker/workflow-code.js';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Runs workflows and activities until SIGTERM or SIGINT, then finishes the running ones within the grace time. */
async function run(config: WorkerConfiguration, log: LogWriter): Promise<void> {
  const logger = workerLog(config.logLevel, log);
  Runtime.install({
    // At TRACE the SDK would log decoded payloads, including personal data.
    logger: new DefaultLogger('DEBUG', ({ level, message, meta }: LogEntry) =>
      logger[LEVELS[level]](meta ?? {}, message),
    ),
    telemetryOptions: telemetryOptions(config.metrics),
  });
  for (const note of config.notes) logger.warn(note);
  forceEnd(config.shutdown.graceSeconds + config.shutdown.forceSeconds, logger, log);

  const meter = Runtime.instance().metricMeter;
  const metrics = startMetrics(meter, config.temporal.namespace, log);
  const alarms = new Alarms(logger, meter);
  const stopTracing = await startTracing('finhub-onboarding-worker');
  const observer = stopTracing ? both(finHubTracing, metrics.finhub) : metrics.finhub;
  const dependencies = await dependenciesOf(config, observer, alarms);
  const connection = await connectWorker(config.temporal);
  let worker: Worker | undefined;
  const health =
    config.health &&
    (await startHealthServer({
      ...config.health,
      alarms: () => alarms.list(),
      state: () => worker?.getState() ?? 'STARTING',
      reachable: () => temporalAnswers(connection),
    }));
  const ending = new AbortController();
  try {
    const { namespace } = config.temporal;
    await ensureSearchAttributes(connection, namespace);
    const retention = await retentionDays(connection, namespace);
    const warning = retentionWarning(retention, namespace);
    if (warning) logger.warn(warning);
    dependencies.policy.retentionDays = retention;
    const activity = [...(stopTracing ? [activityTracing] : []), ...activityInterceptors];
    const common = {
      connection,
      namespace,
      identity: workerIdentity(sharedBy(config.keys, dependencies.storeId)),
      interceptors: { activity },
      activities: createActivities(dependencies),
      dataConverter: encryptingDataConverter({
        keys: config.keys,
        namespace,
        encryptedOnly: config.encryptedPayloadsOnly,
        onUndecodable: ({ message }, workflowId) => {
          metrics.undecodablePayloads.add(1);
          logger.error({ workflowId, runbook: 'docs/reference/security.md#a-payload-that-cannot-be-read' }, message);
        },
      }),
    };
    const code = await workflowCode();
    worker = await Worker.create({
      ...common,
      taskQueue: TASK_QUEUE,
      ...code,
      ...workerOptions(config),
      interceptors: { activity },
    });
    const callsOptions = callsWorkerOptions(config);
    const workers = [worker, ...(callsOptions ? [await Worker.create({ ...common, ...callsOptions })] : [])];
    const { address } = config.temporal;
    const callsQueue = callsOptions?.taskQueue;
    logger.info({ address, namespace, taskQueue: TASK_QUEUE, callsQueue, health: health?.url }, 'worker ready');
    if (config.metrics && config.metrics.countSeconds > 0) {
      void countCases(new Client({ connection, namespace, dataConverter: common.dataConverter }), meter, {
        everySeconds: config.metrics.countSeconds,
        signal: ending.signal,
        onEnded: ({ workflowId, runId, stopped }) =>
          logger.error(
            { workflowId, runId, ...stopped, runbook: 'docs/guides/runbook.md#onboardingcasesended' },
            'a case was ended from outside; npm run starter -- resume restarts it',
          ),
        onFailure: (error) => logger.warn({ error: (error as Error).message }, 'open cases could not be counted'),
      });
    }
    await runTogether(workers);
    logger.info('worker stopped');
  } finally {
    ending.abort();
    await health?.close();
    await connection.close();
    await dependencies.finhub.close();
    await stopTracing?.();
  }
}

/** Runs workers until all have stopped; if one fails, the others stop, too. */
async function runTogether(workers: Worker[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } catch (error) {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    throw error;
  }
}

/** Set-up faults that one line explains better than a stack trace. */
const EXPLAINED = [
  ConfigurationError,
  SignersFileError,
  PolicyFileError,
  TemporalUnreachable,
  SearchAttributesMissing,
  NamespaceNotFoundError,
  DocumentStoreError,
];

const STANDARD_OUTPUT = 1;
const LAST_LINES_MS = 1000;
const log = new LogWriter(STANDARD_OUTPUT);

try {
  await run(loadEnvironment('worker'), log);
} catch (error) {
  const isExplained = EXPLAINED.some((kind) => error instanceof kind);
  const line = explained(error) ?? (isExplained ? (error as Error).message : String((error as Error).stack));
  // Parts that already run would leave an idle process, so end it visibly.
  process.stderr.write(`${line}\n`, () => process.exit(1));
}
await log.flush(LAST_LINES_MS);
// Anything that still holds the process open, a collector or a blocked log, has had its time.
if (!log.isStuck) await endProcess();
