import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startTemporalServer } from '../../dev/embedded/temporal-server.js';
import { searchAttributeTypes } from '../../src/temporal/search-attributes.js';
import { speaking, startLane, type Lane, type LaneOptions } from '../helpers/lane.js';
import { bundled } from '../helpers/time-skipping.js';

const NAMESPACE = 'default';

export interface RealServer {
  lane: Lane;
  /** `host:port` of the server. */
  address: string;
  stop(): Promise<void>;
}

/** A dev server, which is the real one, with a sandbox, a worker and a client. */
export async function startRealServer(options: LaneOptions = {}): Promise<RealServer> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: { level: 'ERROR' } } },
  });
  const server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
  const { address } = server;
  const [workflowBundle, connection, clientConnection] = await Promise.all([
    bundled(),
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
  ]);
  const temporal = new Client({
    connection: clientConnection,
    namespace: NAMESPACE,
    ...speaking(NAMESPACE),
  });
  const lane = await startLane({ connection, temporal, worker: { workflowBundle } }, options);
  return {
    lane,
    address,
    async stop() {
      await lane.stop();
      await connection.close();
      await clientConnection.close();
      await server.stop();
    },
  };
}
