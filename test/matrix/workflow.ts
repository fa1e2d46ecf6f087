import type { Activities } from '../../src/activities/index.js';
import { callsTo } from '../../src/workflows/activities.js';

/** Seconds one attempt may take: a session, a read-back, the call, and what an unclear try before it needs to settle. */
const CALL_SECONDS = 20;

/** Asks for one activity as a lifecycle does, with the same retries. */
export async function callOperation(
  activity: keyof Activities,
  call: unknown,
  seconds = CALL_SECONDS,
): Promise<unknown> {
  const activities = callsTo(seconds, activity) as unknown as Record<string, (call: unknown) => Promise<unknown>>;
  return activities[activity]!(call);
}
