import { Connection } from '@temporalio/client';
import type { LifecycleStatus, OnboardingClient } from '../../src/client/index.js';
import type { Child } from '../../dev/embedded/child-process.js';
import { startStack, type Stack } from '../../dev/embedded/stack.js';
import { eventually } from './eventually.js';
import { FinHub } from './finhub.js';

/** FinHub acts, and says so only after this time; long enough to kill the worker that waits for it. */
export const LATE_MS = 3000;

/** A service whose workers are stopped, killed and replaced. */
export interface DyingWorkers {
  stack: Stack;
  client: OnboardingClient;
  finhub: FinHub;
  /** The one at work; whoever ends it puts the next one here. */
  worker: Child;
  connection: Connection;
  until: (id: string, what: string, isWanted: (status: LifecycleStatus) => boolean) => Promise<LifecycleStatus>;
  inReview: (id: string) => Promise<LifecycleStatus>;
  /** How many objects of a kind FinHub has made. */
  count: (kind: string) => Promise<number>;
  /** Waits until FinHub has made so many objects of a kind, of which its answer has not come yet. */
  made: (kind: string, count: number) => Promise<unknown>;
  stop: () => Promise<void>;
}

/** @param workerEnv variables of every worker */
export async function startDyingWorkers(workerEnv: Record<string, string>): Promise<DyingWorkers> {
  const stack = await startStack({
    sandboxArgs: ['--activation-delay', '0', '--settlement-delay', '0'],
    workerEnv: { FINHUB_VERDICT_POLL_SECONDS: '1', ...workerEnv },
  });
  const { client, worker } = stack;
  const finhub = new FinHub(stack.sandboxUrl);
  const connection = await Connection.connect({ address: stack.temporal.address });
  const service: DyingWorkers = {
    ...{ stack, client, finhub, worker, connection },
    until: (id, what, isWanted) =>
      eventually(
        `${id}: ${what}`,
        async () => {
          const status = await client.status(id);
          return !status.stale && isWanted(status) && status;
        },
        60,
      ),
    inReview: (id) => service.until(id, 'in review', ({ review }) => review.stage === 'inReview'),
    count: async (kind) => (await finhub.ledger()).filter((entry) => entry.kind === kind).length,
    made: (kind, count) => eventually(`${count} ${kind}`, async () => (await service.count(kind)) >= count, 90),
    async stop() {
      await connection.close();
      await stack.stop();
    },
  };
  return service;
}
