import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { lastLines, startChild, type Child } from './child-process.js';
import { portToUse } from './ports.js';
import { findTemporalBinary } from './temporal-binary.js';

const HOST = '127.0.0.1';
const START_MS = 30_000;
const POLL_MS = 20;
const PORT_TRIES = 3;

/**
 * What makes the dev server quick with one case at a time. As it comes it polls its queues 20 times a second, which costs up to 50 ms
 * in every step, and rounds timers and retries up to a second; and it may refuse a search attribute that was registered just now.
 */
const QUICK: Record<string, string> = {
  'history.transferProcessorMaxPollRPS': '1000',
  'history.timerProcessorMaxPollRPS': '1000',
  'history.timerProcessorMaxTimeShift': '"1ms"',
  'system.forceSearchAttributesCacheRefreshOnRead': 'true',
};

/** What a dev server is started with. */
export interface TemporalServerOptions {
  /** Search attributes to register: type (`Keyword`, `Datetime`, `Bool`, …) by name. */
  searchAttributes: Record<string, string>;
  /** SQLite file that keeps the state across restarts; without it the state is in memory. */
  dbFilename?: string;
  /** Port of the gRPC frontend; a free one by default. */
  port?: number;
  /** Whether to serve Temporal's UI. */
  ui?: boolean;
  /** Port of the UI; a free one by default. */
  uiPort?: number;
  /** Address of the codec server that the UI in a browser asks to decode payloads. */
  uiCodecEndpoint?: string;
  /** A namespace to create, next to `default`. */
  namespace?: string;
  /** Dynamic configuration, values in JSON. */
  dynamicConfig?: Record<string, string>;
  /** File that the server's log is appended to. */
  logFile?: string;
  /** Gets a line for each step of finding the server's program that takes time. */
  onProgress?: (line: string) => void;
}

/** A running dev server. It does not outlive this process. */
export interface TemporalServer {
  /** `host:port` of the gRPC frontend. */
  address: string;
  /** Address of the UI, if it was asked for. */
  uiUrl: string | undefined;
  pid: number;
  /** Ends the server in good order. */
  stop: () => Promise<void>;
  /** Ends the server as a crash would (SIGKILL). */
  kill: () => Promise<void>;
}

/**
 * Starts a Temporal dev server and waits until it serves the namespace with its search attributes.
 * @throws Error with the end of the server's log, if it ends or does not serve within 30 s.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { path } = await findTemporalBinary('temporal', options);
  for (let attempt = 1; ; attempt += 1) {
    const port = await portToUse(options.port);
    const uiPort = options.ui ? await portToUse(options.uiPort) : undefined;
    const child = await startChild(path, serverArguments(options, port, uiPort), options);
    if (await untilServing(child, port, options)) {
      const uiUrl = uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`;
      return { address: `${HOST}:${port}`, uiUrl, pid: child.pid, stop: child.stop, kill: child.kill };
    }
    await child.kill();
    const log = child.output();
    if (attempt === PORT_TRIES || !log.includes('address already in use')) {
      throw new Error(`the Temporal dev server ended or did not serve within ${START_MS / 1000} s:\n${lastLines(log)}`);
    }
  }
}

function serverArguments(options: TemporalServerOptions, port: number, uiPort: number | undefined): string[] {
  const { searchAttributes, dbFilename, uiCodecEndpoint, namespace, dynamicConfig } = options;
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(port), '--log-level', 'warn'];
  if (uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(uiPort), '--ui-disable-news-fetch');
  if (uiCodecEndpoint !== undefined) args.push('--ui-codec-endpoint', uiCodecEndpoint);
  if (dbFilename !== undefined) args.push('--db-filename', dbFilename);
  if (namespace !== undefined) args.push('--namespace', namespace);
  for (const [key, value] of Object.entries({ ...QUICK, ...dynamicConfig })) {
    args.push('--dynamic-config-value', `${key}=${value}`);
  }
  for (const [name, type] of Object.entries(searchAttributes)) args.push('--search-attribute', `${name}=${type}`);
  return args;
}

/** Whether the server came to serve its namespace; false if it ended or took too long. */
async function untilServing(child: Child, port: number, options: TemporalServerOptions): Promise<boolean> {
  const ended = new AbortController();
  void child.exited.then(() => ended.abort());
  const givenUp = AbortSignal.any([ended.signal, AbortSignal.timeout(START_MS)]);
  while (!givenUp.aborted) {
    if ((await isListening(port)) && (await serves(`${HOST}:${port}`, options))) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** Asked before gRPC is: a gRPC channel that was refused once waits a second before it tries again. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function serves(
  address: string,
  { namespace = 'default', searchAttributes }: TemporalServerOptions,
): Promise<boolean> {
  const connection = Connection.lazy({ address, connectTimeout: 1_000 });
  try {
    await connection.ensureConnected();
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(searchAttributes).every((name) => name in customAttributes);
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
