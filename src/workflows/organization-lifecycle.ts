import { newCase } from '../lifecycle/new-case.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { OrganizationPhase } from '../lifecycle/phases.js';
import { type LifecycleInput } from './case.js';
import { runCourse, type PhaseFunction } from './course.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { announceRegistration, answer, receive } from './messages.js';
import { activation } from './phases/activation.js';
import { consents } from './phases/consents.js';
import { beneficiaries, paymentConsent, transactions } from './phases/payments.js';
import { personnel } from './phases/personnel.js';
import { registration } from './phases/registration.js';
import { verification } from './phases/verification.js';

const PHASE_FUNCTIONS: Record<OrganizationPhase, PhaseFunction> = {
  registration,
  personnel,
  verification,
  consents,
  activation,
  beneficiaries,
  paymentConsent,
  transactions,
};

/** Carries an organization and its people through FinHub's eight phases (S0), over days. The table of phases is `lifecycle/phases.ts`. */
export async function organizationLifecycle(input: LifecycleInput): Promise<Outcome> {
  const theCase = openCase(input, (at) => newCase('organization', input.application, at));
  receive(theCase);
  answer(theCase);
  announceRegistration(theCase);
  return runCourse(theCase, { phases: PHASE_FUNCTIONS, prepare: loadPolicy, success: 'active' });
}
