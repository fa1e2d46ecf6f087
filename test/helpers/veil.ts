import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

type Row = Record<string, unknown>;

/** Stands between a client and a sandbox, and changes what lists show. */
export class Veil {
  readonly url: string;
  /** What becomes of a list on its way; as it is by default. */
  veiling: (list: Row[]) => unknown = (list) => list;
  /** Lists show nothing before so many milliseconds have passed since the last write. */
  lateMs = 0;
  readonly #close: () => void;
  #writtenAt = -Infinity;

  static async before(target: string): Promise<Veil> {
    const server = createServer((incoming, outgoing) => {
      veil.#forward(target, incoming).then(
        ({ status, body }) => outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body),
        () => outgoing.destroy(),
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const veil: Veil = new Veil(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return veil;
  }

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  close(): void {
    this.#close();
  }

  async #forward(target: string, incoming: IncomingMessage): Promise<{ status: number; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const method = incoming.method as 'GET' | 'POST';
    const isLogin = incoming.url!.includes('/sessions');
    if (method !== 'GET' && !isLogin) this.#writtenAt = performance.now();
    const own = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !own.has(name)));
    const body = chunks.length === 0 ? null : Buffer.concat(chunks);
    const { statusCode: status, body: answer } = await request(target + incoming.url!, { method, headers, body });
    const text = await answer.text();
    return { status, body: method === 'GET' && status === 200 ? this.#veiled(text) : text };
  }

  #veiled(text: string): string {
    const answer = JSON.parse(text) as Row;
    const list = [
      answer,
      answer['data'],
      ...Object.values((answer['data'] ?? {}) as Row),
      ...Object.values(answer),
    ].find((value) => Array.isArray(value)) as Row[] | undefined;
    if (!list) return text;
    const isEarly = performance.now() < this.#writtenAt + this.lateMs;
    return JSON.stringify({ code: 200, data: this.veiling(isEarly ? [] : list) });
  }
}
