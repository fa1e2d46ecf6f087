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

/** How long a case's next task waits for the worker that has the case in memory, before any other gets it; the SDK's own is 10 s. */
const STICKY_TIMEOUT = '3s';

/**
 * The worker of FinHub's calls, where they have a task queue of their own: activities only, at the rate that holds for all workers of the queue
 * together. Undefined where there is none.
 */
export function callsWorkerOptions(config: WorkerConfiguration): (Limits & { taskQueue: string }) | undefined {
  if (!config.callsQueue) return undefined;
  const { taskQueue, callsPerSecond } = config.callsQueue;
  const { maxTaskQueueActivitiesPerSecond: _ofWorkflows, ...limits } = workerOptions(config);
  return { ...limits, taskQueue, ...(callsPerSecond && { maxTaskQueueActivitiesPerSecond: callsPerSecond }) };
}

/** How much a worker takes on, how it ends and which version it is of, in the SDK's terms. */
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
        // Cases live for weeks and move on to new versions, which have to be able to go on with them; a transfer says PINNED for itself.
        defaultVersioningBehavior: 'AUTO_UPGRADE',
      },
    }),
  };
}
