import { ApplicationFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { isAskedFor, prerequisitesOf } from '../lifecycle/prerequisites.js';
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

export type PhaseFunction<State extends CaseState = LifecycleState> = (theCase: Case<State>) => Promise<void>;

/** How a case is run: its phases by name, what comes before them, and how it ends when all went well. */
export interface Course<State extends CaseState> {
  phases: Record<string, PhaseFunction<State>>;
  prepare: PhaseFunction<State>;
  success: 'active' | 'completed';
}

/** Runs the phases in order, each once and only on its prerequisites, and returns how it all ended. */
export async function runCourse<State extends CaseState>(
  theCase: Case<State>,
  { phases, prepare, success }: Course<State>,
): Promise<Outcome> {
  const state: CaseState = theCase.state;
  if (isLifecycle(state) && !isSealedText(state.application.password)) {
    throw ApplicationFailure.nonRetryable(
      'the password was not sealed; start lifecycles with the client library',
      'UnsealedSecret',
    );
  }
  try {
    await theCase.cancellable(async () => {
      await prepare(theCase);
      for (const { name } of theCase.state.phases) await runPhase(theCase, name, phases[name]!);
    });
    await end(theCase, success);
  } catch (error) {
    if (error instanceof Ending) await end(theCase, error.result, error.reason);
    else if (isCancellation(error)) await end(theCase, 'cancelled');
    else throw error;
  }
  await CancellationScope.nonCancellable(async () => {
    await condition(() => theCase.isQuiet);
    await planDeletion(theCase);
    await theCase.notifications.drained();
  });
  return theCase.state.outcome!;
}

/** Ends the case at once for everybody, then logs the customer out. */
async function end(theCase: Case<CaseState>, result: Outcome['result'], reason?: string): Promise<void> {
  const goodbye = logOut(theCase);
  theCase.occur({ name: 'ended', result, reason });
  theCase.notifications.send('lifecycle.ended', { result });
  theCase.show();
  await CancellationScope.nonCancellable(goodbye);
}

async function runPhase<State extends CaseState>(
  theCase: Case<State>,
  name: PhaseName,
  phase: PhaseFunction<State>,
): Promise<void> {
  const entry = (): CaseState['phases'][number] => theCase.state.phases.find((candidate) => candidate.name === name)!;
  if (entry().state === 'completed' || entry().state === 'skipped') return;
  if (entry().state === 'pending') {
    theCase.apply(phaseStarted(name, new Date()));
    theCase.record('phaseStarted', {});
  }
  let ended: 'completed' | 'skipped' = 'completed';
  try {
    if (!isAskedFor(theCase.state, name)) throw new PhaseSkipped();
    await theCase.require(prerequisitesOf(theCase.state.kind, name));
    await phase(theCase);
  } catch (error) {
    if (!(error instanceof PhaseSkipped)) throw error;
    ended = 'skipped';
  }
  theCase.record('phaseEnded', { result: ended });
  measurePhase(name, ended, entry().startedAt!);
  theCase.apply(phaseEnded(name, ended, new Date()));
  theCase.notifications.send('lifecycle.phaseEnded', { phase: name, state: ended });
}
