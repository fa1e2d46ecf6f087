import { NativeConnection } from '@temporalio/worker';
import { unreachable } from '../temporal/connection.js';
import type { TemporalSettings } from '../temporal/settings.js';

/**
 * Connects a worker; the caller closes the connection after the worker has ended.
 * @throws TemporalUnreachable
 */
export async function connectWorker({ address, connection }: TemporalSettings): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connection);
  } catch (error) {
    throw unreachable(address, error);
  }
}
