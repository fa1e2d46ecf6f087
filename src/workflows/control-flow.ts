import type { Outcome } from '../lifecycle/outcome.js';
import type { CallFailure } from '../lifecycle/failures.js';

/** The failure of a workflow that runs where it does not belong. */
export const NOT_ITS_PLACE = 'NotItsPlace';

/** What the customer hears of a rejection that gives no reason meant for them, whatever the true one is: tipping off is an offence. */
export const NOT_ACCEPTED = 'the application cannot be accepted';

/** Ends the case with an outcome other than success. */
export class Ending extends Error {
  readonly result: Exclude<Outcome['result'], 'active' | 'completed'>;
  readonly reason: string | undefined;
  constructor(result: Exclude<Outcome['result'], 'active' | 'completed'>, reason?: string) {
    super(result);
    this.result = result;
    this.reason = reason;
  }
}

/** Leaves a phase that policy lets a person skip. */
export class PhaseSkipped extends Error {}

/** Leaves a call that a correction has made needless before FinHub was told. */
export class CallNeedless extends Error {}

/** A failure that the phase asked to handle itself. */
export class CallFailed extends Error {
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    super(failure.type);
    this.failure = failure;
  }
}
