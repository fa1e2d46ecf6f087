import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NoAnswer } from '../src/client/errors.js';
import { send } from '../src/client/send.js';

/** A case whose workflow task ends before the workflow has seen the Update, so many times. */
function unseen(times: number): { temporal: Client; tried: () => number } {
  let tried = 0;
  const executeUpdate = (): Promise<unknown> => {
    tried += 1;
    if (tried > times) return Promise.resolve({ accepted: true, state: 'applied', detail: 'noted' });
    const cause = ApplicationFailure.nonRetryable('the workflow task ended', 'UnprocessedUpdate');
    return Promise.reject(new WorkflowUpdateFailedError('Workflow Update failed', cause));
  };
  const temporal = {
    workflow: { getHandle: () => ({ executeUpdate }) },
    withDeadline: (_: number, work: () => unknown) => work(),
  } as unknown as Client;
  return { temporal, tried: () => tried };
}

test('a message that no workflow has seen is sent again, until the time is over', async () => {
  const soon = unseen(2);
  const answer = await send(soon.temporal, 'individual/t/1', 'note', { by: 'op-1', text: 'x' }, 30);
  assert.deepEqual([answer.accepted, soon.tried()], [true, 3]);
  const never = unseen(Infinity);
  await assert.rejects(send(never.temporal, 'individual/t/1', 'note', { by: 'op-1', text: 'x' }, 0.5), NoAnswer);
});
