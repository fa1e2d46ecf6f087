import type { CurrentStatus, LifecycleStatus, OnboardingClient } from '../../src/client/index.js';

/** What the demo's people do when a lifecycle waits for them. */
export interface People {
  operator: (workflowId: string) => Promise<void>;
  customer: (workflowId: string) => Promise<void>;
}

/**
 * Follows a lifecycle to its end; whoever it waits for acts. They may be called twice for one wait, which does no harm: a decision's id makes
 * it one decision.
 * @throws whatever the people's actions throw
 */
export async function carry(
  client: OnboardingClient,
  workflowId: string,
  people: People,
  onChange: (status: CurrentStatus) => void,
): Promise<LifecycleStatus> {
  const { promise: failed, reject: fail } = withRejecter();
  const react = (status: CurrentStatus): void => {
    onChange(status);
    const who = status.stale ? undefined : status.waitingOn?.who;
    if (who === 'operator' || who === 'customer') people[who](workflowId).catch(fail);
  };
  const { status } = await Promise.race([client.wait(workflowId, 'done', { onChange: react }), failed]);
  if (status.stale) throw new Error(`no worker answers for ${workflowId}`);
  return status;
}

function withRejecter(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejecter) => (reject = rejecter));
  promise.catch(() => {});
  return { promise, reject };
}

/** Approves what the case shows now, as an operator who has looked at it. */
export async function approveAs(client: OnboardingClient, workflowId: string, operatorId: string): Promise<void> {
  const { review, evidenceHash, ids } = await client.caseView(workflowId);
  if (review.stage !== 'inReview') return;
  const { round } = review;
  const { customerId, verificationId } = ids;
  const decisionId = `${operatorId}-round-${round}`;
  const answer = await client.decide(workflowId, {
    decisionId,
    round,
    verdict: 'approve',
    operator: { id: operatorId },
    evidenceHash,
    ...(customerId && verificationId ? { subject: { customerId, verificationId } } : {}),
  });
  if (!answer.accepted) throw new Error(`${operatorId} may not approve: ${answer.detail}`);
}
