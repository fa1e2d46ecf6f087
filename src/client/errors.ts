import { ServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Fault } from '../intake/faults.js';
import type { Stopped } from './stopped.js';
import { GRPC, grpcStatus } from '../temporal/grpc-status.js';

export type { Fault };

/** Invalid input; nothing was sent. Lists every fault, without any field's value. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly faults: readonly Fault[];
  constructor(what: string, faults: readonly Fault[]) {
    super([`${what} cannot be accepted:`, ...faults.map(({ path, message }) => `${path}: ${message}`)].join('\n  '));
    this.faults = faults;
  }
}

/** A lifecycle with this id exists, with other content. */
export class ApplicationConflict extends Error {
  override readonly name = 'ApplicationConflict';
  readonly workflowId: string;
  constructor(workflowId: string) {
    super(
      `${workflowId} was started with other content; use a new applicationId for a new application, or send a correction`,
    );
    this.workflowId = workflowId;
  }
}

/** A case cannot be resumed; nothing was started. The message says why, and how to fix it. */
export class NotResumable extends Error {
  override readonly name = 'NotResumable';
  constructor(workflowId: string, why: string) {
    super(`${workflowId} cannot be resumed: ${why}`);
  }
}

/** A case was ended from outside, and no worker can show more: its history may contain foreign events. */
export class CaseStopped extends Error {
  override readonly name = 'CaseStopped';
  readonly stopped: Stopped;
  constructor(workflowId: string, stopped: Stopped, options?: ErrorOptions) {
    const { how, at, by, reason } = stopped;
    const who = [by && ` by ${by}`, reason && `: ${reason}`].filter(Boolean).join('');
    super(`${workflowId} was ${how} at ${at}${who}; npm run starter -- resume ${workflowId} restarts it`, options);
    this.stopped = stopped;
  }
}

/** There is no case with this id: it never existed, or the namespace no longer retains it. */
export class CaseNotFound extends Error {
  override readonly name = 'CaseNotFound';
  readonly workflowId: string;
  constructor(workflowId: string) {
    super(`there is no case ${workflowId}, or the namespace no longer retains it`);
    this.workflowId = workflowId;
  }
}

/** No worker gave an answer. A message may still take effect; sending it again is safe. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  constructor(workflowId: string, seconds: number, asked: 'message' | 'question', options?: ErrorOptions) {
    const unclear = '; the message may still take effect, and sending it again unchanged is safe';
    super(
      `no worker answers for ${workflowId} (waited up to ${seconds} s)${asked === 'message' ? unclear : ''}`,
      options,
    );
  }
}

/** The wait timed out; the lifecycle continues. */
export class WaitTimedOut extends Error {
  override readonly name = 'WaitTimedOut';
}

/** A workflow task failed while it handled the query or message; the next one usually works. */
const TASK_FAILED = GRPC.failedPrecondition;

/** A deadline passed (the server may notice first, and cancel), the workflow's tasks fail, nobody polls for them, or the server is unreachable. */
const NOBODY_ANSWERS: readonly number[] = [GRPC.cancelled, GRPC.deadlineExceeded, TASK_FAILED, GRPC.unavailable];

/** Whether a call to Temporal failed because nobody could answer it, not because it was wrong. */
export function isNobodyAnswering(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && NOBODY_ANSWERS.includes(code);
}

/** Whether a message was not accepted yet, so that an immediate retry may work. */
export function isNotTakenIn(error: unknown): boolean {
  return codeOf(error) === TASK_FAILED || updateFailure(error)?.type === UNPROCESSED;
}

/** Why an Update failed, in the workflow or on the server. */
export function updateFailure(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  return error.cause instanceof ApplicationFailure ? error.cause : undefined;
}

/** The server's failure for an Update whose workflow task ended before the workflow saw it. */
const UNPROCESSED = 'UnprocessedUpdate';

/** Of the SDK's own calls, and of our calls to Temporal's services, whose errors nothing wraps. */
function codeOf(error: unknown): number | undefined {
  return grpcStatus(error instanceof ServiceError ? error.cause : error);
}
