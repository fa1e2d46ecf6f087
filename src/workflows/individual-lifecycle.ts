import { newCase } from '../lifecycle/new-case.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { IndividualPhase } from '../lifecycle/phases.js';
import { type LifecycleInput } from './case.js';
import { runCourse, type PhaseFunction } from './course.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { announceRegistration, answer, receive } from './messages.js';
import { activation } from './phases/activation.js';
import { consents } from './phases/consents.js';
import { payments } from './phases/payments.js';
import { registration } from './phases/registration.js';
import { session } from './phases/session.js';
import { verification } from './phases/verification.js';
import { wallet } from './phases/wallet.js';

const PHASE_FUNCTIONS: Record<IndividualPhase, PhaseFunction> = {
  registration,
  session,
  verification,
  consents,
  activation,
  wallet,
  payments,
};

/** Carries a person through FinHub's seven phases (S1), over days. The table of phases is `lifecycle/phases.ts`. */
export async function individualLifecycle(input: LifecycleInput): Promise<Outcome> {
  const theCase = openCase(input, (at) => newCase('individual', input.application, at));
  receive(theCase);
  answer(theCase);
  announceRegistration(theCase);
  return runCourse(theCase, { phases: PHASE_FUNCTIONS, prepare: loadPolicy, success: 'active' });
}
