import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type ActivityDependencies } from '../../src/activities/index.js';
import { activityInterceptors } from '../../src/activities/interceptors.js';
import {
  NoAnswer,
  OnboardingClient,
  type CurrentStatus,
  type Signing,
  type IndividualInput,
  type LifecycleStatus,
  type OrganizationInput,
} from '../../src/client/index.js';
import { planCall, type HandCallRequest } from '../../src/client/hand-call.js';
import { startCall } from '../../src/client/start-call.js';
import { loadEnvironment } from '../../src/config/environment.js';
import { approveAs, carry } from '../../dev/demo/carry.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import type { Application } from '../../src/contract/application.js';
import type { Outcome } from '../../src/lifecycle/outcome.js';
import { caseId, TASK_QUEUE, WORKFLOW_TYPES } from '../../src/lifecycle/ids.js';
import { SANDBOX_TENANT, sandboxEnvironment } from '../../sandbox/fixtures.js';
import type { SandboxOptions } from '../../sandbox/options.js';
import { startSandbox } from '../../sandbox/server.js';
import { newKeyRingText, parseKeyRing, type KeyRing } from '../../src/secrets/key-ring.js';
import type { DocumentStore } from '../../src/store/document-store.js';
import { seal } from '../../src/secrets/seal.js';
import { clientOptions } from '../../src/temporal/connection.js';
import { encryptingDataConverter } from '../../src/temporal/data-converter.js';
import { attributesAtStart } from '../../src/lifecycle/search-attributes.js';
import { typedAttributes } from '../../src/temporal/search-attributes.js';
import { dependenciesOf } from '../../src/worker/dependencies.js';
import { callsWorkerOptions } from '../../src/worker/options.js';
import { eventually, howThingsStand, testify } from './eventually.js';
import { FinHub } from './finhub.js';
import { PATIENCE } from './patience.js';
import { PhaseWatch } from './phase-watch.js';
import { tellCases } from './tell-cases.js';

export interface LaneOptions {
  sandbox?: SandboxOptions;
  /** Variables of the worker on top of those that lead to the sandbox; `undefined` takes one away. */
  env?: Record<string, string | undefined>;
  /** Signs what the lane's client sends. */
  signing?: Signing | undefined;
  /** Its tests reset cases, so that phases may go back. */
  resets?: boolean;
  /** The worker's keys, as `ONBOARDING_KEYS` has them; the lane's client has those of {@link speaking}. */
  keys?: string;
}

export type Told = LifecycleStatus;

/** A sandbox, a worker and a client that belong together. */
export interface Lane {
  client: OnboardingClient;
  /** Temporal itself, for what the client would not send. */
  temporal: Client;
  keys: KeyRing;
  store: DocumentStore;
  finhub: FinHub;
  /** Starts the lifecycle of an application and returns its id. */
  start(application: IndividualInput | OrganizationInput): Promise<string>;
  /** Starts a lifecycle past the client's checks. */
  startUnchecked(application: Application): Promise<string>;
  /** Asks for a call by hand and returns its id. */
  callByHand(request: HandCallRequest): Promise<string>;
  /** Waits until the lifecycle's own status is as wanted. */
  until(id: string, what: string, isWanted: (status: Told) => boolean): Promise<Told>;
  /** Starts a lifecycle and waits until operators can decide. */
  toReview(application: IndividualInput | OrganizationInput): Promise<string>;
  /** Follows a lifecycle that needs no attention until its workflow is closed, as an operator who approves and a customer who brings the activation code. */
  finish(id: string, operator?: string): Promise<Told>;
  /** Waits until the workflow of a lifecycle is closed: all cleaning up is done then. */
  closed(id: string): Promise<Outcome>;
  /** The code that FinHub mailed to the lifecycle's customer. */
  activationCode(id: string): Promise<string>;
  /** Stops the worker. */
  stopWorker(): Promise<void>;
  /** Starts another worker in its place; what is not named is as it is by default. */
  restart(options: LaneOptions): Promise<void>;
  stop(): Promise<void>;
}

/** The keys of this process's lanes. */
export const KEYS = newKeyRingText();

/** What a lane's client and worker write to Temporal is encrypted, as it is outside of tests. */
export function encrypted(namespace: string, { keys = KEYS, encryptedOnly = false } = {}): DataConverter {
  return encryptingDataConverter({ keys: parseKeyRing(keys), namespace, encryptedOnly });
}

/** How a lane's client writes and reads. */
export const speaking = (namespace: string): ReturnType<typeof clientOptions> =>
  clientOptions(parseKeyRing(KEYS), namespace);

/** FinHub answers at once. */
const FAST: SandboxOptions = { activationDelayMs: 0, settlementDelayMs: 0 };

/** Where a lane's worker and client find Temporal; the client's namespace is the lane's. */
export interface LaneServer {
  connection: NativeConnection;
  temporal: Client;
  worker: Partial<WorkerOptions>;
}

