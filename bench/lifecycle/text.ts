import { spreadText } from '../spread.js';
import type { LifecycleBench, Ratios } from './compare.js';
import type { Measured } from './run.js';

/** What `npm run bench -- lifecycle` prints. */
export function lifecycleText({ calls, atOne, atMany, ids }: LifecycleBench): string {
  return [
    'ours / bare, over the rounds: median (least to most)',
    ...table(atOne.ratios, atMany.ratios, atMany.concurrency),
    '',
    'a start that waits for the ids of FinHub, one at a time: median (least to most)',
    `${spreadText(ids.toIdsMs, 0)} ms to the ids, ${spreadText(ids.toReviewMs, 0)} ms to the review: ${spreadText(ids.share)} of it`,
    '',
    'each round',
    ...[...atOne.rounds, ...atMany.rounds].flatMap(({ ours, bare }) => [line('ours', ours), line('bare', bare)]),
    '',
    'HTTP calls of one lifecycle, as the sandbox counted them: ours, bare',
    ...callLines(calls),
  ].join('\n');
}

function table(one: Ratios, many: Ratios, concurrency: number): string[] {
  const names: Record<keyof Ratios, string> = {
    throughput: 'throughput',
    latency: 'latency, without the operator',
    cpu: 'CPU',
    cpuWorker: 'CPU, worker',
    cpuServer: 'CPU, server',
    events: 'history events',
    bytes: 'history bytes',
  };
  const row = (name: string, a: string, b: string): string => `${name.padEnd(32)}${a.padEnd(24)}${b}`;
  return [
    row('', 'one at a time', `${concurrency} at a time`),
    ...(Object.keys(names) as (keyof Ratios)[]).map((key) =>
      row(names[key], spreadText(one[key]), spreadText(many[key])),
    ),
  ];
}

function line(name: string, { perSecond, latencyMs, cpuMs, history }: Measured): string {
  const { toReview, fromDecision } = latencyMs;
  return [
    `${name}  ${perSecond.toFixed(2).padStart(6)}/s`,
    `${toReview.toFixed(0)} ms to review and ${fromDecision.toFixed(0)} ms on`,
    `CPU ${cpuMs.worker.toFixed(0)} ms worker, ${cpuMs.server?.toFixed(0) ?? '?'} ms server`,
    `${history.events.toFixed(0)} events, ${(history.bytes / 1024).toFixed(1)} KiB`,
  ].join('; ');
}

function callLines({ ours, bare }: LifecycleBench['calls']): string[] {
  const operations = [...new Set([...Object.keys(bare), ...Object.keys(ours)])];
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const row = (a: number, b: number, what: string): string =>
    `${String(a).padStart(4)}${String(b).padStart(4)}  ${what}`;
  return [
    ...operations.map((name) => row(ours[name] ?? 0, bare[name] ?? 0, name)),
    row(sum(ours), sum(bare), 'in all'),
  ];
}
