import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

export interface MutualTls {
  /** `host:port`. */
  address: string;
  /** Connections by clients that showed a certificate of the authority. */
  accepted(): number;
  close(): Promise<void>;
}

/**
 * Stands before a server that speaks no TLS, as a mesh's sidecar would, and lets in who has a certificate of the authority.
 * @param folder what `deploy/make-certificates.sh` made
 */
export async function startMutualTls(folder: string, target: string): Promise<MutualTls> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'server.pem', 'server.key'].map((file) => readFile(join(folder, file))),
  );
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer(
    { ca, cert, key, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] } as Parameters<
      typeof createServer
    >[0],
    (client) => {
      accepted += 1;
      const upstream = connect(Number(port), host);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => other.destroy()).on('close', () => other.destroy());
        socket.pipe(other);
      }
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    accepted: () => accepted,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
