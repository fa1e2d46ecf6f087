import { runCourse } from '../../src/workflows/course.js';
import { newCase } from '../../src/lifecycle/new-case.js';
import type { Outcome } from '../../src/lifecycle/outcome.js';
import { INDIVIDUAL_PHASES } from '../../src/lifecycle/phases.js';
import type { LifecycleInput } from '../../src/workflows/case.js';
import { loadPolicy } from '../../src/workflows/load-policy.js';
import { answer, receive } from '../../src/workflows/messages.js';
import { openCase } from '../../src/workflows/open-case.js';

/** A person's lifecycle whose phases do nothing, so that none brings about what the next one builds on. */
export async function individualLifecycle(input: LifecycleInput): Promise<Outcome> {
  const theCase = openCase(input, (at) => newCase('individual', input.application, at));
  receive(theCase);
  answer(theCase);
  const idle = () => Promise.resolve();
  const phases = Object.fromEntries(INDIVIDUAL_PHASES.map(({ name }) => [name, idle]));
  return runCourse(theCase, { phases, prepare: loadPolicy, success: 'active' });
}
