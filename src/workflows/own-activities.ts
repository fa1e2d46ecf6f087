import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { Operator } from '../lifecycle/policy.js';

/*
 * None of these is a local activity. One that is under way while its worker is replaced gives its result in another order in a replay, before
 * what came in between instead of after it, and the case can never be replayed again.
 */

/** Look-ups in the worker's own configuration, harmless to repeat: a file that cannot be read now is tried again until it can. */
const LOOK_UP = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const;

/** What a case looks up on its way. */
export const { loadPolicy, businessTimes, fingerprintTransfer, lookUpOperation } =
  proxyActivities<Pick<Activities, 'loadPolicy' | 'businessTimes' | 'fingerprintTransfer' | 'lookUpOperation'>>(
    LOOK_UP,
  );

/** What messages look up while the case goes on. */
export const { lookUpSigners } = proxyActivities<Pick<Activities, 'lookUpSigners'>>({
  ...LOOK_UP,
  summary: 'looks up operators and verifies proofs',
});

/** An operator as the signers file has them now; undefined where it has not. */
export async function lookUpOperator(tenantId: string, id: string): Promise<Operator | undefined> {
  const { operators } = await lookUpSigners({ ids: [id], tenantId, messages: [] });
  return operators[0];
}

export const { checkCorrection } = proxyActivities<Pick<Activities, 'checkCorrection'>>({
  ...LOOK_UP,
  summary: 'checks the corrected application',
});

/** Look-ups among the cases at Temporal, by the worker's own client. */
const AT_TEMPORAL = { ...LOOK_UP, heartbeatTimeout: '5s' } as const;

export const { lookUpTransfer } = proxyActivities<Pick<Activities, 'lookUpTransfer'>>(AT_TEMPORAL);

/** Asks a workflow, which may be broken: after some minutes that is a person's business. */
export const { lookUpCustomer } = proxyActivities<Pick<Activities, 'lookUpCustomer'>>({
  ...AT_TEMPORAL,
  retry: { ...LOOK_UP.retry, maximumAttempts: 8 },
});
