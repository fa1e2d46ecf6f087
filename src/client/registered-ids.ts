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
 * Waits for FinHub's ids of a lifecycle's customer.
 * @param seconds the longest wait, even if Temporal or the worker is unreachable
 * @returns null if they did not come in time, never will, or need a person first
 */
export async function idsWithin(temporal: Client, workflowId: string, seconds: number): Promise<RegisteredIds | null> {
  const deadline = Date.now() + seconds * 1000;
  return temporal.withDeadline(deadline, async () => {
    for (; Date.now() < deadline; await sleep(PAUSE_MS)) {
      const registered = await announced(temporal, workflowId);
      if (registered === 'cancelled') return null;
      if (registered) return registered;
      // It has ended, is moving to a new run, or its worker's version does not know the Update.
      const status = await statusBy(temporal, workflowId, deadline);
      const ids = !status || status.stale ? null : registeredIds(status.ids);
      if (ids || status?.outcome || status?.status === 'needsAttention') return ids;
    }
    return null;
  });
}

/**
 * The lifecycle's answer. Sent after the start, not with it: a start with an Update is not acknowledged before a worker accepts it. All
 * callers share one Update by its id, so that repeated queries add nothing to the history.
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
