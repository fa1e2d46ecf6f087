import { execFileSync } from 'node:child_process';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { IndividualInput, OrganizationInput } from '../src/client/index.js';
import { approveAs, carry } from '../dev/demo/carry.js';
import { EXAMPLES, exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { untilInReview } from './in-review.js';

/** What one case leaves at Temporal, with the transfers it starts not counted in. */
export interface CaseCost {
  what: string;
  events: number;
  bytes: number;
  activities: number;
  workflowTasks: number;
  /** As Temporal Cloud counts them, without queries, which leave no trace in a history. */
  actions: number;
}

export interface CapacityBench {
  costs: CaseCost[];
  worker: {
    cases: number;
    /** From the first start until the last case was in review, in seconds. */
    seconds: number;
    /** CPU of the worker for one of them, in seconds. */
    cpuPerCase: number;
    /** Resident memory of the worker in MB, before and with all of them open. */
    megabytes: { before: number; open: number };
  };
}

const { EventType } = proto.temporal.api.enums.v1;

/** Carries cases through the sandbox on this machine and measures what they cost. */
export async function benchCapacity(cases: number): Promise<CapacityBench> {
  const stack = await startStack();
  const connection = await Connection.connect({ address: stack.temporal.address });
  const temporal = new Client({ connection });
  try {
    const individual = await finished(stack, await exampleIndividual('capacity-1'));
    const organization = await finished(stack, await exampleOrganization('capacity-2'));
    const costs = [
      await costOf(temporal, 'individual', individual),
      await costOf(temporal, 'organization', organization),
    ];
    return { costs, worker: await loadOf(stack, cases) };
  } finally {
    await connection.close();
    await stack.stop();
  }
}

async function finished(stack: Stack, application: IndividualInput | OrganizationInput): Promise<string> {
  const { client, sandboxUrl } = stack;
  const email = 'person' in application ? application.person.email : application.organization.email;
  const { workflowId } =
    'person' in application
      ? await client.startIndividual(application, { folder: EXAMPLES })
      : await client.startOrganization(application, { folder: EXAMPLES });
  const people = {
    operator: () => approveAs(client, workflowId, 'op-1'),
    customer: async () =>
      void (await client.submitActivationCode(workflowId, await mailedActivationCode(sandboxUrl, email))),
  };
  await carry(client, workflowId, people, () => {});
  return workflowId;
}

async function costOf(temporal: Client, what: string, workflowId: string): Promise<CaseCost> {
  const handle = temporal.workflow.getHandle(workflowId);
  // The logout comes after the end that a backend is told of.
  await handle.result().catch(() => {});
  const history = await handle.fetchHistory();
  const events = history.events ?? [];
  const of = (...types: number[]): number => events.filter(({ eventType }) => types.includes(eventType ?? 0)).length;
  const activities = of(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
  const tries = events.reduce((sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0), 0);
  const others = of(
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  );
  return {
    what,
    events: events.length,
    bytes: proto.temporal.api.history.v1.History.encode(history).finish().length,
    activities,
    workflowTasks: of(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    // Each try sends one heartbeat at the most, but for calls that take seconds; it is an action as well.
    actions: others + 2 * Math.max(activities, tries),
  };
}

async function loadOf({ client, worker }: Stack, cases: number): Promise<CapacityBench['worker']> {
  const before = usageOf(worker.pid);
  const startedAt = Date.now();
  const example = await exampleIndividual('load');
  const ids = await Promise.all(
    Array.from({ length: cases }, async (_, index) => {
      const applicationId = `load-${index}`;
      const person = { ...example.person, email: `${applicationId}@example.com` };
      const { workflowId } = await client.startIndividual({ ...example, applicationId, person }, { folder: EXAMPLES });
      return workflowId;
    }),
  );
  for (const id of ids) await untilInReview(client, id);
  const seconds = (Date.now() - startedAt) / 1000;
  const after = usageOf(worker.pid);
  return {
    cases,
    seconds,
    cpuPerCase: (after.cpuSeconds - before.cpuSeconds) / cases,
    megabytes: { before: before.megabytes, open: after.megabytes },
  };
}

function usageOf(pid: number): { megabytes: number; cpuSeconds: number } {
  const printed = execFileSync('ps', ['-o', 'rss=,cputimes=', '-p', String(pid)], { encoding: 'utf8' });
  const [kilobytes, cpuSeconds] = printed.trim().split(/\s+/).map(Number) as [number, number];
  return { megabytes: kilobytes / 1024, cpuSeconds };
}

/** What `npm run bench -- capacity` prints. */
export function capacityText({ costs, worker }: CapacityBench): string {
  const { cases, seconds, cpuPerCase, megabytes } = worker;
  return [
    'to the end     events   KB  activities  workflow tasks  actions',
    ...costs.map(({ what, events, bytes, activities, workflowTasks, actions }) =>
      [
        what.padEnd(13),
        String(events).padStart(8),
        (bytes / 1024).toFixed(0).padStart(5),
        String(activities).padStart(12),
        String(workflowTasks).padStart(16),
        String(actions).padStart(9),
      ].join(''),
    ),
    `one worker: ${cases} individuals to their review in ${seconds.toFixed(1)} s, ${cpuPerCase.toFixed(2)} s of its CPU each`,
    `its memory: ${megabytes.before.toFixed(0)} MB before, ${megabytes.open.toFixed(0)} MB with them open`,
  ].join('\n');
}
