import type { WorkerOptions } from '@temporalio/worker';
import type { WorkerConfiguration } from '../config/configurations.js';

type Limits = Pick<
  WorkerOptions,
  | 'maxConcurrentWorkflowTaskExecutions'
  | 'maxConcurrentActivityTaskExecutions'
  | 'maxConcurrentWorkflowTaskPolls'
  | 'maxConcurrentActivityTaskPolls'
  | 'maxCachedWorkflows'
  | 'stickyQueueScheduleToStartTimeout'
  | 'maxActivitiesPerSecond'
  | 'maxTaskQueueActivitiesPerSecond'
  | 'shutdownGraceTime'
  | 'workerDeploymentOptions'
>;

/** How long a case's next task waits for the worker that has the case in memory; the SDK's default is 10 s. */
const STICKY_TIMEOUT = '3s';

/**
 * The worker for FinHub calls, if they have their own task queue: only activities, at a rate for all workers of the queue together.
 * Otherwise undefined.
 */
export function callsWorkerOptions(config: WorkerConfiguration): (Limits & { taskQueue: string }) | undefined {
  if (!config.callsQueue) return undefined;
  const { taskQueue, callsPerSecond } = config.callsQueue;
  const { maxTaskQueueActivitiesPerSecond: _ofWorkflows, ...limits } = workerOptions(config);
  return { ...limits, taskQueue, ...(callsPerSecond && { maxTaskQueueActivitiesPerSecond: callsPerSecond }) };
}

/** A worker's limits, how it ends and its version, as SDK options. */
export function workerOptions({ tuning, shutdown, deployment }: WorkerConfiguration): Limits {
  const { workflowTasks, activities, workflowPollers, activityPollers } = tuning;
  return {
    maxConcurrentWorkflowTaskExecutions: workflowTasks,
    maxConcurrentActivityTaskExecutions: activities,
    maxConcurrentWorkflowTaskPolls: Math.min(workflowPollers, workflowTasks),
    maxConcurrentActivityTaskPolls: Math.min(activityPollers, activities),
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    ...(tuning.cachedWorkflows && { maxCachedWorkflows: tuning.cachedWorkflows }),
    ...(tuning.activitiesPerSecond && { maxActivitiesPerSecond: tuning.activitiesPerSecond }),
    ...(tuning.queueActivitiesPerSecond && { maxTaskQueueActivitiesPerSecond: tuning.queueActivitiesPerSecond }),
    shutdownGraceTime: shutdown.graceSeconds * 1000,
    ...(deployment && {
      workerDeploymentOptions: {
        version: { deploymentName: deployment.name, buildId: deployment.buildId },
        useWorkerVersioning: true,
        // Cases live for weeks, so they move to new versions, which must be able to continue them; a transfer sets PINNED itself.
        defaultVersioningBehavior: 'AUTO_UPGRADE',
      },
    }),
  };
}
