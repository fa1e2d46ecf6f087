import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectOnboarding, type OnboardingClient } from '../../src/client/index.js';
import { loadEnvironment } from '../../src/config/environment.js';
import { startChild, type Child } from '../../dev/embedded/child-process.js';
import { startEntry } from '../../dev/embedded/entry-process.js';
import { freePort } from '../../dev/embedded/ports.js';
import { startTemporalServer } from '../../dev/embedded/temporal-server.js';
import { sandboxEnvironment } from '../../sandbox/fixtures.js';
import { searchAttributeTypes } from '../../src/temporal/search-attributes.js';
import { FinHub } from '../helpers/finhub.js';
import { POLICY } from './plots.js';
import type { Relay } from './relay.js';

/** What of the service can be killed, paused and started again; its state outlives it on disk. */
export type Part = 'temporal' | 'sandbox' | 'worker' | 'gateway' | 'client';

export interface RigOptions {
  workers: number;
  faultRate: number;
  seed: number;
  /** Serves the HTTP API too, on a port of its own that it keeps. */
  gateway?: boolean;
  /** Stands between Temporal and whoever speaks to it. */
  relay?: Relay;
  /** Variables of all processes on top of the rig's own. */
  env?: Record<string, string>;
}

interface Ports {
  temporal: number;
  sandbox: number;
  gateway: number;
}

type Process = Pick<Child, 'pid' | 'kill' | 'stop'>;

/** Milliseconds: FinHub's late answers come after the time-out, its late effects within it. */
const TIMEOUT_MS = '800';

