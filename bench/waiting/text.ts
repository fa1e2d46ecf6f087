import { spreadText } from '../spread.js';
import type { Standing, WaitingBench } from './compare.js';

/** What `npm run bench -- waiting` prints. */
export function waitingText({ cached, few, all, ratios, restart }: WaitingBench): string {
  return [
    `${all.open} open cases / ${few.open}, at most ${cached} of them in the worker's memory`,
    `worker memory ${ratios.workerMemory.toFixed(2)}, decision to ACTIVE ${ratios.decision.toFixed(2)}`,
    '',
    line(few),
    line(all),
    `restarted: worker ready in ${restart.readyMs.toFixed(0)} ms, first decision to ACTIVE ${restart.firstDecisionMs.toFixed(0)} ms, ` +
      `all of them ${spreadText(restart.decisionMs, 0)} ms`,
  ].join('\n');
}

function line({ open, inMemory, workerMib, serverMib, decisionMs }: Standing): string {
  const server = serverMib === undefined ? '' : `, server ${serverMib.toFixed(0)} MiB`;
  return `${String(open).padStart(5)} open, ${inMemory} in memory: worker ${workerMib.toFixed(0)} MiB${server}, decision to ACTIVE ${spreadText(decisionMs, 0)} ms`;
}
