import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { request } from 'undici';
import { startTemporalServer, type TemporalServer } from '../src/embedded/temporal-server.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import type { Endpoint } from '../src/finhub/endpoint.js';
import type { FaultKind } from '../src/sandbox/faults.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';
import { encrypted, startLane, type Lane } from './helpers/lane.js';
import { bundled } from './helpers/time-skipping.js';

const APPLICATIONS = { individual: anIndividual, organization: anOrganization };

/** Milliseconds. What FinHub does late it does within the HTTP timeout. */
const ENVIRONMENT = { FINHUB_TIMEOUT_MS: '600' };
const LATE_MS = 250;

/** Every call that makes or changes something, but for logins: those are opened again whenever it is convenient. */
const WRITES = (Object.values(CATALOGUE) as unknown as Endpoint<never, unknown>[]).filter(
  ({ method, host, auth }) => method === 'POST' && host === 'main' && auth !== 'none',
);

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type EventId = NonNullable<NonNullable<History['events']>[number]['eventId']>;

/** An activity that a running lifecycle has asked for and that has not ended. */
interface Pending {
  activityId: string;
  type: string;
  /** The workflow task that asked for it. */
  taskCompletedEventId: EventId;
}

describe('a lifecycle that somebody resets', () => {
  let server: TemporalServer;
  let connection: NativeConnection;
  let clientConnection: Connection;
  let temporal: Client;
  let lane: Lane;

  before(async () => {
    // The SDK's log lines of what is provoked on purpose would bury the tests' own.
    const logging = { forward: { level: 'ERROR' as const } };
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
    server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
    connection = await NativeConnection.connect({ address: server.address });
    clientConnection = await Connection.connect({ address: server.address });
    temporal = new Client({ connection: clientConnection, dataConverter: encrypted('default') });
    lane = await startLane({ connection, temporal, worker: { workflowBundle: await bundled() } }, { env: ENVIRONMENT });
  });
  after(async () => {
    await lane.stop();
    await clientConnection.close();
    await connection.close();
    await server.stop();
  });

  for (const kind of ['individual', 'organization'] as const) {
    test(`${kind}: the workflow, to before each write while that is under way`, async (t) => {
      const { reset, id } = await disturbed(kind, 'late-answer', async (workflowId, runId, pending) => {
        await temporal.workflowService.resetWorkflowExecution({
          ...{ namespace: 'default', workflowExecution: { workflowId, runId }, reason: 'test' },
          ...{ workflowTaskFinishEventId: pending.taskCompletedEventId, requestId: `${runId}-${pending.activityId}` },
        });
      });
      t.diagnostic(`${reset.length} resets of ${id}: ${reset.join(', ')}`);
      await assertSameKey();
    });

    test(`${kind}: the activity, after each write that came to nothing yet`, async (t) => {
      const { reset, id } = await disturbed(kind, 'late-effect', async (workflowId, runId, { activityId }) => {
        await temporal.workflowService.resetActivity({
          ...{ namespace: 'default', execution: { workflowId, runId }, id: activityId, resetHeartbeat: true },
        });
      });
      t.diagnostic(`${reset.length} resets of ${id}: ${reset.join(', ')}`);
    });
  }

  /** Carries an application to its end; the first time that FinHub meets each write with the fault, `disturb` resets something. */
  async function disturbed(
    kind: keyof typeof APPLICATIONS,
    fault: FaultKind,
    disturb: (workflowId: string, runId: string, pending: Pending) => Promise<void>,
  ): Promise<{ id: string; reset: string[] }> {
    await lane.finhub.reset();
    for (const { method, path } of WRITES) {
      const template = path.replace('/types/transfer', '/types/{type}');
      await lane.finhub.inject({ method, path: template, kind: fault, delayMs: LATE_MS });
    }
    const id = await lane.start(await APPLICATIONS[kind]());
    const reset: string[] = [];
    let isOver = false;
    const resetting = (async () => {
      for (let seen = 0; !isOver;) {
        const met = (await injected()).slice(seen);
        for (const operation of met) {
          const { runId, pending } = await pendingOf(id, operation);
          await disturb(id, runId, pending);
          reset.push(pending.type);
        }
        seen += met.length;
        await new Promise((later) => setTimeout(later, 20));
      }
    })();
    try {
      await eventually(`${id} to end`, () => lane.finish(id), 60);
    } finally {
      isOver = true;
      await resetting;
    }
    const { status } = await lane.client.status(id);
    assert.equal(status, 'completed');
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
    assert.equal(await lane.finhub.isBalanced(), true);
    assert.ok(reset.length >= 9, `only ${reset.length} resets`);
    return { id, reset };
  }

  /** Whatever was reset, a logical operation's Idempotency-Key stays. */
  async function assertSameKey(): Promise<void> {
    const calls = (await lane.finhub.requests()) as unknown as { url: string; headers: Record<string, string> }[];
    const consents = calls.filter(({ url }) => url.endsWith('/consents/terms'));
    assert.ok(consents.length >= 2);
    assert.equal(new Set(consents.map(({ headers }) => headers['idempotency-key'])).size, 1);
  }

  /** The writes that have met their fault so far, oldest first, as `METHOD /path/{template}`. */
  async function injected(): Promise<string[]> {
    const { body } = await request(`${lane.finhub.url}/__sandbox/faults`);
    const faults = (await body.json()) as { injected: { operation: string }[] };
    return faults.injected.map(({ operation }) => operation);
  }

  /** The activity of a lifecycle's current run that makes a call. */
  async function pendingOf(workflowId: string, operation: string): Promise<{ runId: string; pending: Pending }> {
    const nameless = (text: string) => text.replace(/\{\w+\}/g, '{}');
    const types = WRITES.filter(
      ({ method, path }) =>
        nameless(`${method} ${path.replace('/types/transfer', '/types/{type}')}`) === nameless(operation),
    ).map((endpoint) => endpoint.operation);
    return eventually(`an activity for ${operation}`, async () => {
      const { runId } = await temporal.workflow.getHandle(workflowId).describe();
      const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      const scheduled = events!.findLast((event) =>
        types.includes(event.activityTaskScheduledEventAttributes?.activityType?.name ?? ''),
      );
      const attributes = scheduled?.activityTaskScheduledEventAttributes;
      return (
        attributes !== null &&
        attributes !== undefined && {
          runId,
          pending: {
            activityId: attributes.activityId!,
            type: attributes.activityType!.name!,
            taskCompletedEventId: attributes.workflowTaskCompletedEventId!,
          },
        }
      );
    });
  }
});
