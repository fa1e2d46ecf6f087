import { Agent, request } from 'undici';
import { FinHubClient } from '../src/finhub/client.js';
import { EXCHANGES } from './exchanges.js';
import { plainRequest } from './plain-request.js';
import { serveFixed } from './server.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

/** CPU of this process, in microseconds per call, and how many times that of plain undici it is. */
export interface ClientBench {
  calls: number;
  rounds: { plain: number; client: number; ratio: number }[];
  /** Over the rounds. */
  ratio: Spread;
}

const CONCURRENCY = 8;
const actor = { organizationId: 'o', userId: 'u', username: 'admin', password: 'password', roles: ['ADMIN_USER'] };
const TENANT = { tenantId: 'tenant', actor };

/** Measures both in turn, so that what else the machine does hits both. */
export async function benchClient(rounds: number, calls: number): Promise<ClientBench> {
  const recorded = EXCHANGES.map(({ endpoint, input }) => plainRequest(endpoint, input, TENANT, 'opaque'));
  const answers = EXCHANGES.map(({ answer }, index): [string, string] => {
    const { method, path } = recorded[index]!;
    return [`${method} ${path.split('?')[0]}`, JSON.stringify(answer)];
  });
  const login = JSON.stringify({ code: 200, message: 'Success', data: { token: 'opaque', sessionId: 's' } });
  const server = await serveFixed({ ...Object.fromEntries(answers), login });
  const agent = new Agent({ connections: CONCURRENCY });
  const client = clientOf(server.url);
  const plain = async (index: number): Promise<unknown> => {
    const { path, method, headers, body } = recorded[index % recorded.length]!;
    const answer = await request(server.url + path, {
      ...{ dispatcher: agent, method, headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return JSON.parse(await answer.body.text());
  };
  const ours = (index: number): Promise<unknown> => {
    const { endpoint, input } = EXCHANGES[index % EXCHANGES.length]!;
    return client.call(endpoint, input, { key: `individual/tenant/application/${index}` });
  };
  try {
    await cpuPerCall(plain, calls);
    await cpuPerCall(ours, calls);
    const measured: ClientBench['rounds'] = [];
    for (let round = 0; round < rounds; round += 1) {
      const one = await cpuPerCall(plain, calls);
      const other = await cpuPerCall(ours, calls);
      measured.push({ plain: one, client: other, ratio: other / one });
    }
    return { calls, rounds: measured, ratio: spreadOf(measured.map(({ ratio }) => ratio)) };
  } finally {
    await client.close();
    await agent.close();
    server.stop();
  }
}

/** What `npm run bench -- client` prints. */
export function textOf({ calls, rounds, ratio }: ClientBench): string {
  const lines = rounds.map(({ plain, client, ratio }) => `${us(plain)}  ${us(client)}  ${ratio.toFixed(2)}`);
  return [
    `CPU per call, ${calls} calls a round, validation on`,
    '   undici     client  ratio',
    ...lines,
    `median ratio ${spreadText(ratio)}`,
  ].join('\n');
}

function us(microseconds: number): string {
  return `${microseconds.toFixed(0)} µs`.padStart(9);
}

async function cpuPerCall(call: (index: number) => Promise<unknown>, calls: number): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) await call(next++);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

function clientOf(baseUrl: string): FinHubClient {
  return new FinHubClient({
    ...{ baseUrl, tenantId: 'tenant', tenantKey: 'key', tenantSecret: 'secret', admin: actor },
    ...{ timeoutMs: 10_000, maxConnections: CONCURRENCY, deviceId: 'bench' },
  });
}
