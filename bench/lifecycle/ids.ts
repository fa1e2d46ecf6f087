import { EXAMPLES } from '../../dev/demo/examples.js';
import type { Stack } from '../../dev/embedded/stack.js';
import { inTime, Patience } from '../patience.js';
import { spreadOf, type Spread } from '../spread.js';
import { applicationOf, type Contestant } from './contestants.js';
import { historyOf } from './history.js';

/** How soon a start that waits for FinHub's ids is answered, one at a time; milliseconds from the call on. */
export interface IdsBench {
  toIdsMs: Spread;
  toReviewMs: Spread;
  /** Time to the ids through time to the review, of each lifecycle. */
  share: Spread;
}

const WITHIN_SECONDS = 60;

/** Starts lifecycles one after the other, each with its ids, and carries them to the end. */
export async function measureIds({ client }: Stack, ours: Contestant, lifecycles: number): Promise<IdsBench> {
  const patience = new Patience();
  const taken: { toIds: number; toReview: number }[] = [];
  for (let number = 0; number < lifecycles; number += 1) {
    const application = await applicationOf(`ids-${number}`);
    const calledAt = Date.now();
    const options = { folder: EXAMPLES, idsWithin: WITHIN_SECONDS };
    const { workflowId, ids } = await client.startIndividual(application, options);
    const toIds = Date.now() - calledAt;
    if (!ids) throw new Error(`${workflowId}: no ids within ${WITHIN_SECONDS} s`);
    const lifecycle = client.temporal.workflow.getHandle(workflowId);
    await patience.until(() => ours.isInReview(lifecycle), lifecycle);
    await ours.approve(lifecycle);
    await inTime(lifecycle.result(), lifecycle);
    const { startedAt, toReviewMs } = await historyOf(lifecycle);
    taken.push({ toIds, toReview: startedAt + toReviewMs - calledAt });
  }
  return {
    toIdsMs: spreadOf(taken.map(({ toIds }) => toIds)),
    toReviewMs: spreadOf(taken.map(({ toReview }) => toReview)),
    share: spreadOf(taken.map(({ toIds, toReview }) => toIds / toReview)),
  };
}