/** The whole service, each part of it a process group that this process owns: nothing of it outlives this process. */
export class Rig {
  readonly environment: Record<string, string>;
  readonly address: string;
  readonly gatewayUrl: string;
  readonly finhub: FinHub;
  /** Faults that calls met in sandboxes that were killed since; a sandbox counts its own only. */
  readonly faults: { operation: string; kind: string }[] = [];
  readonly #folder: string;
  readonly #ports: Ports;
  readonly #options: RigOptions;
  readonly #running: Record<Exclude<Part, 'client'>, Process[]> = {
    ...{ temporal: [], sandbox: [], worker: [], gateway: [] },
  };

  private constructor(folder: string, ports: Ports, options: RigOptions) {
    this.#folder = folder;
    this.#ports = ports;
    this.#options = options;
    options.relay?.lead(ports.temporal);
    this.address = `127.0.0.1:${options.relay?.port ?? ports.temporal}`;
    this.gatewayUrl = `http://127.0.0.1:${ports.gateway}`;
    this.finhub = new FinHub(`http://127.0.0.1:${ports.sandbox}`);
    this.environment = {
      ...sandboxEnvironment(this.finhub.url),
      TEMPORAL_ADDRESS: this.address,
      DOCUMENT_STORE: join(folder, 'documents'),
      POLICY_FILE: join(folder, 'policy.json'),
      FINHUB_TIMEOUT_MS: TIMEOUT_MS,
      FINHUB_VERDICT_POLL_SECONDS: '1',
      ...options.env,
    };
  }

  static async start(options: RigOptions): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-chaos-'));
    const ports = { temporal: await freePort(), sandbox: await freePort(), gateway: await freePort() };
    const rig = new Rig(folder, ports, options);
    try {
      await writeFile(rig.environment['POLICY_FILE']!, JSON.stringify(POLICY));
      await Promise.all([rig.#startTemporal(), rig.#startSandbox()]);
      await Promise.all(Array.from({ length: options.workers }, () => rig.#startWorker()));
      if (options.gateway) await rig.#startGateway();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  /** A client in this process; its owner closes it. */
  connect(): Promise<OnboardingClient> {
    return connectOnboarding(loadEnvironment('starter', { ...process.env, ...this.environment }));
  }

  /** A process of clients that carries these applications; `onLine` hears what was acknowledged to it. */
  startClient(numbers: readonly number[], concurrency: number, onLine: (line: string) => void): Promise<Child> {
    const program = fileURLToPath(new URL('client-process.ts', import.meta.url));
    const args = ['--import', import.meta.resolve('tsx'), program, this.finhub.url, concurrency, ...numbers].map(
      String,
    );
    return startChild(process.execPath, args, { env: this.environment, onLine });
  }

  /** Ends one of the part's processes as a crash would, and starts another one in its place. */
  async kill(part: Exclude<Part, 'client'>): Promise<void> {
    if (part === 'sandbox') await this.noteFaults();
    await this.#running[part].shift()?.kill();
    await {
      temporal: () => this.#startTemporal(),
      sandbox: () => this.#startSandbox(),
      worker: () => this.#startWorker(),
      gateway: () => this.#startGateway(),
    }[part]();
  }

  /** Has one of the part's processes stand still, as a host does that swaps or a virtual machine that moves. */
  async pause(part: Exclude<Part, 'client'>, wait: () => Promise<void>): Promise<void> {
    const { pid } = this.#running[part][0]!;
    process.kill(-pid, 'SIGSTOP');
    try {
      await wait();
    } finally {
      process.kill(-pid, 'SIGCONT');
    }
  }

  /** Keeps what Temporal has on disk, as a backup does; the server is down for a moment. */
  async backUpTemporal(): Promise<void> {
    await this.#running.temporal.shift()?.stop();
    await this.#copyDatabase(this.#database, this.#backup);
    await this.#startTemporal();
  }

  /** Puts the backup in the place of what Temporal has, with no worker beside it meanwhile. FinHub and the documents stay as they are. */
  async restoreTemporal(): Promise<void> {
    const workers = this.#running.worker.splice(0);
    await Promise.all(workers.map((worker) => worker.kill()));
    await this.#running.temporal.shift()?.kill();
    await this.#copyDatabase(this.#backup, this.#database);
    await this.#startTemporal();
    await Promise.all(workers.map(() => this.#startWorker()));
  }

  /** SQLite keeps a part of it in files beside it. */
  async #copyDatabase(from: string, to: string): Promise<void> {
    for (const end of ['', '-wal', '-shm']) {
      await rm(to + end, { force: true });
      if (existsSync(from + end)) await cp(from + end, to + end);
    }
  }

  get #database(): string {
    return join(this.#folder, 'temporal.db');
  }

  get #backup(): string {
    return join(this.#folder, 'backup.db');
  }

  async noteFaults(): Promise<void> {
    this.faults.push(...(await this.finhub.injected()));
  }

  async stop(): Promise<void> {
    const { worker, sandbox, temporal, gateway } = this.#running;
    await Promise.all([...gateway, ...worker, ...sandbox].map((each) => each.kill()));
    await Promise.all(temporal.map((each) => each.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startTemporal(): Promise<void> {
    const server = await startTemporalServer({
      searchAttributes: searchAttributeTypes,
      port: this.#ports.temporal,
      dbFilename: this.#database,
    });
    this.#running.temporal.push(server);
  }

  async #startSandbox(): Promise<void> {
    const { faultRate, seed } = this.#options;
    const args = {
      port: this.#ports.sandbox,
      journal: join(this.#folder, 'sandbox.journal'),
      'fault-rate': faultRate,
      // Another sequence after each start, or a killed sandbox would repeat its faults.
      seed: seed + this.faults.length,
      'log-level': 'fatal',
    };
    const list = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#running.sandbox.push(await startEntry('sandbox', { args: list, ready: /listening on/ }));
  }

  async #startWorker(): Promise<void> {
    const env = this.environment;
    this.#running.worker.push(await startEntry('worker', { env, ready: /"msg":"worker ready"/ }));
  }
  async #startGateway(): Promise<void> {
    const env = { ...this.environment, GATEWAY_PORT: String(this.#ports.gateway) };
    this.#running.gateway.push(await startEntry('gateway', { env, ready: /^gateway listening on/ }));
  }
}
