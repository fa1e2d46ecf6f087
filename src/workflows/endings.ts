import type { Outcome, Requirement } from '../lifecycle/case-state.js';
import type { FieldError } from '../lifecycle/failures.js';

/** The failure of a workflow that runs where it does not belong. */
export const NOT_ITS_PLACE = 'NotItsPlace';

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

/** How a call failed, as the case keeps it. */
export interface CallFailure {
  type: string;
  message: string;
  fieldErrors?: FieldError[] | undefined;
  /** The request may have taken effect. */
  unclear?: boolean | undefined;
  /** An earlier try may have. */
  earlierUnclear?: boolean | undefined;
  retryAfterMs?: number | undefined;
  /** Ids of the decisions that do not count. */
  notCounting?: string[] | undefined;
  missing?: Requirement[] | undefined;
}

/** A failure that the phase asked to handle itself. */
export class CallFailed extends Error {
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    super(failure.type);
    this.failure = failure;
  }
}
