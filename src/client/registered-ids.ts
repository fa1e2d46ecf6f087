import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelledFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { AWAIT_REGISTRATION, type RegisteredIds } from '../lifecycle/messages.js';
import { registeredIds } from '../lifecycle/status.js';
import { currentStatus, type CurrentStatus } from './current-status.js';
import { isNobodyAnswering } from './errors.js';

const PAUSE_MS = 200;

/**
 * Waits for the ids under which FinHub knows a lifecycle's customer.
 * @param seconds how long; it takes no longer, whoever is out of reach
 * @returns null where they did not come in time, never will, or not before a person has seen to the case
 */
export async function idsWithin(temporal: Client, workflowId: string, seconds: number): Promise<RegisteredIds | null> {
  const deadline = Date.now() + seconds * 1000;
  return temporal.withDeadline(deadline, async () => {
    for (; Date.now() < deadline; await sleep(PAUSE_MS)) {
      const told = await announced(temporal, workflowId);
      if (told === 'cancelled') return null;
      if (told) return told;
      // It has ended, is on its way to a new run, or its worker is of a version that does not know the Update.
      const status = await statusBy(temporal, workflowId, deadline);
      const ids = !status || status.stale ? null : registeredIds(status.ids);
      if (ids || status?.outcome || status?.status === 'needsAttention') return ids;
    }
    return null;
  });
}

/**
 * What the lifecycle answers. Sent after the start, not with it: a start that carries an Update is not acknowledged before a worker takes
 * that. All who ask share one Update by its id, so that asking again costs no history.
 */
async function announced(temporal: Client, workflowId: string): Promise<RegisteredIds | 'cancelled' | null> {
  try {
    return await temporal.workflow
      .getHandle(workflowId)
      .executeUpdate<RegisteredIds | null, []>(AWAIT_REGISTRATION, { updateId: AWAIT_REGISTRATION });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof CancelledFailure) return 'cancelled';
    const expected = [WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError];
    if (expected.some((type) => error instanceof type) || isNobodyAnswering(error)) return null;
    throw error;
  }
}

async function statusBy(temporal: Client, workflowId: string, deadline: number): Promise<CurrentStatus | undefined> {
  try {
    return await currentStatus(temporal, workflowId, (deadline - Date.now()) / 1000);
  } catch (error) {
    if (isNobodyAnswering(error)) return undefined;
    throw error;
  }
}
