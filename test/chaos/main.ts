import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { runChaos } from './chaos.js';

const SMALL = { lifecycles: 10, workerKills: 3, serverKills: 1, sandboxKills: 1, clientKills: 2, pauses: 3 };
const LONG = { lifecycles: 300, workerKills: 30, serverKills: 8, sandboxKills: 8, clientKills: 15, pauses: 30 };

/** A read that met a fault ten times in a row is tried again after a quarter of an hour. */
const SLOW_RETRY_SECONDS = 15 * 60;

const options = new Command('chaos')
  .description(
    'runs lifecycles to their ends while workers, the Temporal server, FinHub and clients are killed and paused, and checks that nothing was lost, doubled or approved without its people',
  )
  .option('--long', `${LONG.lifecycles} lifecycles, ${LONG.workerKills} worker kills, ${LONG.serverKills} server kills`)
  .option('--lifecycles <number>', 'how many', count)
  .option('--worker-kills <number>', 'how many', count)
  .option('--server-kills <number>', 'of the Temporal server', count)
  .option('--sandbox-kills <number>', 'of FinHub', count)
  .option('--client-kills <number>', 'how many', count)
  .option('--pauses <number>', 'of workers, Temporal server and FinHub in turn (SIGSTOP)', count)
  .option('--concurrency <number>', 'lifecycles under way at once', count, 20)
  .option('--workers <number>', 'workers at a time', count, 2)
  .option('--fault-rate <share>', 'share of FinHub calls that meet a fault', share, 0.1)
  .option('--seed <number>', 'repeats the plan and the faults of a run', count)
  .option('--limit <seconds>', 'after which what is still open counts as stuck', count)
  .option('--json', 'one JSON document on standard output')
  .parse()
  .opts<
    Partial<typeof SMALL> & {
      long?: true;
      json?: true;
      concurrency: number;
      workers: number;
      faultRate: number;
      seed?: number;
      limit?: number;
    }
  >();

const { json, long, seed = randomInt(2 ** 31), ...given } = options;
const size = { ...(long ? LONG : SMALL), ...given };
process.stderr.write(`seed ${seed}\n`);
const report = await runChaos({
  limit: 120 + SLOW_RETRY_SECONDS + 6 * size.lifecycles,
  ...size,
  clients: 2 + Math.floor(size.lifecycles / 100),
  seed,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});
const { broken, figures } = report;
if (json) process.stdout.write(`${JSON.stringify({ seed, ...report }, undefined, 2)}\n`);
else {
  for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name.padEnd(14)} ${figure}\n`);
  process.stdout.write(broken.length === 0 ? 'The promise held.\n' : `BROKEN:\n${broken.join('\n')}\n`);
}
process.exitCode = broken.length === 0 ? 0 : 1;

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Must be a whole number.');
  return Number(text);
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Must be from 0 to 1.');
  return value;
}
