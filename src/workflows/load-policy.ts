import { CancellationScope } from '@temporalio/workflow';
import type { AnyCaseState } from '../lifecycle/case-state.js';
import type { Case } from './case.js';
import * as own from './own-activities.js';

/** Takes the tenant's policy in once; what was recorded then holds for the whole case. */
export async function loadPolicy(kase: Case<AnyCaseState>): Promise<void> {
  const { state } = kase;
  if (state.policy) return;
  // A lifecycle that is cancelled at once still has to tell of its end, and the policy says how.
  state.policy = await CancellationScope.nonCancellable(() => own.loadPolicy({ tenantId: state.application.tenantId }));
  kase.record('started', `policy ${state.policy.version}`);
}
