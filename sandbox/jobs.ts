import { finishActivation } from './activation.js';
import { lapse, settle } from './orders.js';
import { createDefaultAdmin } from './personnel.js';
import type { JobKind } from './records.js';
import type { World } from './world.js';

const EFFECTS: Readonly<Record<JobKind, (world: World, ref: string) => void>> = {
  'accept-consent': ({ state }, id) => void state.consents.patch(id, { status: 'ACCEPTED' }),
  'finish-activation': (world, id) => void finishActivation(world, id),
  'create-default-admin': createDefaultAdmin,
  'clear-screening': ({ state }, id) => {
    if (state.beneficiaries.get(id)) state.beneficiaries.patch(id, { pepCheckResult: 'VERIFIED', status: 'ACTIVE' });
  },
  'settle-order': (world, id) => void settle(world, id),
  'lapse-order': lapse,
};

/**
 * Lets everything happen that is due, in order. It runs before each call: nobody can see that an effect came
 * when somebody looked and not a moment earlier, and no timer has to survive a restart.
 */
export function runDueJobs(world: World): void {
  const { state, clock } = world;
  const now = clock.now();
  const due = state.jobs.all().filter(({ dueAt }) => dueAt <= now);
  for (const { id, kind, ref } of due.sort((one, other) => one.dueAt - other.dueAt)) {
    state.jobs.delete(id);
    EFFECTS[kind](world, ref);
  }
}
