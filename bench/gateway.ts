import { setTimeout as pause } from 'node:timers/promises';
import { EXAMPLES } from '../dev/demo/examples.js';
import { withContent } from '../dev/demo/over-http.js';
import { startEntry } from '../dev/embedded/entry-process.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { openWaits, type WaitsBench } from './gateway-waits.js';
import { untilInReview } from './in-review.js';
import { applicationOf } from './lifecycle/contestants.js';
import { spreadOf, spreadText, type Spread } from './spread.js';

export interface GatewayOptions {
  rounds: number;
  /** Of each way and kind in a round: one after the other, then `concurrency` at a time. */
  calls: number;
  concurrency: number;
  waits: number;
  onProgress: (line: string) => void;
}

/** One kind of call over HTTP beside the same by the client library, round by round. */
export interface Beside {
  /** Milliseconds of a call at the median, one after the other. */
  library: Spread;
  http: Spread;
  /** Milliseconds that HTTP adds at the median. */
  added: Spread;
  /** Calls a second, many at a time, over HTTP to those by the library. */
  throughput: Spread;
}

export interface GatewayBench {
  start: Beside;
  status: Beside;
  waits: WaitsBench;
}

type Way = 'library' | 'http';
type Ask = (way: Way) => Promise<void>;

/** Cases that are asked about. */
const ASKED = 10;

/** Measures both ways in turn, on one stack; starts without a worker, which would take the machine for their lifecycles. */
export async function benchGateway(options: GatewayOptions): Promise<GatewayBench> {
  const stack = await startStack();
  const metricsPort = await freePort();
  const gateway = await startEntry('gateway', {
    env: {
      ...stack.environment,
      ...{ GATEWAY_PORT: '0', GATEWAY_REQUESTS_PER_MINUTE: '1000000', GATEWAY_WAITS_PER_CLIENT: '10000' },
      ...{ METRICS_ADDRESS: `127.0.0.1:${metricsPort}`, LOG_LEVEL: 'warn' },
    },
    ready: /^gateway listening on (http:\S+)/,
  });
  try {
    const url = gateway.firstMatch![1]!;
    const ids: string[] = [];
    for (let number = 0; number < ASKED; number += 1) {
      const { workflowId } = await stack.client.startIndividual(await applicationOf(`asked-${number}`), {
        folder: EXAMPLES,
      });
      ids.push(workflowId);
    }
    for (const id of ids) await untilInReview(stack.client, id);
    const status = await beside('status', statusOf(stack, url, ids), options);
    const watched = { url, pid: gateway.pid, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`, ids };
    const waits = await openWaits(watched, options);
    await stack.worker.stop();
    const start = await beside('start', await startOf(stack, url), options);
    return { start, status, waits };
  } finally {
    await gateway.kill();
    await stack.stop();
  }
}

function statusOf({ client }: Stack, url: string, ids: readonly string[]): Ask {
  let turn = 0;
  return async (way) => {
    const id = ids[(turn += 1) % ids.length]!;
    if (way === 'library') await client.status(id);
    else await answered(fetch(`${url}/v1/cases/individual/${id.split('/')[2]}`));
  };
}

/** Each is another person's, with the same documents. */
async function startOf({ client }: Stack, url: string): Promise<Ask> {
  let number = 0;
  // Callers have their documents at hand; the library reads them from files, as it does for command lines.
  const { documents } = await withContent(await applicationOf('documents'));
  return async (way) => {
    const application = await applicationOf(`start-${(number += 1)}`);
    if (way === 'library') await client.startIndividual(application, { folder: EXAMPLES });
    else {
      const body = JSON.stringify({ ...application, documents });
      const headers = { 'content-type': 'application/json' };
      await answered(fetch(`${url}/v1/individuals/${application.applicationId}`, { method: 'PUT', headers, body }));
    }
  };
}

async function answered(asked: Promise<Response>): Promise<void> {
  const answer = await asked;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
}

async function beside(what: string, ask: Ask, options: GatewayOptions): Promise<Beside> {
  const { rounds, calls, concurrency, onProgress } = options;
  for (const way of ['library', 'http'] as const) await latency(ask, way, Math.ceil(calls / 4));
  const seen = { library: [] as number[], http: [] as number[], throughput: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    seen.library.push(await latency(ask, 'library', calls));
    seen.http.push(await latency(ask, 'http', calls));
    const library = await rate(ask, 'library', calls, concurrency);
    seen.throughput.push((await rate(ask, 'http', calls, concurrency)) / library);
    const [one, other] = [seen.library.at(-1)!, seen.http.at(-1)!];
    onProgress(
      `${what}: ${one.toFixed(1)} ms by the library, ${other.toFixed(1)} ms over HTTP; ${seen.throughput.at(-1)!.toFixed(2)} times the throughput of ${library.toFixed(0)} a second`,
    );
  }
  return {
    library: spreadOf(seen.library),
    http: spreadOf(seen.http),
    added: spreadOf(seen.http.map((ms, round) => ms - seen.library[round]!)),
    throughput: spreadOf(seen.throughput),
  };
}

/** Milliseconds at the median, one after the other. */
async function latency(ask: Ask, way: Way, calls: number): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const began = performance.now();
    await ask(way);
    times.push(performance.now() - began);
  }
  await pause(50);
  return spreadOf(times).median;
}

/** Calls a second. */
async function rate(ask: Ask, way: Way, calls: number, concurrency: number): Promise<number> {
  let left = calls;
  const began = performance.now();
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(way);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (calls * 1000) / (performance.now() - began);
}

/** What `npm run bench -- gateway` prints. */
export function gatewayText({ start, status, waits }: GatewayBench): string {
  const row = (what: string, { library, http, added, throughput }: Beside): string =>
    [
      `${what}: ${spreadText(library, 1)} ms by the library, ${spreadText(http, 1)} ms over HTTP`,
      `  ${spreadText(added, 1)} ms added, ${spreadText(throughput)} times the throughput`,
    ].join('\n');
  const { open, kibPerWait, mib, answerMs, loop } = waits;
  return [
    row('start', start),
    row('status', status),
    `${open} open waits: ${kibPerWait.toFixed(1)} KiB each (${mib.before.toFixed(0)} to ${mib.open.toFixed(0)} MiB); another status meanwhile ${spreadText(answerMs, 1)} ms`,
    `  event loop delay meanwhile: ${loop.p50.toFixed(1)} ms at the median, ${loop.p99.toFixed(1)} ms of 99 in 100`,
  ].join('\n');
}
