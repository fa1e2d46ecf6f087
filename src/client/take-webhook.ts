import type { Client } from '@temporalio/client';
import { WEBHOOK, type Hint } from '../lifecycle/hints.js';
import { TASK_QUEUE, WEBHOOK_INBOX, webhookInboxId } from '../lifecycle/ids.js';
import { isNobodyAnswering, NoAnswer } from './errors.js';

const SECONDS = 5;

/**
 * Puts a webhook in its tenant's inbox, which the first one opens. Returns once Temporal has it.
 * @throws NoAnswer if Temporal did not accept it in time
 */
export async function takeWebhook(temporal: Client, tenantId: string, hint: Hint): Promise<void> {
  const workflowId = webhookInboxId(tenantId);
  try {
    await temporal.withDeadline(Date.now() + SECONDS * 1000, () =>
      temporal.workflow.signalWithStart(WEBHOOK_INBOX, {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ tenantId }],
        signal: WEBHOOK,
        signalArgs: [hint],
        staticSummary: "takes in FinHub's webhooks",
      }),
    );
  } catch (error) {
    if (isNobodyAnswering(error)) throw new NoAnswer(workflowId, SECONDS, 'message', { cause: error });
    throw error;
  }
}
