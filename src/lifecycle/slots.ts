/**
 * What a payload is for. Ciphertexts are bound to a workflow and an activity id by the codec; the slot inside binds each to its use as well, so
 * that nothing copied within one case passes for something else. Every value that our own code hands to Temporal is wrapped as `{slot, body}`.
 */
export interface Placed {
  slot: string;
  body?: unknown;
}

/** Slots by use; the name is a workflow's, a message's or an activity's. */
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

/** The codec's marks: nobody encrypted it, where that is taken; the codec server encrypted it for a person; it cannot be read. */
export const PLAIN = 'plain';
export const BY_HAND = 'byHand';
export const UNREADABLE = 'unreadable';

/** A value in place of one that cannot be read, or that belongs elsewhere. No schema takes it. */
export class Unreadable {
  /** For the audit; nothing of what was sent. */
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

/** What a value holds that belongs to one of these slots, else {@link Unreadable}. Never throws. */
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

/** What our activities put into the details of their failures, since type and message of a failure are anybody's to write. */
export interface MadeFailure {
  type: string;
  message: string;
  details: unknown[];
  nonRetryable: boolean;
}
