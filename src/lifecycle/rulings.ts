import type { Changes } from './case-state.js';
import type { CheckedCorrection } from './correction.js';
import type { Answer, MessageBodies, MessageName } from './messages.js';
import type { Operator } from './policy.js';
import type { VerifiedProof } from './proof-rules.js';

/** What is known when something is decided. */
export interface Given {
  at: Date;
  /** The operators a message names, as the signers file knows them now; strangers are not in it. */
  operators: ReadonlyMap<string, Operator>;
  /** The envelope that the message came in, as it was verified. */
  proof?: VerifiedProof | undefined;
  /** The envelope itself, kept for whoever acts on the message. */
  envelope?: string | undefined;
  /** What the rules of the intake say of a correction; workflows always ask for it. */
  checked?: CheckedCorrection | undefined;
}

/** What a rule changes of a case, and what the sender of a message hears. */
export type Ruling = [Changes, Answer];

/** What each of these messages does to a case of this kind. */
export type Rules<State, Name extends MessageName> = {
  [One in Name]: (state: State, body: MessageBodies[One], given: Given) => Ruling;
};
