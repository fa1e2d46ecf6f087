import { after, before, describe } from 'node:test';
import { describeMessages } from './attacks/messages.js';
import { describeResults } from './attacks/results.js';
import { describeStarts } from './attacks/starts.js';
import { startStronghold, type Stronghold } from './attacks/stronghold.js';

describe('attacks on Temporal', { timeout: 300_000 }, () => {
  let hold: Stronghold;
  before(async () => {
    hold = await startStronghold();
  });
  after(() => hold.stop());

  describeMessages(() => hold);
  describeResults(() => hold);
  describeStarts(() => hold);
});
