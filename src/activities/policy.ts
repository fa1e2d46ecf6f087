import type { LifecycleKind } from '../lifecycle/phases.js';
import { DEFAULT_REVIEW, type Operator, type Policy } from '../lifecycle/policy.js';
import type { Operators } from '../operators/operators-file.js';

/** A tenant's settings that policy takes from the worker's configuration. */
export interface PolicySettings {
  individualActivation: 'code' | 'admin';
  powerTenantCredentials: boolean;
  verdictPollSeconds: number;
  callSeconds: number;
}

export interface PolicyActivities {
  /** The tenant's policy; what it returns is recorded and holds for the case. */
  loadPolicy(input: { tenantId: string; kind: LifecycleKind }): Promise<Policy>;
  /** What is known of an operator now; null for a stranger. */
  lookUpOperator(input: { operatorId: string }): Promise<Operator | null>;
}

export function policyActivities(settings: PolicySettings, operators: Operators): PolicyActivities {
  return {
    loadPolicy: ({ kind }) =>
      Promise.resolve({
        version: '1',
        review: DEFAULT_REVIEW[kind],

        customerDays: 14,
        ...settings,
      }),
    lookUpOperator: async ({ operatorId }) => (await operators.lookUp(operatorId)) ?? null,
  };
}
