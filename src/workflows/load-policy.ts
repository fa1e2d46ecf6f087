import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { CaseState } from '../lifecycle/case-state.js';
import type { Case } from './case.js';
import {
  bodyHash,
  insufficient,
  PROOF_FAULTS,
  START,
  START_NOT_PROVED,
  startBody,
  type Verified,
} from '../lifecycle/proof-rules.js';
import { Ending } from './control-flow.js';
import * as own from './own-activities.js';
import { policyLoaded } from '../lifecycle/transitions.js';

/** Takes the tenant's policy in once; what was recorded then holds for the whole case. */
export async function loadPolicy(theCase: Case<CaseState>): Promise<void> {
  const { state } = theCase;
  if (state.policy) return;
  // A lifecycle that is cancelled at once still has to tell of its end, and the policy says how.
  const start = { name: START, bodyHash: bodyHash(startBody(state.application)), proof: state.startProof } as const;
  const { tenantId } = state.application;
  const loaded = await CancellationScope.nonCancellable(() => own.loadPolicy({ tenantId, start }));
  const { policy } = loaded;
  theCase.apply(policyLoaded(policy));
  // A child's start is vouched for by its parent's, which is judged where something is done about it.
  if (policy.requireProof && workflowInfo().parent === undefined) demandProof(theCase, loaded.start);
  theCase.record('started', { policy: policy.version });
}

/** Ends a case that nobody with a key of the signers file has started. */
function demandProof({ state }: Case<CaseState>, start: Verified): void {
  const asker = state.kind === 'call' ? state.application.by : undefined;
  const needed = asker === undefined ? 'submitter' : 'own';
  const fault = start.ok ? insufficient(needed, start.proof, asker) : start.fault;
  if (fault) throw new Ending('aborted', `${START_NOT_PROVED}: ${PROOF_FAULTS[fault]}`);
}
