import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient, OnboardingClient, temporalSettings } from '../client/index.js';
import { loadEnvironment } from '../config/environment.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { folderStore } from '../store/folder-store.js';
import { ensureSearchAttributes, searchAttributeTypes } from '../temporal/search-attributes.js';
import type { Child } from './child-process.js';
import { startEntry } from './entry-process.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';

export interface StackOptions {
  /** Serves Temporal's UI too. */
  ui?: boolean;
  /** Arguments of the sandbox, on top of a free port. */
  sandboxArgs?: string[];
  /** Variables of the worker, on top of what makes it reach server and sandbox. */
  workerEnv?: Record<string, string | undefined>;
  onProgress?: (line: string) => void;
}

/** The whole service on this machine: Temporal, FinHub's sandbox, one worker, and a client of it. */
export interface Stack {
  temporal: { address: string; uiUrl: string | undefined };
  sandboxUrl: string;
  client: OnboardingClient;
  /** What a command line needs in its environment to reach all this. */
  environment: Record<string, string>;
  worker: Child;
  startWorker: () => Promise<Child>;
  stop: () => Promise<void>;
}

/**
 * Starts it all; `TEMPORAL_ADDRESS` and its companions name a Temporal server to use instead of one of our own.
 * Nothing of it outlives this process.
 */
export async function startStack({
  ui = false,
  sandboxArgs = [],
  workerEnv,
  onProgress,
}: StackOptions = {}): Promise<Stack> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const [sandbox, temporal] = await Promise.all([
      startEntry('sandbox', { args: ['--port', '0', ...sandboxArgs], ready: /listening on (http:\S+)/ }),
      temporalServer(ui, onProgress),
    ]);
    closing.push(sandbox.stop, temporal.stop);
    const sandboxUrl = sandbox.firstMatch![1]!;
    const environment = {
      ...sandboxEnvironment(sandboxUrl),
      ...(temporal.ours ? { TEMPORAL_ADDRESS: temporal.address } : {}),
      DOCUMENT_STORE: join(folder, 'documents'),
    };
    const startWorker = (): Promise<Child> => {
      const env = { ...withoutFinHub(), ...environment, ...workerEnv };
      return startEntry('worker', { env, ready: /"msg":"worker ready"/ });
    };
    const { client, close } = await connect({ ...process.env, ...withoutFinHub(), ...environment });
    closing.push(close);
    const worker = await startWorker();
    closing.push(worker.stop);
    return { temporal, sandboxUrl, client, environment, worker, startWorker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface OurServer extends Pick<TemporalServer, 'address' | 'uiUrl'> {
  ours: boolean;
  stop: () => Promise<void>;
}

async function temporalServer(ui: boolean, onProgress?: (line: string) => void): Promise<OurServer> {
  if (process.env['TEMPORAL_ADDRESS']) {
    return { address: temporalSettings().address, uiUrl: undefined, ours: false, stop: async () => {} };
  }
  const server = await startTemporalServer({
    searchAttributes: searchAttributeTypes,
    ui,
    ...(onProgress ? { onProgress } : {}),
  });
  return { ...server, ours: true };
}

/** Takes away what would lead a worker of ours to somebody's FinHub. */
function withoutFinHub(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('FINHUB_'));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

async function connect(env: NodeJS.ProcessEnv): Promise<{ client: OnboardingClient; close: () => Promise<void> }> {
  const { temporal: settings, keys, documentStore, tenantId } = loadEnvironment('starter', env);
  const temporal = await connectClient(settings);
  await ensureSearchAttributes(temporal.connection, settings.namespace);
  const client = new OnboardingClient({
    temporal,
    keys,
    store: folderStore(documentStore),
    ...(tenantId ? { tenantId } : {}),
  });
  return { client, close: () => temporal.connection.close() };
}
