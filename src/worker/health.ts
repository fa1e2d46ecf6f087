import type { AddressInfo } from 'node:net';
import type { NativeConnection } from '@temporalio/worker';
import fastify from 'fastify';
import type { Alarm } from './alarms.js';

export interface HealthOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The worker's state; all states but `STARTING` are the SDK's. */
  state: () => string;
  /** Causes that stop many cases; shown, but no reason to restart a worker. */
  alarms?: () => Alarm[];
  /** Whether Temporal responds. */
  reachable: () => Promise<boolean>;
}

export interface HealthServer {
  url: string;
  close(): Promise<void>;
}

/** In this state a worker is of no more use; only a new one helps. */
const DEAD = 'FAILED';
const ASK_MS = 2_000;

/**
 * Serves this worker's health. `GET /healthz`: 200 unless it has to be replaced. `GET /readyz`: 200 while it takes work and Temporal
 * responds, otherwise 503. Neither asks FinHub: an outage there is no reason to restart a worker.
 */
export async function startHealthServer({
  host,
  port,
  state,
  reachable,
  alarms = () => [],
}: HealthOptions): Promise<HealthServer> {
  const server = fastify({ logger: false, forceCloseConnections: true });
  server.get('/healthz', (_, reply) => {
    const now = state();
    return reply.status(now === DEAD ? 503 : 200).send({ worker: now, alarms: alarms() });
  });
  server.get('/readyz', async (_, reply) => {
    const now = state();
    const temporal = (await reachable()) ? 'answers' : 'does not answer';
    return reply
      .status(now === 'RUNNING' && temporal === 'answers' ? 200 : 503)
      .send({ worker: now, temporal, alarms: alarms() });
  });
  await server.listen({ host, port });
  const { port: taken } = server.server.address() as AddressInfo;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, close: () => server.close() };
}

/** Whether Temporal responds on a worker's connection within 2 s. */
export async function temporalAnswers(connection: NativeConnection): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + ASK_MS, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
