import { activityInfo, getClient } from '@temporalio/activity';

/** How a run of a workflow started, according to Temporal. */
export interface Execution {
  workflowId: string;
  runId: string;
  /** The id of its first run. A new start changes it; a continue-as-new or a reset does not. */
  instance: string;
  startedAt: Date;
  wasReset: boolean;
}

/** Asks Temporal how a run started, by default the running activity's; the workflow's own claims do not count. */
export async function executionOf({ workflowId, runId } = activityInfo().workflowExecution!): Promise<Execution> {
  const { workflowService, options } = getClient();
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const [first] = history?.events ?? [];
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!started?.firstExecutionRunId) throw new Error('the history does not show how the workflow started');
  return {
    workflowId,
    runId,
    instance: started.firstExecutionRunId,
    startedAt: new Date(Number(first!.eventTime!.seconds) * 1000),
    wasReset: Boolean(started.originalExecutionRunId) && started.originalExecutionRunId !== runId,
  };
}
