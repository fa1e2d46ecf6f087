import { FLOW_VERSION } from '../lifecycle/phases.js';
import type { AnyCaseState } from '../lifecycle/case-state.js';
import { ownActivities } from './activities.js';
import type { Case } from './case.js';

/** Takes the tenant's policy in once; what was recorded then holds for the whole case. */
export async function loadPolicy(kase: Case<AnyCaseState>): Promise<void> {
  if (kase.state.policy) return;
  kase.state.policy = await ownActivities.loadPolicy({ tenantId: kase.state.application.tenantId });
  kase.record('started', `flow ${FLOW_VERSION}, policy ${kase.state.policy.version}`);
}
