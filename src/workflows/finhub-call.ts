import { newCall } from '../lifecycle/new-case.js';
import type { CallState } from '../lifecycle/case-state.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { CallPhase } from '../lifecycle/phases.js';
import { type CaseInput } from './case.js';
import { runCourse, type PhaseFunction } from './course.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { answer, receive } from './messages.js';
import { call, permission } from './phases/by-hand.js';

const PHASE_FUNCTIONS: Record<CallPhase, PhaseFunction<CallState>> = { permission, call };

/** Makes one call to FinHub that an operator asked for, by the rules that hold for the calls of a case. */
export async function finhubCall(input: CaseInput<CallState>): Promise<Outcome> {
  const theCase = openCase(input, (at) => newCall(input.application, at));
  receive(theCase);
  answer(theCase);
  return runCourse(theCase, { phases: PHASE_FUNCTIONS, prepare: loadPolicy, success: 'completed' });
}
