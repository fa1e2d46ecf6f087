import { activityInfo } from '@temporalio/activity';
import type { ApproverNotes } from '../store/approver-notes.js';
import type { FinHubCall } from './finhub-calls.js';
import type { Judge } from './judge.js';
import { noteApprovers } from './noted-approvers.js';

export interface ApproverActivities {
  /**
   * Notes outside Temporal who approves an account's transfers, by the application as it was signed.
   * @throws ApplicationFailure `NotProved`, also where another onboarding has named others
   */
  noteApprovers(call: FinHubCall<{ accountId: string }>): Promise<{ result: null; provenance: { how: 'made' } }>;
}

export function approverActivities(judge: Judge, notes: ApproverNotes): ApproverActivities {
  return {
    async noteApprovers({ input: { accountId }, for: { tenantId }, warrant }) {
      const approvers = await judge.approvers(tenantId, warrant?.for === 'approvers' ? warrant : undefined);
      const lifecycle = activityInfo().workflowExecution!.workflowId;
      await noteApprovers(notes, { tenantId, accountId }, { lifecycle, approvers });
      return { result: null, provenance: { how: 'made' } };
    },
  };
}
