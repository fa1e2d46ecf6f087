import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { Operator } from '../lifecycle/policy.js';

/** Look-ups in the worker's own configuration, harmless to repeat: a file that cannot be read now is tried again until it can. */
const LOOK_UP = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const;

/** What a case looks up on its way; quick, so it runs within the workflow task. */
export const { loadPolicy, businessTimes, fingerprintTransfer, lookUpOperation } =
  proxyLocalActivities<Pick<Activities, 'loadPolicy' | 'businessTimes' | 'fingerprintTransfer' | 'lookUpOperation'>>(
    LOOK_UP,
  );

/**
 * What messages look up while the case goes on. Not a local activity: its result and that of a call that is being cancelled may come to the
 * workflow in two steps at first but in one in a replay, and what follows from them would then come in another order.
 */
export const { lookUpSigners } = proxyActivities<Pick<Activities, 'lookUpSigners'>>({
  ...LOOK_UP,
  startToCloseTimeout: '30s',
  summary: 'looks up operators and verifies proofs',
});

/** An operator as the signers file has them now; undefined where it has not. */
export async function lookUpOperator(tenantId: string, id: string): Promise<Operator | undefined> {
  const { operators } = await lookUpSigners({ ids: [id], tenantId, messages: [] });
  return operators[0];
}

/** As above. Not done within the workflow task, since a whole application is read. */
export const { checkCorrection } = proxyActivities<Pick<Activities, 'checkCorrection'>>({
  ...LOOK_UP,
  startToCloseTimeout: '30s',
  summary: 'checks the corrected application',
});

/** Look-ups among the cases at Temporal, by the worker's own client. */
const AT_TEMPORAL = { ...LOOK_UP, startToCloseTimeout: '30s', heartbeatTimeout: '5s' } as const;

export const { lookUpTransfer } = proxyActivities<Pick<Activities, 'lookUpTransfer'>>(AT_TEMPORAL);

/** Asks a workflow, which may be broken: after some minutes that is a person's business. */
export const { lookUpCustomer } = proxyActivities<Pick<Activities, 'lookUpCustomer'>>({
  ...AT_TEMPORAL,
  retry: { ...LOOK_UP.retry, maximumAttempts: 8 },
});
