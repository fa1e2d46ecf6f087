import { setTimeout as pause } from 'node:timers/promises';
import type { OnboardingClient } from '../src/client/index.js';

const POLL_MS = 100;

/**
 * Waits until operators can decide on a case.
 * @throws Error where it needs attention before
 */
export async function untilInReview(client: OnboardingClient, id: string): Promise<void> {
  for (;;) {
    const status = await client.status(id);
    if (status.status === 'needsAttention') throw new Error(`${id} needs attention: ${JSON.stringify(status)}`);
    if (!status.stale && status.review.stage === 'inReview') return;
    await pause(POLL_MS);
  }
}
