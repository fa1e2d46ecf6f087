import { LENIENT, NO_APPROVERS, NO_ORDERS } from '../helpers/signers.js';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { documentActivities, type DocumentActivities } from '../../src/activities/documents.js';
import { approverActivities } from '../../src/activities/approvers.js';
import { paymentActivities, type PaymentActivities } from '../../src/activities/payments.js';
import { finHubActivities, type FinHubActivities } from '../../src/activities/finhub-calls.js';
import { secretsWith } from '../../src/activities/secrets.js';
import { registrationActivities, type RegistrationActivities } from '../../src/activities/registration.js';
import { sessionActivities, type SessionActivities } from '../../src/activities/sessions.js';
import { startTemporalServer } from '../../dev/embedded/temporal-server.js';
import { CATALOGUE } from '../../src/finhub/catalogue/index.js';
import { FinHubClient } from '../../src/finhub/client.js';
import { LOOK_UPS } from '../../src/config/look-ups.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { startSandbox, type Sandbox } from '../../sandbox/server.js';
import { newKeyRingText, parseKeyRing } from '../../src/secrets/key-ring.js';
import { FinHub, madeTwice, type LedgerEntry } from '../helpers/finhub.js';
import { SandboxClient } from '../helpers/sandbox-client.js';
import type { Cell } from './cells.js';
import { SITUATIONS } from './situations.js';

/** Milliseconds: FinHub's late effects come within the HTTP timeout, its late answers after it. */
const TIMEOUT_MS = 1500;
const LATE_EFFECT_MS = 200;
const LATE_ANSWER_MS = 2000;

/** Runs cells on real activities, a real Temporal server and sandboxes over HTTP, several at a time. */
export class Rig {
  readonly #temporal: Client;
  readonly #closing: (() => Promise<unknown>)[];
  /** The activities of each cell under way, by the key that its calls carry. */
  readonly #activities: Map<string, Activities>;
  #cells = 0;

  static async start(): Promise<Rig> {
    // The SDK's log lines of what is provoked on purpose would bury the cells' own.
    const logging = { forward: { level: 'ERROR' as const } };
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
    const [server, workflowBundle] = await Promise.all([
      startTemporalServer({ searchAttributes: {} }),
      bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('workflow.ts', import.meta.url)),
        logger: new DefaultLogger('WARN'),
      }),
    ]);
    const { address } = server;
    const connection = await NativeConnection.connect({ address });
    const clientConnection = await Connection.connect({ address });
    const activities = new Map<string, Activities>();
    const worker = await Worker.create({
      connection,
      taskQueue: 'matrix',
      workflowBundle,
      activities: delegating(activities),
    });
    const running = worker.run();
    const rig = new Rig(new Client({ connection: clientConnection }), activities, [
      () => {
        worker.shutdown();
        return running;
      },
      () => connection.close(),
      () => clientConnection.close(),
      () => server.stop(),
    ]);
    await rig.#warmUp();
    return rig;
  }

  private constructor(temporal: Client, activities: Map<string, Activities>, closing: (() => Promise<unknown>)[]) {
    this.#temporal = temporal;
    this.#activities = activities;
    this.#closing = closing;
  }

  async stop(): Promise<void> {
    for (const close of this.#closing) await close();
  }

  /** Runs cells one after the other against a sandbox of their own; `each` gets every one of them to carry out. */
  async lane(cells: Iterable<Cell>, each: (cell: Cell, run: () => Promise<void>) => Promise<void>): Promise<void> {
    const sandbox = await startSandbox({ activationDelayMs: 0, settlementDelayMs: 0, honourIdempotencyKeys: false });
    try {
      for (const cell of cells) await each(cell, () => this.#run(cell, sandbox));
    } finally {
      await sandbox.close();
    }
  }

  /** Code that runs for the first time is slower than the HTTP timeout allows. */
  async #warmUp(): Promise<void> {
    const cold: Cell[] = (['registerIndividual', 'registerOrganization', 'executeOrder'] as const).map((operation) => ({
      ...{ operation, fault: 'refuse-429', at: CATALOGUE[operation], again: false, expected: 'made' },
    }));
    await this.lane(cold, (_cell, run) => run().catch(() => undefined));
  }

  async #run(cell: Cell, { url }: Sandbox): Promise<void> {
    const { operation, fault, again, expected } = cell;
    const finhub = new FinHub(url);
    const before = await finhub.ledger();
    const situation = await SITUATIONS[operation](new SandboxClient(url));
    const key = `cell-${(this.#cells += 1)}`;
    const client = clientOf(url);
    this.#activities.set(key, activitiesOf(client));
    const requestedAt = new Date().toISOString();
    // The case cannot tell what became of the first one.
    const call = { ...situation, for: { tenantId: SANDBOX_TENANT.id, key, requestedAt, mayBeOurs: again } };
    try {
      if (again || operation === 'closeCustomerSession' || operation === 'closeOrganizationSession') {
        await this.#outcome(again ? operation : 'openSession', call, client);
      }
      await finhub.inject({ ...faultAt(cell), kind: fault, ...delayOf(fault) });
      assert.equal(await this.#outcome(operation, call, client), expected);
      assert.equal(await finhub.faultsAreSpent(), true, 'the fault met no call');
      assert.deepEqual(madeTwice(newEntries(before, await finhub.ledger())), []);
    } finally {
      this.#activities.delete(key);
      await client.close();
    }
  }

  async #outcome(operation: string, call: unknown, client: FinHubClient): Promise<string> {
    if (operation === 'closeAdminSession') {
      await client.sessions.actor(SANDBOX_TENANT.admin);
      await client.sessions.closeAll();
      return 'done';
    }
    const activity = activityOf(operation);
    try {
      const result = (await this.#temporal.workflow.execute('callOperation', {
        workflowId: `${operation}-${Math.random()}`,
        taskQueue: 'matrix',
        args: [activity, call],
      })) as { provenance?: { how: string } } | undefined;
      return operation === 'openAdminSession' ? 'done' : (result?.provenance?.how ?? 'done');
    } catch (error) {
      const cause = error instanceof WorkflowFailedError && error.cause instanceof ActivityFailure && error.cause.cause;
      if (cause instanceof ApplicationFailure) return `${cause.type}`;
      throw error;
    }
  }
}

