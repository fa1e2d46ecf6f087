import { setTimeout as pause } from 'node:timers/promises';
import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FinHubError } from '../finhub/error.js';
import type { Lease } from '../finhub/lease.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { writePayloads } from '../temporal/payloads.js';
import { lastWord, wordOf, type Told } from './heartbeats.js';

/**
 * How long a lease lasts from when it was asked for, in milliseconds. The less, the sooner the next attempt may look: it begins a heartbeat
 * timeout after this one's last word at the earliest.
 */
const LEASE_MS = 1000;

/** How often a Temporal server is asked that does not answer, and the pause in between, in milliseconds. */
const TRIES = 5;
const PAUSE_MS = 200;

/** What keeps one attempt's writes apart from those of the attempts before and after it. */
export interface Exclusive {
  lease: Lease;
  /** An earlier attempt may have sent a write and got no answer. */
  mayHaveBeenTried: boolean;
  /** Waits until FinHub has had its whole time for such a write; undefined where there was none. */
  settled: (() => Promise<void>) | undefined;
  /** Tells the next attempt how this one failed. */
  failed: (error: unknown) => Promise<void>;
}

/**
 * Keeps the writes of an activity's attempts apart, over workers. Before each write Temporal has to acknowledge that the attempt is still the
 * activity's own, and keeps for the next one that a write goes out. A worker that was stopped for a while, or is cut off from Temporal, gets
 * no such word and sends nothing.
 * @param timeoutMs what FinHub is given to answer a request, in milliseconds
 * @param signal the attempt's cancellation
 */
export function exclusive(operation: string, timeoutMs: number, signal: AbortSignal): Exclusive {
  const startedAt = performance.now();
  const { attempt, heartbeatTimeoutMs = 0 } = activityInfo();
  const told = lastWord();
  const sent = told !== undefined && told !== 'refused';
  // Sent before the lease was over; and after a worker's death this attempt began a heartbeat timeout after the lease did.
  const settleMs = LEASE_MS + timeoutMs - (told === 'cutOff' ? 0 : heartbeatTimeoutMs);
  return {
    lease: () => take(operation),
    // Without a heartbeat timeout the attempts before may be those of a worker that knew no leases.
    mayHaveBeenTried: told === undefined ? heartbeatTimeoutMs === 0 && attempt > 1 : sent,
    settled: sent
      ? async () => {
          const left = startedAt + settleMs - performance.now();
          if (left > 0) await pause(left, undefined, { signal }).catch(() => Promise.reject(notSent(operation, ENDED)));
        }
      : undefined,
    async failed(error) {
      if (error instanceof FinHubError && error.unclear) {
        // FinHub had not all of its time, and the next attempt begins at once.
        if (signal.aborted) await tell('cutOff').catch(() => {});
      } else if (!sent && (error instanceof FinHubError || error instanceof ApplicationFailure)) {
        heartbeat(wordOf('refused'));
      }
    },
  };
}

const ENDED = 'Temporal has ended this attempt';

/** @throws ApplicationFailure */
async function take(operation: string): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const until = performance.now() + LEASE_MS;
    try {
      const { cancelRequested, activityPaused, activityReset } = await tell('sent');
      if (!cancelRequested && !activityPaused && !activityReset) return until;
    } catch (error) {
      // By "not found" Temporal says that the attempt is no longer the activity's own.
      if (grpcStatus(error) !== GRPC.notFound) {
        if (tries === TRIES) throw notSent(operation, 'Temporal does not answer', error as Error);
        await pause(PAUSE_MS);
        continue;
      }
    }
    throw notSent(operation, ENDED);
  }
}

/** A heartbeat that is acknowledged, unlike the SDK's. */
async function tell(told: Told) {
  const client = getClient();
  const { namespace, loadedDataConverter } = client.options;
  const { activityId, workflowExecution } = activityInfo();
  const context = {
    type: 'activity',
    namespace,
    workflowId: workflowExecution!.workflowId,
    activityId,
    isLocal: false,
  } as const;
  const details = { payloads: await writePayloads(loadedDataConverter, wordOf(told), context) };
  return client.withDeadline(Date.now() + LEASE_MS, () =>
    client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken: activityInfo().taskToken, details }),
  );
}

function notSent(operation: string, why: string, cause?: Error): ApplicationFailure {
  return ApplicationFailure.create({
    message: `${operation}: not sent: ${why}`,
    type: FAILURES.unreachable,
    details: [{ operation } satisfies FailureDetails],
    ...(cause && { cause }),
  });
}
