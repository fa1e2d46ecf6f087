import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { residentMib } from './processes.js';
import { spreadOf, type Spread } from './spread.js';

/** Many who wait at one gateway. */
export interface WaitsBench {
  open: number;
  /** Resident memory of the gateway. */
  mib: { before: number; open: number };
  kibPerWait: number;
  /** Milliseconds of somebody else's status meanwhile. */
  answerMs: Spread;
  /** Delay of the gateway's event loop meanwhile, in milliseconds. */
  loop: { p50: number; p99: number };
}

interface Watched {
  url: string;
  pid: number;
  metricsUrl: string;
  ids: readonly string[];
}

const WAIT_SECONDS = 60;
/** Before memory is looked at first: what the calls before left behind is gone then. */
const SETTLE_MS = 10_000;
const OPENING_MS = 45_000;
const ASKED = 100;

/** Opens waits for cases that do not change, and looks at the gateway meanwhile. */
export async function openWaits(
  { url, pid, metricsUrl, ids }: Watched,
  { waits, onProgress }: { waits: number; onProgress: (line: string) => void },
): Promise<WaitsBench> {
  const agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });
  const paths = ids.map((id) => `${url}/v1/cases/individual/${id.split('/')[2]}`);
  const etags = await Promise.all(paths.map(async (path) => (await fetch(path)).headers.get('etag')!));
  await pause(SETTLE_MS);
  const before = residentMib(pid);
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const open = Array.from({ length: waits }, (_, index) =>
    request(paths[index % paths.length]!, {
      ...{ dispatcher: agent, signal: leaving.signal },
      headers: { 'if-none-match': etags[index % etags.length]!, prefer: `wait=${WAIT_SECONDS}` },
    }).then(
      ({ statusCode }) => statusCode,
      () => undefined,
    ),
  );
  try {
    const areOpen = () => figure(metricsUrl, 'onboarding_gateway_open_waits');
    // Each looks at its case first.
    for (const end = Date.now() + OPENING_MS; (await areOpen()) < waits; await pause(500)) {
      if (Date.now() > end) throw new Error(`${await areOpen()} of ${waits} waits are open`);
    }
    const megabytes = residentMib(pid);
    onProgress(`${waits} waits are open: ${before.toFixed(0)} to ${megabytes.toFixed(0)} MiB`);
    // Reading them sets the histogram of the delays back.
    await figure(metricsUrl, 'nodejs_eventloop_lag_p50_seconds');
    const times: number[] = [];
    for (let call = 0; call < ASKED; call += 1) {
      const began = performance.now();
      await (await fetch(paths[call % paths.length]!)).arrayBuffer();
      times.push(performance.now() - began);
      await pause(50);
    }
    const text = await (await fetch(metricsUrl)).text();
    return {
      open: waits,
      mib: { before, open: megabytes },
      kibPerWait: ((megabytes - before) * 1024) / waits,
      answerMs: spreadOf(times),
      loop: {
        p50: read(text, 'nodejs_eventloop_lag_p50_seconds') * 1000,
        p99: read(text, 'nodejs_eventloop_lag_p99_seconds') * 1000,
      },
    };
  } finally {
    leaving.abort();
    await Promise.all(open);
    await agent.close();
  }
}

async function figure(metricsUrl: string, name: string): Promise<number> {
  return read(await (await fetch(metricsUrl)).text(), name);
}

function read(metrics: string, name: string): number {
  return Number(metrics.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm'))?.[1] ?? NaN);
}