/** The activity that carries an operation out. */
function activityOf(operation: string): string {
  if (operation === 'openAdminSession') return 'getCategorizationHierarchy';
  return operation.replace(/^(open|close)(Customer|Organization)Session$/, '$1Session');
}

function faultAt({ at }: Cell): { method: string; path: string } {
  return { method: at.method, path: at.path.replace('/types/transfer', '/types/{type}') };
}

function delayOf(fault: string): { delayMs?: number } {
  if (fault === 'late-effect') return { delayMs: LATE_EFFECT_MS };
  return fault === 'late-answer' ? { delayMs: LATE_ANSWER_MS } : {};
}

function newEntries(before: LedgerEntry[], after: LedgerEntry[]): LedgerEntry[] {
  const old = new Map(before.map(({ kind, key, count }) => [`${kind} ${key}`, count]));
  return after.filter(({ kind, key, count }) => old.get(`${kind} ${key}`) !== count);
}

function clientOf(url: string): FinHubClient {
  const { id, key, secret, apiKey, admin, powerTenantAdmin } = SANDBOX_TENANT;
  return new FinHubClient({
    ...{ baseUrl: url, legacy: { baseUrl: url, apiKey } },
    ...{
      tenantId: id,
      tenantKey: key,
      tenantSecret: secret,
      admin: { ...admin, roles: ['ADMIN_USER'] },
      powerTenant: powerTenantAdmin,
    },
    ...{ timeoutMs: TIMEOUT_MS, maxConnections: 8, deviceId: 'matrix', promptLookUps: LOOK_UPS, loginRetryMs: 10 },
  });
}

type Activities = FinHubActivities &
  DocumentActivities &
  PaymentActivities &
  RegistrationActivities &
  SessionActivities;

const keys = parseKeyRing(newKeyRingText());
const rules = { secrets: secretsWith(keys), judge: LENIENT, orders: NO_ORDERS };
const store = {
  put: () => Promise.reject(new Error('nothing is stored here')),
  take: () => Promise.reject(new Error('nothing is stored here')),
  find: () => Promise.reject(new Error('nothing is looked up here')),
  get: ({ documentId }: { documentId: string }) => Promise.resolve(Buffer.from(documentId)),
  remove: () => Promise.reject(new Error('nothing is deleted here')),
};

const policies = { of: () => Promise.reject(new Error('nothing is deleted here')) };

function activitiesOf(client: FinHubClient): Activities {
  return {
    ...finHubActivities(client, rules),
    ...documentActivities(client, rules, store, policies),
    ...paymentActivities(client, { keys, approvers: NO_APPROVERS }, rules),
    ...approverActivities(rules.judge, NO_APPROVERS),
    ...registrationActivities(client, rules),
    ...sessionActivities(client, rules.secrets),
  };
}

/** Activities of the names that there are, which find the cell's own by the key of the call. */
function delegating(activities: Map<string, Activities>): object {
  const names = Object.keys(activitiesOf(clientOf('http://127.0.0.1:1')));
  return Object.fromEntries(
    names.map((name) => [
      name,
      (call: { for: { key: string } }) => {
        const own = activities.get(call.for.key) as unknown as Record<string, (call: unknown) => Promise<unknown>>;
        return own[name]!(call);
      },
    ]),
  );
}
