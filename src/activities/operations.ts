import { endpointByHand } from '../finhub/by-hand.js';
import type { OperationFacts } from '../lifecycle/hand-call.js';

export interface OperationActivities {
  /** What an operation does at FinHub; null if no operation of this name can be called by hand. */
  lookUpOperation(input: { operation: string }): Promise<OperationFacts | null>;
}

export function operationActivities(): OperationActivities {
  return {
    lookUpOperation: ({ operation }) => {
      const endpoint = endpointByHand(operation);
      return Promise.resolve(endpoint ? { effect: endpoint.idempotency.class === 'safe' ? 'read' : 'write' } : null);
    },
  };
}
