import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { CaseNotFound } from './errors.js';

/** Temporal's description of a case's workflow. @throws CaseNotFound */
export async function describeCase(handle: WorkflowHandle): Promise<WorkflowExecutionDescription> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new CaseNotFound(handle.workflowId);
    throw error;
  }
}
