import { ServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Fault } from '../intake/faults.js';
import type { Stopped } from './stopped.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';

export type { Fault };

/** An input that cannot be taken; nothing was sent. Lists every fault; holds no field's value. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly faults: readonly Fault[];
  constructor(what: string, faults: readonly Fault[]) {
    super([`${what} cannot be taken:`, ...faults.map(({ path, message }) => `${path}: ${message}`)].join('\n  '));
    this.faults = faults;
  }
}

/** A lifecycle of this id is there already, with other content. */
export class ApplicationConflict extends Error {
  override readonly name = 'ApplicationConflict';
  readonly workflowId: string;
  constructor(workflowId: string) {
    super(
      `${workflowId} was started with other content; a new application takes a new applicationId, a correction the message for it`,
    );
    this.workflowId = workflowId;
  }
}

/** A case that cannot be resumed; nothing was started. The message says why, and what helps. */
export class NotResumable extends Error {
  override readonly name = 'NotResumable';
  constructor(workflowId: string, why: string) {
    super(`${workflowId} cannot be resumed: ${why}`);
  }
}

/** A case that somebody ended from outside, and of which no worker can tell more: its history may hold what is not ours. */
export class CaseStopped extends Error {
  override readonly name = 'CaseStopped';
  readonly stopped: Stopped;
  constructor(workflowId: string, stopped: Stopped, options?: ErrorOptions) {
    const { how, at, by, reason } = stopped;
    const who = [by && ` by ${by}`, reason && `: ${reason}`].filter(Boolean).join('');
    super(`${workflowId} was ${how} at ${at}${who}; npm run starter -- resume ${workflowId} starts it again`, options);
    this.stopped = stopped;
  }
}

/** No case of this id: there never was one, or the namespace no longer retains it. */
export class CaseNotFound extends Error {
  override readonly name = 'CaseNotFound';
  readonly workflowId: string;
  constructor(workflowId: string) {
    super(`there is no case ${workflowId}, or the namespace no longer retains it`);
    this.workflowId = workflowId;
  }
}

/** No worker answered, or none that could. A message may or may not take effect yet; sending it again is safe. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(workflowId: string, seconds: number, asked: 'message' | 'question', options?: ErrorOptions) {
    const unclear = '; whether the message takes effect is not known, and sending it again as it is does no harm';
    super(
      `no worker answers for ${workflowId} (waited up to ${seconds} s)${asked === 'message' ? unclear : ''}`,
      options,
    );
  }
}

/** What was waited for did not happen in time; the lifecycle goes on. */
export class WaitTimedOut extends Error {
  override readonly name = 'WaitTimedOut';
}

/** A workflow task failed while the question or message was with it; as a rule the next one works, since something came in between. */
const TASK_FAILED = GRPC.failedPrecondition;

/** Deadline passed (the server may notice first, and cancel); the workflow's tasks fail or nobody polls for them; the server is out of reach. */
const NOBODY_ANSWERS: readonly number[] = [GRPC.cancelled, GRPC.deadlineExceeded, TASK_FAILED, GRPC.unavailable];

/** Whether a call to Temporal failed since nobody could answer it, as against being wrong in itself. */
export function isNobodyAnswering(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && NOBODY_ANSWERS.includes(code);
}

/** Whether a message was not taken in and another try may be answered at once. */
export function isNotTakenIn(error: unknown): boolean {
  return codeOf(error) === TASK_FAILED || updateFailure(error)?.type === UNPROCESSED;
}

/** Why an Update failed: by the workflow, or by the server for it. */
export function updateFailure(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  return error.cause instanceof ApplicationFailure ? error.cause : undefined;
}

/** The server's failure for an Update that a workflow task carried to a worker and was ended without: the workflow has not seen it. */
const UNPROCESSED = 'UnprocessedUpdate';

function codeOf(error: unknown): number | undefined {
  return error instanceof ServiceError ? grpcStatus(error.cause) : undefined;
}
