import { setTimeout as pause } from 'node:timers/promises';
import type { OnboardingClient } from '../src/client/index.js';
import { EXAMPLES, exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import type { Child } from '../dev/embedded/child-process.js';
import { startStack } from '../dev/embedded/stack.js';
import { untilInReview } from './in-review.js';
import { slowDown } from './slow-finhub.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

export interface RecoveryOptions {
  rounds: number;
  /** Cases in flight at the kill, half of them organizations. */
  cases: number;
  /** Milliseconds that FinHub takes for each answer, so that calls are under way at any time. */
  latency: number;
  onProgress: (line: string) => void;
}

/** Seconds from one moment in the middle of the work until the last case was in review. */
export interface RecoveryBench {
  /** Two workers, left in peace. */
  undisturbed: Spread;
  /** One of the two killed at that moment. */
  killed: Spread;
}

/** The kill comes this long after the last case was started, in milliseconds. */
const UNDER_WAY_MS = 2000;

/** Kills one of two workers in the middle of the work, with the default configuration. */
export async function measureRecovery({ rounds, cases, latency, onProgress }: RecoveryOptions): Promise<RecoveryBench> {
  const stack = await startStack();
  try {
    await slowDown(stack.sandboxUrl, latency);
    const [undisturbed, killed]: [number[], number[]] = [[], []];
    let { worker } = stack;
    await stack.startWorker();
    const measure = async (name: string, victim: Child | undefined): Promise<number> => {
      const ids = await startCases(stack.client, name, cases);
      await pause(UNDER_WAY_MS);
      const at = performance.now();
      await victim?.kill();
      await Promise.all(ids.map((id) => untilInReview(stack.client, id)));
      const seconds = (performance.now() - at) / 1000;
      onProgress(`${name}: ${seconds.toFixed(1)} s`);
      return seconds;
    };
    for (let round = 1; round <= rounds; round += 1) {
      undisturbed.push(await measure(`undisturbed-${round}`, undefined));
      killed.push(await measure(`killed-${round}`, worker));
      worker = await stack.startWorker();
    }
    return { undisturbed: spreadOf(undisturbed), killed: spreadOf(killed) };
  } finally {
    await stack.stop();
  }
}

async function startCases(client: OnboardingClient, name: string, cases: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: cases }, async (_, index) => {
      const id = `${name}-${index}`;
      const started = index % 2 === 0 ? await startPerson(client, id) : await startCompany(client, id);
      return started.workflowId;
    }),
  );
}

async function startPerson(client: OnboardingClient, id: string) {
  const example = await exampleIndividual(id);
  const person = { ...example.person, email: `${id}@example.com` };
  return client.startIndividual({ ...example, person }, { folder: EXAMPLES });
}

async function startCompany(client: OnboardingClient, id: string) {
  const example = await exampleOrganization(id);
  const organization = {
    ...example.organization,
    ...{ email: `${id}@example.com`, registrationNumber: id, taxId: id },
  };
  return client.startOrganization({ ...example, organization }, { folder: EXAMPLES });
}

/** What `npm run bench -- recovery` prints. */
export function recoveryText({ undisturbed, killed }: RecoveryBench): string {
  return [
    'seconds until the last case was in review',
    `two workers               ${spreadText(undisturbed, 1)}`,
    `one of the two killed     ${spreadText(killed, 1)}`,
  ].join('\n');
}
