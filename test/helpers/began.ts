import type { Client } from '@temporalio/client';

/** A Temporal for one activity: says how its workflow began, whose first run is `first`. */
export const TEMPORAL = {
  withAbortSignal: <T>(_: AbortSignal, work: () => T): T => work(),
  options: { namespace: 'default' },
  workflowService: {
    getWorkflowExecutionHistory: () => {
      const workflowExecutionStartedEventAttributes = { firstExecutionRunId: 'first' };
      return Promise.resolve({
        history: { events: [{ eventTime: { seconds: 1 }, workflowExecutionStartedEventAttributes }] },
      });
    },
  },
} as unknown as Client;
