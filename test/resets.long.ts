import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { request } from 'undici';
import { startTemporalServer } from '../dev/embedded/temporal-server.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import type { Endpoint } from '../src/finhub/endpoint.js';
import type { FaultKind } from '../sandbox/faults.js';
import { documentRetentionId, transferId } from '../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { searchAttributeTypes } from '../src/temporal/search-attributes.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { madeTwice } from './helpers/finhub.js';
import { speaking, startLane, type Lane } from './helpers/lane.js';
import { bundled, quiet } from './helpers/time-skipping.js';

const APPLICATIONS = { individual: anIndividual, organization: anOrganization };

/** Milliseconds. What FinHub does late it does within the HTTP timeout. */
const ENVIRONMENT = { FINHUB_TIMEOUT_MS: '600' };
const LATE_MS = 250;

/** Every call that makes or changes something, but for logins: those are opened again whenever it is convenient. */
const WRITES = (Object.values(CATALOGUE) as unknown as Endpoint<never, unknown>[]).filter(
  ({ method, host, auth }) => method === 'POST' && host === 'main' && auth !== 'none',
);

/** Temporal's `ResetReapplyExcludeType`: what the run that is left had taken in is not taken in again. */
const [SIGNALS, UPDATES] = [1, 2];

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type EventId = NonNullable<NonNullable<History['events']>[number]['eventId']>;

/** An activity that a running lifecycle has asked for and that has not ended. */
interface Pending {
  activityId: string;
  type: string;
  /** The workflow task that asked for it. */
  taskCompletedEventId: EventId;
}

/** A Temporal server with one lane, without the SDK's log lines of what is provoked on purpose. */
async function serve(env: Record<string, string | undefined>) {
  quiet();
  const server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
  const connection = await NativeConnection.connect({ address: server.address });
  const clientConnection = await Connection.connect({ address: server.address });
  const temporal = new Client({ connection: clientConnection, ...speaking('default') });
  const lane = await startLane(
    { connection, temporal, worker: { workflowBundle: await bundled() } },
    { env, resets: true },
  );
  const stop = async (): Promise<void> => {
    await lane.stop();
    await clientConnection.close();
    await connection.close();
    await server.stop();
  };
  return { temporal, lane, stop };
}

describe('a lifecycle that somebody resets', () => {
  let temporal: Client;
  let lane: Lane;
  let stop: () => Promise<void>;
  before(async () => {
    ({ temporal, lane, stop } = await serve(ENVIRONMENT));
  });
  after(() => stop());

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
          const { workflowId, runId, pending } = await pendingOf(id, operation);
          await disturb(workflowId, runId, pending);
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

  /** A lifecycle and the transfer that it follows, once it does. */
  async function workflowsOf(id: string): Promise<string[]> {
    const { transfer } = (await lane.client.status(id)) as { transfer?: { reference: string } | null };
    return transfer ? [id, transferId(SANDBOX_TENANT.id, transfer.reference)] : [id];
  }

  /** The activity of a lifecycle's current run, or of its transfer's, that makes a call. */
  async function pendingOf(
    id: string,
    operation: string,
  ): Promise<{ workflowId: string; runId: string; pending: Pending }> {
    const nameless = (text: string) => text.replace(/\{\w+\}/g, '{}');
    const types = WRITES.filter(
      ({ method, path }) =>
        nameless(`${method} ${path.replace('/types/transfer', '/types/{type}')}`) === nameless(operation),
    ).map((endpoint) => endpoint.operation);
    return eventually(`an activity for ${operation}`, async () => {
      for (const workflowId of await workflowsOf(id)) {
        const { runId } = await temporal.workflow.getHandle(workflowId).describe();
        const pending = await lastOf(temporal, types, workflowId, runId);
        if (pending) return { workflowId, runId, pending };
      }
      return undefined;
    });
  }
});

test('what nobody can look at is not made again in a run that was reset to before it; a person decides', async () => {
  const unseen = { ...ENVIRONMENT, FINHUB_API_KEY: undefined, FINHUB_LEGACY_BASE_URL: undefined };
  const { temporal, lane: blind, stop } = await serve(unseen);
  try {
    const id = await blind.toReview(await anIndividual());
    const { runId } = await temporal.workflow.getHandle(id).describe();
    const made = await lastOf(temporal, ['initiateVerification'], id, runId);
    await temporal.workflowService.resetWorkflowExecution({
      ...{ namespace: 'default', workflowExecution: { workflowId: id, runId }, reason: 'test' },
      ...{ workflowTaskFinishEventId: made!.taskCompletedEventId, requestId: runId },
    });
    await blind.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    const { attention } = await blind.client.caseView(id);
    assert.deepEqual([attention?.operation, attention?.failure], ['initiateVerification', 'FinHubUnclear']);
    const verifications = (await blind.finhub.ledger()).filter(({ kind }) => kind === 'verification');
    assert.deepEqual(
      verifications.map(({ count }) => count),
      [1],
    );

    await blind.client.resolveAttention(id, { attentionId: attention!.attentionId, action: 'retry', by: 'op-1' });
    await blind.until(id, 'goes on', ({ status }) => status !== 'needsAttention');
    await blind.client.cancel(id, { by: 'backend', reason: 'the test is over' });
    await blind.closed(id);
  } finally {
    await stop();
  }
});

test('a case that ended, was reset and became active drops the deletion of its documents', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'resets-test-'));
  const POLICY_FILE = join(folder, 'policy.json');
  await writeFile(POLICY_FILE, JSON.stringify({ default: { documents: { keptDays: 10 } } }));
  const { temporal, lane, stop } = await serve({ ...ENVIRONMENT, POLICY_FILE });
  try {
    const id = await lane.toReview(await anIndividual());
    const { runId } = await temporal.workflow.getHandle(id).describe();
    const asked = await lastOf(temporal, ['initiateVerification'], id, runId);
    await lane.client.cancel(id, { by: 'the customer', reason: 'changed their mind' });
    await lane.closed(id);
    const retention = temporal.workflow.getHandle(documentRetentionId(id));
    assert.equal((await retention.describe()).status.name, 'RUNNING');

    await temporal.workflowService.resetWorkflowExecution({
      ...{ namespace: 'default', workflowExecution: { workflowId: id, runId }, reason: 'test', requestId: runId },
      workflowTaskFinishEventId: asked!.taskCompletedEventId,
      resetReapplyExcludeTypes: [SIGNALS, UPDATES],
    });
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    await lane.closed(id);
    await eventually('the deletion is dropped', async () => (await retention.describe()).status.name === 'CANCELLED');
  } finally {
    await stop();
    await rm(folder, { recursive: true });
  }
});

/** The activity of one of these types that a run asked for last. */
async function lastOf(
  temporal: Client,
  types: string[],
  workflowId: string,
  runId: string,
): Promise<Pending | undefined> {
  const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const scheduled = events!.findLast((event) =>
    types.includes(event.activityTaskScheduledEventAttributes?.activityType?.name ?? ''),
  );
  const attributes = scheduled?.activityTaskScheduledEventAttributes;
  if (!attributes) return undefined;
  return {
    activityId: attributes.activityId!,
    type: attributes.activityType!.name!,
    taskCompletedEventId: attributes.workflowTaskCompletedEventId!,
  };
}
