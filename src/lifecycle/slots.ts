/**
 * What a payload is for. The codec binds ciphertexts to a workflow and an activity id; the slot inside also binds each to its use, so that a
 * copy within one case does not pass for something else. Every value that our code gives to Temporal is wrapped as `{slot, body}`.
 */
export interface Placed {
  slot: string;
  body?: unknown;
}

/** Slots by use; the name is that of a workflow, a message or an activity. */
export const SLOTS = {
  start: (type: string) => `start:${type}`,
  child: (type: string) => `child:${type}`,
  continued: (type: string) => `continued:${type}`,
  signal: (name: string) => `signal:${name}`,
  update: (name: string) => `update:${name}`,
  answer: (query: string) => `answer:${query}`,
  args: (activity: string) => `args:${activity}`,
  result: (activity: string) => `result:${activity}`,
  failure: (activity: string) => `failure:${activity}`,
  heartbeat: (activity: string) => `heartbeat:${activity}`,
} as const;

/** The codec's marks for payloads without a slot: unencrypted, encrypted by the codec server for a person, or unreadable. */
export const PLAIN = 'plain';
export const BY_HAND = 'byHand';
export const UNREADABLE = 'unreadable';

/** Replaces a value that cannot be read, or that belongs elsewhere. No schema accepts it. */
export class Unreadable {
  /** For the audit; without the value. */
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

export function place(slot: string, body: unknown): Placed {
  return { slot, body };
}

export function placeAll(slot: string, bodies: readonly unknown[]): Placed[] {
  return bodies.map((body) => place(slot, body));
}

/** The body of a value in one of these slots, otherwise {@link Unreadable}. Never throws. */
export function unplace(value: unknown, ...slots: string[]): unknown {
  if (value === undefined) return undefined;
  if (!isPlaced(value)) return new Unreadable('it was not made by this service');
  const { slot, body } = value;
  if (slot === UNREADABLE) return new Unreadable(typeof body === 'string' ? body : 'it cannot be read');
  if (slot === PLAIN || slot === BY_HAND || slots.includes(slot)) return body;
  return new Unreadable(`it was made for another use (${slot.slice(0, 80)})`);
}

export function unplaceAll(values: readonly unknown[], slot: string): unknown[] {
  return values.map((value) => unplace(value, slot));
}

function isPlaced(value: unknown): value is Placed {
  return typeof value === 'object' && value !== null && typeof (value as Placed).slot === 'string';
}

/** The details of our activities' failures, since anybody could write a failure's type and message. */
export interface MadeFailure {
  type: string;
  message: string;
  details: unknown[];
  nonRetryable: boolean;
}
