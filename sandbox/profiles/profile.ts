import type { Refusal } from '../refusal.js';
import type { Answer } from './answer.js';
import type { Shapes } from './runner-shapes.js';

export type ProfileName = 'runner' | 'flow' | 'reference';

/** One of the forms in which FinHub's documentation shows its answers (facts §17). */
export interface Profile {
  /** Whether consents and activation take effect some time after the answer. */
  readonly recordsLater: boolean;
  /** Whether an executed order is settled some time after the answer. */
  readonly settlesLater: boolean;
  /** The status of a newly registered individual. */
  readonly registeredStatus: 'CS_REGISTRATION_COMPLETED' | 'PENDING_VERIFICATION';
  readonly shapes: Shapes;
  envelope(answer: Answer): Record<string, unknown>;
  refusal(refusal: Refusal): Record<string, unknown>;
}
