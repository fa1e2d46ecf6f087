import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { isAskedFor, prerequisitesOf } from '../lifecycle/case-rules.js';
import { isLifecycle, type CaseState, type LifecycleState } from '../lifecycle/case-state.js';
import { type Outcome } from '../lifecycle/outcome.js';
import type { PhaseName } from '../lifecycle/phases.js';
import { isSealedText } from '../lifecycle/sealed.js';
import { phaseEnded, phaseStarted } from '../lifecycle/transitions.js';
import type { Case } from './case.js';
import { planDeletion } from './document-retention.js';
import { Ending, PhaseSkipped } from './control-flow.js';
import { logOut } from './log-out.js';
import { measurePhase } from './metrics.js';

export type PhaseFunction<State extends CaseState = LifecycleState> = (kase: Case<State>) => Promise<void>;

/** How a case is run: its phases by name, what comes before them, and how it ends when all went well. */
export interface Course<State extends CaseState> {
  phases: Record<string, PhaseFunction<State>>;
  prepare: PhaseFunction<State>;
  success: 'active' | 'completed';
}

/** Runs the phases in order, each once and only on its prerequisites, and returns how it all ended. */
export async function runCourse<State extends CaseState>(
  kase: Case<State>,
  { phases, prepare, success }: Course<State>,
): Promise<Outcome> {
  const state: CaseState = kase.state;
  if (isLifecycle(state) && !isSealedText(state.application.password)) {
    throw ApplicationFailure.nonRetryable(
      'the password was not sealed; start lifecycles with the client library',
      'UnsealedSecret',
    );
  }
  try {
    await kase.cancellable(async () => {
      await prepare(kase);
      for (const { name } of kase.state.phases) await runPhase(kase, name, phases[name]!);
    });
    await end(kase, success);
  } catch (error) {
    if (error instanceof Ending) await end(kase, error.result, error.reason);
    else if (isCancellation(error)) await end(kase, 'cancelled');
    else throw error;
  }
  await CancellationScope.nonCancellable(async () => {
    await condition(() => kase.isQuiet);
    await planDeletion(kase);
    await kase.notifications.drained();
  });
  return kase.state.outcome!;
}

/** Ends the case at once for everybody, then logs the customer out. */
async function end(kase: Case<CaseState>, result: Outcome['result'], reason?: string): Promise<void> {
  const goodbye = logOut(kase);
  kase.occur({ name: 'ended', result, reason });
  kase.notifications.send('lifecycle.ended', { result });
  kase.show();
  await CancellationScope.nonCancellable(goodbye);
}

async function runPhase<State extends CaseState>(
  kase: Case<State>,
  name: PhaseName,
  phase: PhaseFunction<State>,
): Promise<void> {
  const entry = (): CaseState['phases'][number] => kase.state.phases.find((candidate) => candidate.name === name)!;
  if (entry().state === 'completed' || entry().state === 'skipped') return;
  if (entry().state === 'pending') {
    kase.apply(phaseStarted(name, new Date()));
    kase.record('phaseStarted', {});
  }
  let ended: 'completed' | 'skipped' = 'completed';
  try {
    if (!isAskedFor(kase.state, name)) throw new PhaseSkipped();
    await kase.require(prerequisitesOf(kase.state.kind, name));
    await phase(kase);
  } catch (error) {
    if (!(error instanceof PhaseSkipped)) throw error;
    ended = 'skipped';
  }
  kase.record('phaseEnded', { result: ended });
  measurePhase(name, ended, entry().startedAt!);
  kase.apply(phaseEnded(name, ended, new Date()));
  kase.notifications.send('lifecycle.phaseEnded', { phase: name, state: ended });
}
