import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import { newTransfer } from '../lifecycle/new-case.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { TransferState } from '../lifecycle/case-state.js';
import type { TransferPhase } from '../lifecycle/phases.js';
import { type CaseInput } from './case.js';
import { runCourse, type PhaseFunction } from './course.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { answer, receive } from './messages.js';
import { approval, checks, execution } from './phases/transfer.js';

const PHASE_FUNCTIONS: Record<TransferPhase, PhaseFunction<TransferState>> = { checks, approval, execution };

/** Pays once. Its id is the payment's reference, so that the same reference is the same transfer, whoever starts it and how often. */
export async function transfer(input: CaseInput<TransferState>): Promise<Outcome> {
  const theCase = openCase(input, (at) => newTransfer(input.application, at));
  receive(theCase);
  answer(theCase);
  return runCourse(theCase, { phases: PHASE_FUNCTIONS, prepare: loadPolicy, success: 'completed' });
}

// A transfer is short: it ends on the version it began on. A worker of no deployment may not ask for this: the server refuses its tasks.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'PINNED' } : {}),
  transfer,
);
