import type { Changes } from './case-state.js';
import type { CheckedCorrection } from './correction.js';
import type { Answer, MessageBodies, MessageName } from './messages.js';
import type { Operator } from './policy.js';
import type { VerifiedProof } from './proof-rules.js';

/** What a ruling may use. */
export interface Given {
  at: Date;
  /** The named operators in the current signers file; unknown ones are missing. */
  operators: ReadonlyMap<string, Operator>;
  /** The message's verified envelope. */
  proof?: VerifiedProof | undefined;
  /** The envelope itself, stored for activities that act on the message. */
  envelope?: string | undefined;
  /** The intake's check of a correction; workflows always ask for it. */
  checked?: CheckedCorrection | undefined;
}

/** What a rule changes in a case, and the answer to the sender. */
export type Ruling = [Changes, Answer];

/** The effect of each of these messages on a case of this kind. */
export type Rules<State, Name extends MessageName> = {
  [One in Name]: (state: State, body: MessageBodies[One], given: Given) => Ruling;
};
