import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Connection, Client as TemporalClient } from '@temporalio/client';
import type { IndividualInput, LifecycleStatus } from '../../src/client/index.js';
import { EXAMPLES, exampleIndividual } from '../../dev/demo/examples.js';
import { startModule } from '../../dev/embedded/entry-process.js';
import type { Stack } from '../../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { BARE, type BareInput } from '../bare/contract.js';

/** A lifecycle to measure: how it is started, seen to wait for the operator, and approved. */
export interface Contestant {
  name: 'ours' | 'bare';
  workerPid: number;
  start: (number: string) => Promise<WorkflowHandle>;
  isInReview: (lifecycle: WorkflowHandle) => Promise<boolean>;
  approve: (lifecycle: WorkflowHandle) => Promise<void>;
}

/** Our individual lifecycle with all its guarantees, up to the wallet: no payments were asked for. */
export function ours({ client, worker }: Stack): Contestant {
  const { workflow } = client.temporal;
  return {
    name: 'ours',
    workerPid: worker.pid,
    start: async (number) => {
      const { workflowId } = await client.startIndividual(await applicationOf(number), { folder: EXAMPLES });
      return workflow.getHandle(workflowId);
    },
    isInReview: async (lifecycle) => {
      const { waitingOn } = await lifecycle.query<LifecycleStatus>('status');
      return waitingOn?.who === 'operator';
    },
    approve: (lifecycle) => {
      const decision = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } };
      return lifecycle.signal('decideVerification', decision);
    },
  };
}

/** The bare lifecycle, with a worker of its own against the same server and sandbox. */
export async function bare(stack: Stack): Promise<Contestant & { stop: () => Promise<void> }> {
  const worker = await startModule(new URL('../bare/worker.ts', import.meta.url), [], {
    env: { ...stack.environment },
    ready: /bare worker ready/,
  });
  const connection = await Connection.connect({ address: stack.temporal.address });
  const { workflow }: Client = new TemporalClient({ connection });
  return {
    name: 'bare',
    workerPid: worker.pid,
    start: async (number) =>
      workflow.start(BARE.workflowType, {
        taskQueue: BARE.taskQueue,
        workflowId: `bare/${number}`,
        args: [bareInputOf(await applicationOf(`bare-${number}`))],
      }),
    isInReview: (lifecycle) => lifecycle.query<boolean>('isWaiting'),
    approve: (lifecycle) => lifecycle.signal('approve'),
    stop: async () => {
      await connection.close();
      await worker.stop();
    },
  };
}

/** The example of a person as somebody of their own, who asks for no payments. */
export async function applicationOf(number: string): Promise<IndividualInput> {
  const { payments: _, person, ...application } = await exampleIndividual(`bench-${number}`);
  return { ...application, person: { ...person, email: person.email.replace('@', `+${number}@`) } };
}

function bareInputOf({ person, password, categorization, documents = [], consents }: IndividualInput): BareInput {
  const { firstName, lastName, email, phone, dateOfBirth, nationality, address } = person;
  const { category, parameters } = categorization!;
  return {
    tenantId: SANDBOX_TENANT.id,
    person: { firstName, lastName, email, phone, dateOfBirth, nationality, address },
    password,
    category: { code: category, parameters },
    documents: documents.map(({ type, file }) => ({
      ...{ type, mimeType: 'application/pdf' },
      file: join(EXAMPLES, file!),
    })),
    consents: { version: consents!.version, acceptedAt: consents!.acceptedAt },
  };
}
