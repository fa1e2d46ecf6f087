import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { LifecycleNotFound } from './errors.js';

/** What Temporal says of a case's workflow. @throws LifecycleNotFound */
export async function describeCase(handle: WorkflowHandle): Promise<WorkflowExecutionDescription> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new LifecycleNotFound(handle.workflowId);
    throw error;
  }
}
