import type { DeadlineTimes } from '../lifecycle/deadlines.js';
import type { BusinessDays, Operator, Policy, TenantPolicy } from '../lifecycle/policy.js';
import type { Verified } from '../lifecycle/proof-rules.js';
import { operatorIn } from '../proof/signers-file.js';
import type { Policies } from '../policies/policy-file.js';
import { businessTimes } from './business-times.js';
import type { Judge } from './judge.js';
import type { Unverified } from './unproved.js';

/** The worker's settings that are part of a case's policy. */
export type PolicySettings = Omit<Policy, 'version' | keyof TenantPolicy>;

export interface PolicyActivities {
  /** The tenant's policy, recorded for the life of the case, and the verified envelope of the case's start. */
  loadPolicy(input: { tenantId: string; start: Unverified }): Promise<{ policy: Policy; start: Verified }>;
  /** The time a number of business days after `from`, by the tenant's calendar. */
  businessTimes(input: { tenantId: string; from: string; days: BusinessDays }): Promise<DeadlineTimes>;
  /**
   * The known operators among the named ones, and the verified envelopes in order; `requireProof` if this worker refuses messages without
   * proof.
   */
  lookUpSigners(input: {
    ids: string[];
    tenantId: string;
    messages: Unverified[];
  }): Promise<{ operators: Operator[]; verified: Verified[]; requireProof: boolean }>;
}

export function policyActivities(settings: PolicySettings, policies: Policies, judge: Judge): PolicyActivities {
  return {
    loadPolicy: async ({ tenantId, start }) => {
      const { version, policy } = await policies.of(tenantId);
      const [verified] = await judge.verifyAll(await judge.signers(), tenantId, [start]);
      return { policy: { version, ...policy, ...settings }, start: verified! };
    },
    businessTimes: async ({ tenantId, from, days }) =>
      businessTimes((await policies.of(tenantId)).calendar, from, days),
    lookUpSigners: async ({ ids, tenantId, messages }) => {
      const signers = await judge.signers();
      const operators = ids.map((id) => operatorIn(signers, id)).filter((operator) => operator !== undefined);
      const verified = await judge.verifyAll(signers, tenantId, messages);
      return { operators, verified, requireProof: judge.requireProof };
    },
  };
}
