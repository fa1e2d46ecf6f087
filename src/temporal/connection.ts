import { Client, Connection, type ClientOptions } from '@temporalio/client';
import type { KeyRing } from '../secrets/key-ring.js';
import { clientTracing } from '../tracing/client-interceptor.js';
import { encryptingDataConverter } from './data-converter.js';
import type { TemporalSettings } from './settings.js';
import { clientSlots } from './slots.js';

const CONNECT_MS = 5_000;

/** No Temporal server accepted the connection; the message says how to fix it. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
}

/**
 * Connects a client to the configured namespace; the caller closes `client.connection`.
 * @throws TemporalUnreachable after 5 s
 */
export async function connectClient(
  { address, namespace, connection }: TemporalSettings,
  keys: KeyRing,
): Promise<Client> {
  return new Client({
    connection: await connectTo({ address, connection }),
    namespace,
    ...clientOptions(keys, namespace),
  });
}

/** The options of all our clients: values are encrypted for their place and bound to their use. */
export function clientOptions(keys: KeyRing, namespace: string): Pick<ClientOptions, 'dataConverter' | 'interceptors'> {
  return {
    dataConverter: encryptingDataConverter({ keys, namespace }),
    interceptors: { workflow: [clientTracing, clientSlots] },
  };
}

/**
 * Connects to the server without any key; the caller closes the connection.
 * @throws TemporalUnreachable after 5 s
 */
export async function connectTo({
  address,
  connection,
}: Pick<TemporalSettings, 'address' | 'connection'>): Promise<Connection> {
  try {
    return await Connection.connect({ ...connection, connectTimeout: CONNECT_MS });
  } catch (error) {
    throw unreachable(address, error);
  }
}

const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;

export function unreachable(address: string, error: unknown): TemporalUnreachable {
  const { code, message } = deepest(error) as Error & { code?: number };
  const refused = code === UNAUTHENTICATED || code === PERMISSION_DENIED;
  return new TemporalUnreachable(
    refused
      ? `Temporal at ${address} refuses the connection (${message}): check TEMPORAL_API_KEY, TEMPORAL_NAMESPACE and TEMPORAL_TLS_*`
      : `no Temporal server responds at ${address}; start one with \`npm run temporal -- server start-dev\` or set TEMPORAL_ADDRESS`,
    { cause: error },
  );
}

function deepest(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? deepest(error.cause) : error;
}
