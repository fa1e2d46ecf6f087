import { loginOf } from '../call-context.js';
import type { Case } from '../case.js';

/** Phase 2 of an individual: the application's own credentials log in, and act for the customer from here on. */
export async function session(theCase: Case): Promise<void> {
  await theCase.calls.openSession(() => loginOf(theCase.state));
  theCase.establish('session');
}
