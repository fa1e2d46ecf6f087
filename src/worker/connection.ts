import { NativeConnection } from '@temporalio/worker';
import { unreachable } from '../temporal/connection.js';
import type { TemporalSettings } from '../temporal/settings.js';

/**
 * Connects a worker; its owner closes the connection after the worker's end.
 * @throws TemporalUnreachable
 */
export async function connectWorker({ address, connection }: TemporalSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connection);
  } catch (error) {
    throw unreachable(address, error);
  }
}
