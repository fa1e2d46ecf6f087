import { CancellationScope } from '@temporalio/workflow';
import type { Case } from './case.js';
import type { Wait } from './waits.js';

/** How FinHub is looked at beside a wait. */
export interface Watch {
  /** Shown in Temporal's UI until the first look. */
  until: string;
  /** Looks until there is something to see; after a hint at once. */
  look(polling: { every: number; hinted: boolean }): Promise<void>;
}

/**
 * Waits for a person, and looks at FinHub meanwhile, where somebody may have done the same. Not at once: most is done here, and a look that is
 * given up costs more than a timer. What looking brings ends the lifecycle or makes `met` true; the wait goes on until then.
 */
export async function waitAndWatch(theCase: Case, wait: Wait, met: () => boolean, watch: Watch): Promise<void> {
  const every = theCase.policy.verdictPollSeconds;
  const watched = async (): Promise<void> => {
    const hinted = await theCase.hints.sleep(every * 1000, watch.until);
    await watch.look({ every, hinted });
  };
  const both = new CancellationScope();
  await both.run(async () => {
    const person = theCase.wait(wait, met);
    const watching = watched();
    try {
      await Promise.race([person, watching.then(() => person)]);
    } finally {
      both.cancel();
      await Promise.allSettled([person, watching]);
    }
  });
}
