import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectOnboarding, signingOf, temporalSettings, type OnboardingClient } from '../../src/client/index.js';
import { loadEnvironment } from '../../src/config/environment.js';
import { sandboxEnvironment } from '../../sandbox/fixtures.js';
import { ensureSearchAttributes, searchAttributeTypes } from '../../src/temporal/search-attributes.js';
import type { Child } from './child-process.js';
import { startEntry } from './entry-process.js';
import { freePort } from './ports.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';

export interface StackOptions {
  /** Serves Temporal's UI too. */
  ui?: boolean;
  /** Serves the HTTP API too; with variables on top of what makes it reach the rest. */
  gateway?: Record<string, string> | undefined;
  /** Arguments of the sandbox, on top of a free port. */
  sandboxArgs?: string[];
  /** SQLite file that keeps Temporal's state; in memory without it. */
  dbFilename?: string;
  /** Variables of the worker, on top of what makes it reach server and sandbox. */
  workerEnv?: Record<string, string | undefined>;
  onProgress?: (line: string) => void;
}

/** The whole service on this machine: Temporal, FinHub's sandbox, one worker, and a client of it. */
export interface Stack {
  temporal: { address: string; uiUrl: string | undefined };
  sandboxUrl: string;
  /** Of the HTTP API, where it was asked for. */
  gatewayUrl: string | undefined;
  /** What the gateway has printed; empty where there is none. */
  gatewayOutput: () => string;
  /** Process ids, for whoever measures; a server that is not ours has none. */
  pids: { temporal: number | undefined; sandbox: number };
  client: OnboardingClient;
  /** What a command line needs in its environment to reach all this. */
  environment: Record<string, string>;
  worker: Child;
  /** One more worker, with variables on top of the first one's. */
  startWorker: (env?: Record<string, string>) => Promise<Child>;
  stop: () => Promise<void>;
}

/**
 * Starts it all; `TEMPORAL_ADDRESS` and its companions name a Temporal server to use instead of one of our own.
 * Nothing of it outlives this process.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { ui = false, sandboxArgs = [], workerEnv } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const viewer = ui ? await viewing() : undefined;
    const [sandbox, temporal, codec] = await Promise.all([
      startEntry('sandbox', { args: ['--port', '0', ...sandboxArgs], ready: /listening on (http:\S+)/ }),
      temporalServer(viewer, options),
      viewer && startEntry('codec-server', { env: viewer.codecEnvironment, ready: /listening on/ }),
    ]);
    closing.push(sandbox.stop, temporal.stop);
    if (codec) closing.push(codec.stop);
    const sandboxUrl = sandbox.firstMatch![1]!;
    const environment = {
      ...sandboxEnvironment(sandboxUrl),
      ...(temporal.ours ? { TEMPORAL_ADDRESS: temporal.address } : {}),
      ...viewer?.cliEnvironment,
      DOCUMENT_STORE: join(folder, 'documents'),
    };
    const startWorker = async (more: Record<string, string> = {}): Promise<Child> => {
      const env = { ...withoutFinHub(), ...environment, ...workerEnv, ...more };
      const started = await startEntry('worker', { env, ready: /"msg":"worker ready"/ });
      closing.push(started.stop);
      return started;
    };
    const client = await connect({ ...process.env, ...withoutFinHub(), ...environment });
    closing.push(() => client.close());
    const worker = await startWorker();
    const gateway =
      options.gateway &&
      (await startEntry('gateway', {
        env: { ...withoutFinHub(), ...environment, GATEWAY_PORT: '0', ...options.gateway },
        ready: /^gateway listening on (http:\S+)/,
      }));
    if (gateway) closing.push(gateway.stop);
    const gatewayUrl = gateway?.firstMatch![1];
    const pids = { temporal: temporal.pid, sandbox: sandbox.pid };
    const gatewayOutput = (): string => gateway?.output() ?? '';
    return { temporal, sandboxUrl, gatewayUrl, gatewayOutput, pids, client, environment, worker, startWorker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface OurServer extends Pick<TemporalServer, 'address' | 'uiUrl'> {
  ours: boolean;
  pid: number | undefined;
  stop: () => Promise<void>;
}

interface Viewer {
  uiPort: number;
  /** With a token of its own in it, since the UI sends no header of ours. */
  uiCodecEndpoint: string;
  codecEnvironment: Record<string, string>;
  /** Lets Temporal's CLI decode and encode. */
  cliEnvironment: Record<string, string>;
}

/** Where Temporal's UI and the codec server that decodes for it will be, with tokens made for this run. */
async function viewing(): Promise<Viewer> {
  const [uiPort, codecPort] = [await freePort(), await freePort()];
  const token = (): string => randomBytes(24).toString('base64url');
  const [uiToken, cliToken] = [token(), token()];
  const url = `http://127.0.0.1:${codecPort}`;
  return {
    uiPort,
    uiCodecEndpoint: `${url}/t/${uiToken}`,
    codecEnvironment: {
      CODEC_TOKENS: `ui:read:${uiToken},cli:write:${cliToken}`,
      CODEC_UI_ORIGIN: `http://127.0.0.1:${uiPort}`,
      CODEC_PORT: String(codecPort),
    },
    cliEnvironment: { TEMPORAL_CODEC_ENDPOINT: url, TEMPORAL_CODEC_AUTH: `Bearer ${cliToken}` },
  };
}

async function temporalServer(
  viewer: Viewer | undefined,
  { dbFilename, onProgress }: Pick<StackOptions, 'dbFilename' | 'onProgress'>,
): Promise<OurServer> {
  if (process.env['TEMPORAL_ADDRESS']) {
    return { address: temporalSettings().address, uiUrl: undefined, pid: undefined, ours: false, stop: async () => {} };
  }
  const server = await startTemporalServer({
    searchAttributes: searchAttributeTypes,
    ...(viewer ? { ui: true, uiPort: viewer.uiPort, uiCodecEndpoint: viewer.uiCodecEndpoint } : {}),
    ...(dbFilename === undefined ? {} : { dbFilename }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return { ...server, ours: true };
}

/** Takes away what would lead a worker of ours to somebody's FinHub. */
function withoutFinHub(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('FINHUB_'));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

async function connect(env: NodeJS.ProcessEnv): Promise<OnboardingClient> {
  const config = loadEnvironment('starter', env);
  const client = await connectOnboarding({ ...config, signing: await signingOf(config) });
  await ensureSearchAttributes(client.temporal.connection, config.temporal.namespace);
  return client;
}
