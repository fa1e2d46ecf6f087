import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What passes between others, piece by piece; somebody can have it stop at one of them. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: number | undefined;
  #left = 0;
  #reached: (() => Promise<void>) | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (near) => this.#join(near));
  }

  static async start(): Promise<Relay> {
    const server = createServer({ noDelay: true });
    const relay = new Relay(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Says which port of this machine it leads to. */
  lead(port: number): void {
    this.#target = port;
  }

  /**
   * Has `act` done once so many more pieces have come in either direction, each of them held back meanwhile.
   * @returns how to take it back; whether it was done
   */
  after(pieces: number, act: () => Promise<void>): () => boolean {
    this.#left = pieces;
    this.#reached = act;
    return () => {
      const isDone = this.#reached !== act;
      this.#reached = undefined;
      return isDone;
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    const far = connect({ port: this.#target!, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (piece) => void this.#pass(from, to, piece));
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  async #pass(from: Socket, to: Socket, piece: Buffer): Promise<void> {
    const act = this.#reached;
    this.#left -= 1;
    if (act && this.#left <= 0) {
      this.#reached = undefined;
      from.pause();
      await act();
      from.resume();
    }
    if (!to.destroyed) to.write(piece);
  }
}
