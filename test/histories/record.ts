import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { startTimeSkipping } from '../helpers/time-skipping.js';
import { SCENARIOS } from './scenarios.js';
import { PRESENT, storedHistories, storeHistory } from './stored.js';
import { recordWorkerLost } from './worker-lost.js';

new Command('histories.record')
  .description(
    'records the histories that the replay test holds every later version against; one that is there is never overwritten',
  )
  .addHelpText('after', '\nTo record one anew that was never released, delete its file first.')
  .parse();

/** Reviews expire within days, so that recording that takes seconds. */
const POLICY_FILE = fileURLToPath(new URL('policy.json', import.meta.url));

const there = new Set((await storedHistories()).map(({ name }) => name));
const isMissing = (name: string): boolean => !there.has(`${PRESENT}/${name}`);

const time = await startTimeSkipping();
try {
  for (const [name, scenario] of Object.entries(SCENARIOS).filter(([name]) => isMissing(name))) {
    // Each look at FinHub's verdict takes real time, and there would be hundreds until a review expires.
    const polls = { FINHUB_VERDICT_POLL_SECONDS: name.endsWith('expired') ? '86400' : '1' };
    const lane = await time.lane({ env: { FINHUB_TIMEOUT_MS: '500', POLICY_FILE, ...polls } });
    const id = await scenario(lane, time);
    const [codec] = lane.temporal.options.loadedDataConverter.payloadCodecs;
    await storeHistory(name, id, await lane.temporal.workflow.getHandle(id).fetchHistory(), codec!);
    say(name);
  }
} finally {
  await time.stop();
}
for (const kind of ['individual', 'organization'] as const) {
  const name = `${kind}-worker-lost`;
  if (!isMissing(name)) continue;
  await recordWorkerLost(kind, name);
  say(name);
}

function say(name: string): void {
  process.stdout.write(`recorded ${PRESENT}/${name}\n`);
}
