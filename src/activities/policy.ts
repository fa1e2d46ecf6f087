import type { DeadlineTimes } from '../lifecycle/deadlines.js';
import type { Decision } from '../lifecycle/messages.js';
import type { BusinessDays, Operator, Policy, TenantPolicy } from '../lifecycle/policy.js';
import type { Operators } from '../operators/operators-file.js';
import { isSignedBy } from '../operators/signature.js';
import type { Policies } from '../policies/policy-file.js';
import { businessTimes } from './business-times.js';

/** What of the worker's configuration is part of a case's policy. */
export type PolicySettings = Omit<Policy, 'version' | keyof TenantPolicy>;

export interface PolicyActivities {
  /** The tenant's policy; what it returns is recorded and holds for the case. */
  loadPolicy(input: { tenantId: string }): Promise<Policy>;
  /** The hours so many business days after `from`, by the tenant's calendar. */
  businessTimes(input: { tenantId: string; from: string; days: BusinessDays }): Promise<DeadlineTimes>;
  /** What is known of operators now, strangers left out; with a decision, whether it carries its operator's own signature. */
  lookUpOperators(input: {
    ids: string[];
    workflowId: string;
    decision?: Decision | undefined;
  }): Promise<{ operators: Operator[]; signed: boolean }>;
}

export function policyActivities(settings: PolicySettings, policies: Policies, operators: Operators): PolicyActivities {
  return {
    loadPolicy: async ({ tenantId }) => {
      const { version, policy } = await policies.of(tenantId);
      return { version, ...policy, ...settings };
    },
    businessTimes: async ({ tenantId, from, days }) =>
      businessTimes((await policies.of(tenantId)).calendar, from, days),
    lookUpOperators: async ({ ids, workflowId, decision }) => {
      const found = (await Promise.all(ids.map((id) => operators.lookUp(id)))).filter(
        (operator) => operator !== undefined,
      );
      const signer = found.find(({ id }) => id === decision?.operator.id);
      const signed = decision !== undefined && signer !== undefined && (await isSignedBy(signer, workflowId, decision));
      return { operators: found.map(({ id, level, tenants }) => ({ id, level, tenants })), signed };
    },
  };
}
