import type * as z from 'zod/mini';
import { fields, list, marked, parse, text, time } from '../contract/schema.js';
import { MOST_IDS } from './webhook-ids.js';

/** Signal to the inbox of a tenant: FinHub has sent a webhook. */
export const WEBHOOK = 'webhook';

/** Signal to a case: look at FinHub now. It contains nothing else and needs no rights. */
export const LOOK_NOW = 'lookNow';

const opaque = (max: number) => marked('plain', text(max));

/** The part of a webhook that we use: which of our cases it may be about. Everything else is read at FinHub. */
const hint = fields({
  /** FinHub's id of the event; repeats have the same. */
  eventId: opaque(200),
  type: opaque(100),
  /** FinHub's ids in it. */
  ids: list(opaque(200), [0, MOST_IDS]),
  /** When it came, ISO 8601. */
  at: marked('plain', time()),
});
export type Hint = z.output<typeof hint>;

/** @throws Malformed */
export function parseHint(value: unknown): Hint {
  return parse(hint, value);
}

/** The most looks for hints in a burst. */
const MOST_AT_ONCE = 5;
/** After a burst, one more look per this time, so that a flood of hints causes no more reads. */
const ONE_MORE_AFTER_MS = 60_000;

/** How many looks for hints a case has left, at a time in milliseconds since 1970. */
export interface Allowance {
  left: number;
  asOf: number;
}

/** What a case has before the first hint. */
export function fullAllowance(now: number): Allowance {
  return { left: MOST_AT_ONCE, asOf: now };
}

/** Milliseconds until a hint may be followed. */
export function untilAllowed(allowance: Allowance, now: number): number {
  const { left } = refilled(allowance, now);
  return left >= 1 ? 0 : Math.ceil((1 - left) * ONE_MORE_AFTER_MS);
}

/** What is left after one more look. */
export function afterLook(allowance: Allowance, now: number): Allowance {
  const { left, asOf } = refilled(allowance, now);
  return { left: Math.max(0, left - 1), asOf };
}

function refilled({ left, asOf }: Allowance, now: number): Allowance {
  const gained = Math.max(0, now - asOf) / ONE_MORE_AFTER_MS;
  return { left: Math.min(MOST_AT_ONCE, left + gained), asOf: Math.max(asOf, now) };
}
