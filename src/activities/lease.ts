import { setTimeout as pause } from 'node:timers/promises';
import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FinHubError } from '../finhub/error.js';
import type { Lease } from '../finhub/lease.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';
import { writePayloads } from '../temporal/payloads.js';
import { lastReport, reportDetail, type AttemptReport } from './heartbeats.js';

/**
 * How long a lease lasts after it was requested, in milliseconds. A short lease lets the next attempt look sooner: it starts a heartbeat
 * timeout after this one's last heartbeat at the earliest.
 */
const LEASE_MS = 1000;

/** How often we ask a Temporal server that does not respond, and the pause between, in milliseconds. */
const TRIES = 5;
const PAUSE_MS = 200;

/** Keeps one attempt's writes apart from those of the attempts before and after it. */
export interface Exclusive {
  lease: Lease;
  /** An earlier attempt may have sent a write without getting a response. */
  mayHaveBeenTried: boolean;
  /** Waits until FinHub must have finished that write; undefined if there was none. */
  waitUntilQuiet: (() => Promise<void>) | undefined;
  /** Reports to the next attempt how this one failed. */
  failed: (error: unknown) => Promise<void>;
}

/**
 * Keeps the writes of an activity's attempts apart, across workers. Before each write, Temporal must acknowledge that the attempt is still
 * current, and records for the next one that a write goes out. A worker that was suspended, or is cut off from Temporal, gets no
 * acknowledgement and sends nothing.
 * @param timeoutMs milliseconds that FinHub gets to respond to a request
 * @param signal the attempt's cancellation
 */
export function exclusive(operation: string, timeoutMs: number, signal: AbortSignal): Exclusive {
  const startedAt = performance.now();
  const { attempt, heartbeatTimeoutMs = 0 } = activityInfo();
  const report = lastReport();
  const sent = report !== undefined && report !== 'refused';
  // The write was sent before its lease expired. After a worker's death, this attempt started a heartbeat timeout later than that lease.
  const quietMs = LEASE_MS + timeoutMs - (report === 'cutOff' ? 0 : heartbeatTimeoutMs);
  return {
    lease: () => take(operation),
    // Without a heartbeat timeout, earlier attempts may be those of a worker without leases.
    mayHaveBeenTried: report === undefined ? heartbeatTimeoutMs === 0 && attempt > 1 : sent,
    waitUntilQuiet: sent
      ? async () => {
          const left = startedAt + quietMs - performance.now();
          if (left > 0) await pause(left, undefined, { signal }).catch(() => Promise.reject(notSent(operation, ENDED)));
        }
      : undefined,
    async failed(error) {
      if (error instanceof FinHubError && error.unclear) {
        // FinHub may still be working on the request, and the next attempt starts immediately.
        if (signal.aborted) await acknowledged('cutOff').catch(() => {});
      } else if (!sent && (error instanceof FinHubError || error instanceof ApplicationFailure)) {
        heartbeat(reportDetail('refused'));
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
      const { cancelRequested, activityPaused, activityReset } = await acknowledged('sent');
      if (!cancelRequested && !activityPaused && !activityReset) return until;
    } catch (error) {
      // Temporal's "not found" means that the attempt is no longer current.
      if (grpcStatus(error) !== GRPC.notFound) {
        if (tries === TRIES) throw notSent(operation, 'Temporal does not respond', error as Error);
        await pause(PAUSE_MS);
        continue;
      }
    }
    throw notSent(operation, ENDED);
  }
}

/** Sends a heartbeat and waits for the acknowledgement, which the SDK's own does not. */
async function acknowledged(report: AttemptReport) {
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
  const details = { payloads: await writePayloads(loadedDataConverter, reportDetail(report), context) };
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
