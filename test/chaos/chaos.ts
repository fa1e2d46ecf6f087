import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../dev/embedded/child-process.js';
import { check } from './checker.js';
import { blowsOf, dealOut, type Blow, type Blows } from './destroyer.js';
import type { Acknowledged } from './plots.js';
import { Rig, type RigOptions } from './rig.js';

export interface ChaosOptions extends Omit<RigOptions, 'workers'>, Blows {
  lifecycles: number;
  workers?: number;
  clients?: number;
  /** Lifecycles under way at once. */
  concurrency: number;
  /** Seconds after which what is still open counts as stuck. */
  limit: number;
  onProgress?: (line: string) => void;
}

export interface ChaosReport {
  /** What broke the promise, or made the run prove nothing; empty when all is well. */
  broken: string[];
  figures: Record<string, number>;
}

/** FinHub did what it was asked for and its client cannot know. */
const UNCLEAR = new Set(['drop', 'late-effect', 'effect-500', 'late-answer', 'cut', 'garble']);

/** A pause between two blows at a part that is hit twice: it is in the middle of coming back. */
const RECOVERING_MS = 400;

/** Carries lifecycles to their ends while the service is beaten, and says whether it kept its promise. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { lifecycles, workers = 2, clients = 2, seed, onProgress } = options;
  const began = Date.now();
  const rig = await Rig.start({ ...options, workers });
  try {
    const crowd = new Crowd(rig, lifecycles, clients, Math.ceil(options.concurrency / clients));
    await crowd.start();
    const blows = blowsOf(options, seed);
    const strike = async (blow: Blow): Promise<void> => {
      const [at, done] = [Math.round((Date.now() - began) / 1000), Math.round(crowd.progress * 100)];
      onProgress?.(`${at} s, ${done} %: ${blow.what} ${blow.part}${blow.again ? ', twice' : ''}`);
      if (blow.part === 'client') return crowd.killOne();
      if (blow.what === 'pause') return rig.pause(blow.part, () => sleep(blow.forMs));
      await rig.kill(blow.part);
      if (!blow.again) return;
      await sleep(RECOVERING_MS);
      await rig.kill(blow.part);
    };
    let isLate = false;
    const dealing = dealOut(blows, () => (crowd.over || isLate ? 1 : crowd.progress), strike);
    await crowd.done(options.limit);
    isLate = true;
    const dealt = await dealing;
    await crowd.stop();
    await rig.noteFaults();

    const client = await rig.connect();
    const { broken, events } = await check(client.temporal, rig.finhub, lifecycles, crowd.acknowledged);
    await client.close();
    const unclear = rig.faults.filter(
      ({ operation, kind }) => !operation.startsWith('GET') && UNCLEAR.has(kind),
    ).length;
    // On a busy machine a part may take so long to come back that the rest of the work is done meanwhile.
    if (dealt * 2 < blows.length) broken.push(`only ${dealt} of ${blows.length} blows fell before all was over`);
    if (options.faultRate > 0 && unclear === 0) broken.push('no outcome was unclear, so that this run proves nothing');
    return {
      broken: [...broken, ...crowd.failures],
      figures: {
        lifecycles,
        acknowledged: crowd.acknowledged.length,
        blows: dealt,
        faults: rig.faults.length,
        unclear,
        attentions: crowd.acknowledged.filter(({ what }) => what === 'attention').length,
        events,
        seconds: Math.round((Date.now() - began) / 1000),
      },
    };
  } finally {
    await rig.stop();
  }
}

interface Member {
  process: Child;
  numbers: number[];
}

/** The processes of clients, and what was acknowledged to them. */
class Crowd {
  readonly acknowledged: Acknowledged[] = [];
  readonly failures: string[] = [];
  readonly #rig: Rig;
  readonly #lifecycles: number;
  readonly #clients: number;
  readonly #concurrency: number;
  readonly #ended = new Set<number>();
  readonly #reached = new Set<string>();
  #members: Member[] = [];

  constructor(rig: Rig, lifecycles: number, clients: number, concurrency: number) {
    this.#rig = rig;
    this.#lifecycles = lifecycles;
    this.#clients = clients;
    this.#concurrency = concurrency;
  }

  /** From 0 to 1: a third for each start, first decision and end. */
  get progress(): number {
    return this.#reached.size / (3 * this.#lifecycles);
  }

  get over(): boolean {
    return this.#ended.size === this.#lifecycles || this.failures.length > 0;
  }

  async start(): Promise<void> {
    const shares = Array.from({ length: this.#clients }, (): number[] => []);
    for (let number = 0; number < this.#lifecycles; number += 1) shares[number % this.#clients]!.push(number);
    await Promise.all(shares.map((numbers) => this.#startOne(numbers)));
  }

  /** Kills a client in the middle of whatever it does; the next one knows nothing of it and does it all again. */
  async killOne(): Promise<void> {
    const index = this.#members.findIndex(({ numbers }) => numbers.some((number) => !this.#ended.has(number)));
    const [member] = index < 0 ? [] : this.#members.splice(index, 1);
    if (!member) return;
    await member.process.kill();
    await this.#startOne(member.numbers.filter((number) => !this.#ended.has(number)));
  }

  async done(limitSeconds: number): Promise<void> {
    const end = Date.now() + limitSeconds * 1000;
    while (!this.over && Date.now() < end) await sleep(50);
    for (let number = 0; number < this.#lifecycles; number += 1) {
      if (!this.#ended.has(number)) this.failures.push(`application ${number} came to no end within ${limitSeconds} s`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.splice(0).map(({ process }) => process.kill()));
  }

  async #startOne(numbers: number[]): Promise<void> {
    const child = await this.#rig.startClient(numbers, this.#concurrency, (line) => this.#hear(line));
    const member = { process: child, numbers };
    this.#members.push(member);
    void child.exited.then(({ code }) => {
      if (this.#members.includes(member) && code !== 0)
        this.failures.push(`a client failed: ${child.output().slice(-2000)}`);
    });
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) return;
    const heard = JSON.parse(line) as Acknowledged;
    this.acknowledged.push(heard);
    const { number, what } = heard;
    if (what === 'started') this.#reached.add(`${number} started`);
    if (what === 'decision' || what === 'cancel' || what === 'ended') this.#reached.add(`${number} decided`);
    if (what === 'ended') {
      this.#reached.add(`${number} ended`);
      this.#ended.add(number);
    }
  }
}
