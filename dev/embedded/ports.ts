import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A TCP port on 127.0.0.1 that nobody listens on just now. */
export async function freePort(): Promise<number> {
  return bindOnce(0);
}

/**
 * The wanted port, or a free one when none is wanted.
 * @throws Error if the wanted port is taken.
 */
export async function portToUse(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort();
  try {
    return await bindOnce(wanted);
  } catch (error) {
    throw new Error(`port ${wanted} on 127.0.0.1 is taken: choose another, or end what listens there`, {
      cause: error,
    });
  }
}

async function bindOnce(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return bound;
}
