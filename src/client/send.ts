import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import { canonicalJson } from '../lifecycle/canonical.js';
import { refuse, type Answer, type MessageBodies, type MessageName } from '../lifecycle/messages.js';
import { describeCase } from './describe-case.js';
import { isNobodyAnswering, isNotTakenIn, NoAnswer, updateFailure } from './errors.js';

/**
 * Sends a message to a case and waits for its answer. A refusal is an answer, not an error.
 * @param proof the message's envelope
 * @param messageId makes retries safe: the same id with the same body is one message, and gets the first answer again
 * @param beside whether to send the id to the case separately, if no envelope contains it
 * @throws CaseNotFound; NoAnswer if no worker answers within `seconds`
 */
export async function send<Name extends MessageName>(
  temporal: Client,
  workflowId: string,
  name: Name,
  body: MessageBodies[Name],
  seconds: number,
  {
    messageId,
    proof,
    beside = false,
  }: { messageId?: string | undefined; proof?: string | undefined; beside?: boolean } = {},
): Promise<Answer> {
  const handle = temporal.workflow.getHandle(workflowId);
  // The server compares only ids. This one includes body and envelope, so that other content with the same id reaches the case, which refuses it.
  // Hashed, because update ids are readable and the sender chose the message's id.
  const updateId =
    messageId === undefined
      ? randomUUID()
      : createHash('sha256')
          .update(canonicalJson([messageId, body, proof ?? null]))
          .digest('hex')
          .slice(0, 32);
  const more = proof !== undefined ? { proof } : beside && messageId !== undefined ? { messageId } : {};
  const options = { args: [{ ...body, ...more }] as [unknown], updateId };
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await temporal.withDeadline(deadline, () => handle.executeUpdate<Answer, [unknown]>(name, options));
    } catch (error) {
      if (isNotTakenIn(error) && Date.now() + PAUSE_MS < deadline) {
        await sleep(PAUSE_MS);
        continue;
      }
      const unanswered = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isNobodyAnswering(error);
      if (unanswered || isNotTakenIn(error)) {
        throw new NoAnswer(workflowId, seconds, 'message', { cause: error });
      }
      if (error instanceof WorkflowNotFoundError) {
        const status = (await describeCase(handle)).status.name;
        if (status !== 'RUNNING') return refuse('AlreadyFinal', `the lifecycle has ended (${status.toLowerCase()})`);
        // It has moved to a new run, which has not received the message.
        if (Date.now() < deadline) continue;
        throw new NoAnswer(workflowId, seconds, 'message', { cause: error });
      }
      const failure = updateFailure(error);
      if (failure?.type === 'Malformed') return refuse('Malformed', failure.message);
      if (failure?.type === ENDED_MEANWHILE)
        return refuse('AlreadyFinal', 'the lifecycle ended while it handled this message');
      throw error;
    }
  }
}

const PAUSE_MS = 200;

/** The server's failure for an Update that was accepted by a workflow which then ended. */
const ENDED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';