/** Starts a lane; what was started of one that cannot be is stopped again. */
export async function startLane(server: LaneServer, options: LaneOptions): Promise<Lane> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    closing.push(() => rm(folder, { recursive: true }));
    const sandbox = await startSandbox({ ...FAST, ...options.sandbox });
    closing.push(() => sandbox.close());
    const start = (changed: LaneOptions): Promise<RunningWorker> => startWorker(server, sandbox.url, folder, changed);
    let running = await start(options);
    closing.push(() => running.stop());
    const workers: Pick<Lane, 'stopWorker' | 'restart'> = {
      stopWorker: () => running.stop(),
      async restart(changed) {
        await running.stop();
        running = await start(changed);
      },
    };
    return laneOf(server.temporal, new FinHub(sandbox.url), running.dependencies, options.signing, {
      ...workers,
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface RunningWorker {
  dependencies: ActivityDependencies;
  /** Once; after that it does nothing. */
  stop(): Promise<void>;
}

async function startWorker(
  { connection, temporal, worker: workerOptions }: LaneServer,
  sandboxUrl: string,
  folder: string,
  { env, keys = KEYS }: LaneOptions,
): Promise<RunningWorker> {
  const { namespace } = temporal.options;
  const config = loadEnvironment('worker', {
    ...sandboxEnvironment(sandboxUrl),
    ONBOARDING_KEYS: keys,
    DOCUMENT_STORE: folder,
    ...env,
  });
  const dependencies = await dependenciesOf(config);
  const closing: (() => Promise<unknown>)[] = [() => dependencies.finhub.close()];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const common = {
      connection,
      namespace,
      activities: createActivities(dependencies),
      dataConverter: encrypted(namespace, { keys, encryptedOnly: config.encryptedPayloadsOnly }),
      interceptors: { activity: activityInterceptors },
    };
    const worker = await Worker.create({ ...common, taskQueue: TASK_QUEUE, ...workerOptions });
    const callsQueue = callsWorkerOptions(config);
    const callsWorker = callsQueue && (await Worker.create({ ...common, ...callsQueue }));
    for (const one of callsWorker ? [worker, callsWorker] : [worker]) {
      const running = one.run();
      closing.push(() => {
        one.shutdown();
        return running;
      });
    }
    return { dependencies, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function laneOf(
  temporal: Client,
  finhub: FinHub,
  { keys, store }: Pick<ActivityDependencies, 'keys' | 'store'>,
  signing: Signing | undefined,
  running: Pick<Lane, 'stopWorker' | 'restart' | 'stop'>,
  resets = false,
): Lane {
  // Patient, since a loaded machine answers late and a question given up here would outlive its test.
  const patience = { answerSeconds: PATIENCE.answer, questionSeconds: PATIENCE.question };
  const client = new OnboardingClient({ temporal, keys, store, tenantId: SANDBOX_TENANT.id, signing, ...patience });
  const watch = new PhaseWatch();
  const status = client.status.bind(client);
  if (!resets) client.status = async (id) => watch.see(id, await status(id));
  const forget = testify(() => tellCases(temporal, client));
  const lane: Lane = {
    client,
    temporal,
    keys,
    store,
    finhub,
    ...running,
    stop() {
      forget();
      return running.stop();
    },
    async start(application) {
      const { workflowId } =
        'person' in application
          ? await client.startIndividual(application, { folder: EXAMPLES })
          : await client.startOrganization(application, { folder: EXAMPLES });
      return workflowId;
    },
    async startUnchecked(application) {
      const kind = 'person' in application ? 'individual' : 'organization';
      const workflowId = caseId(kind, application.tenantId, application.applicationId);
      await temporal.workflow.start(WORKFLOW_TYPES[kind], {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [{ application: { ...application, password: seal(keys, application.password) } }],
        typedSearchAttributes: typedAttributes(attributesAtStart(kind, application.tenantId, new Date())),
      });
      return workflowId;
    },
    async callByHand(request) {
      const planned = await planCall({ keys, tenantId: SANDBOX_TENANT.id }, request, { folder: EXAMPLES });
      return (await startCall({ temporal, store, signing }, planned)).workflowId;
    },
    until: (id, what, isWanted) =>
      eventually(`${id}: ${what}`, async () => {
        const status = await client.status(id);
        return !status.stale && isWanted(status) && status;
      }),
    async toReview(application) {
      const id = await lane.start(application);
      await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
      return id;
    },
    async finish(id, operator = 'op-1') {
      const people = {
        operator: () => approveAs(client, id, operator),
        customer: async () => {
          const code = await lane.activationCode(id);
          const submit = () => client.submitActivationCode(id, code);
          // The test server may leave a message without an answer where a run ends; sending it again does no harm.
          await submit().catch((error: unknown) =>
            error instanceof NoAnswer ? submit() : Promise.reject(error as Error),
          );
        },
      };
      const status = await within(PATIENCE.end, id, carry(client, id, people, unlessAttention), temporal);
      await lane.closed(id);
      return status;
    },
    closed: (id) => within(PATIENCE.end, id, temporal.workflow.getHandle(id).result() as Promise<Outcome>, temporal),
    async activationCode(id) {
      const { finhub: known } = await client.caseView(id);
      return finhub.activationCode(known.customerId!);
    },
  };
  return lane;
}

/** Nobody would ever come. */
function unlessAttention(status: CurrentStatus): void {
  if (status.status === 'needsAttention') throw new Error(`the case needs attention: ${JSON.stringify(status)}`);
}

async function within<T>(seconds: number, id: string, work: Promise<T>, temporal: Client): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const tooLate = (found: string) => reject(new Error(`${id} did not end within ${seconds} s:${found}`));
      Promise.all([howThingsStand(), standOf(temporal, id)])
        .then((found) => found.join('\n  '))
        .then(tooLate, (error: unknown) => tooLate(String(error)));
    }, seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What a workflow is at, as Temporal knows it. */
async function standOf(temporal: Client, id: string): Promise<string> {
  const handle = temporal.workflow.getHandle(id);
  const { raw } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const last = (events ?? []).slice(-8).map(nameOf);
  return JSON.stringify({ last, activities: raw.pendingActivities, task: raw.pendingWorkflowTask });
}

const nameOf = (event: object): string =>
  Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? 'unknown';
