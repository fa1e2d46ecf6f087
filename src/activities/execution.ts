import { activityInfo, getClient } from '@temporalio/activity';

/** How a run of a workflow began, by Temporal's own record of it. */
export interface Execution {
  workflowId: string;
  runId: string;
  /** Its first run: every start makes another one, a continue-as-new or a reset keeps it. */
  instance: string;
  startedAt: Date;
  wasReset: boolean;
}

/** Looks the beginning of a run up, by default of the running activity's; nothing that the workflow says of itself is believed. */
export async function executionOf({ workflowId, runId } = activityInfo().workflowExecution!): Promise<Execution> {
  const { workflowService, options } = getClient();
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const [first] = history?.events ?? [];
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!started?.firstExecutionRunId) throw new Error('Temporal does not say how the workflow began');
  return {
    workflowId,
    runId,
    instance: started.firstExecutionRunId,
    startedAt: new Date(Number(first!.eventTime!.seconds) * 1000),
    wasReset: Boolean(started.originalExecutionRunId) && started.originalExecutionRunId !== runId,
  };
}
