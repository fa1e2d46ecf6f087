import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { approveAs } from '../dev/demo/carry.js';
import { MESSAGES } from '../src/lifecycle/messages.js';
import { SLOTS } from '../src/lifecycle/slots.js';
import { plain, type Payload } from './attacks/attacker.js';
import { forged } from './attacks/forged.js';
import { made, send } from './attacks/messages.js';
import { startStronghold, type Stronghold } from './attacks/stronghold.js';
import { reviewed } from './attacks/victims.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';

/** Temporal takes 10,000 Signals in a run; without a worker a run does not move on. */
const WITH_WORKER = 10_000;
const WITHOUT_WORKER = 9_000;
const ROUNDS = 4;
const AT_A_TIME = 20;
/** What one look-up serves, at the least, while there are enough messages. */
const PER_LOOK_UP = 50;
const LONG = 900;

/** A Signal of the flood. */
interface Drop {
  name: string;
  payloads: Payload[];
}

describe('a flood of signals', { timeout: 3 * LONG * 1000 }, () => {
  let hold: Stronghold;
  before(async () => {
    hold = await startStronghold();
  });
  after(() => hold.stop());

  /** Every message, in every form in which it does not count, and names that are no message's. */
  async function drops(id: string): Promise<Drop[]> {
    const { attacker } = hold;
    await send(hold, id, 'note');
    const taken = await attacker.sent(id, 'note');
    const elsewhere = await attacker.input(id);
    const forms = MESSAGES.flatMap((name): Drop[] => [
      { name, payloads: [plain({ by: 'op-1' })] },
      { name, payloads: elsewhere },
      { name, payloads: [] },
      { name, payloads: [forged(SLOTS.signal(name), { by: 'op-1', text: 'x' }, { workflowId: id })] },
    ]);
    const others = ['approve', '__proto__', 'constructor'].map((name) => ({ name, payloads: [plain({})] }));
    return [...forms, ...others, { name: 'note', payloads: taken }];
  }

  async function flood(id: string, kinds: Drop[], count: number): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let number = next++; number < count; number = next++) {
        const { name, payloads } = kinds[number % kinds.length]!;
        // Temporal itself takes no more than so many in a run.
        await hold.attacker.signal(id, name, payloads).catch((error: unknown) => {
          if (!/limit for signal events/.test(String(error))) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  }

  /** Milliseconds that each of a neighbour's messages takes until it is answered, while something goes on. */
  async function latenciesDuring(neighbour: string, work: Promise<void>): Promise<number[]> {
    const taken: number[] = [];
    let isOver = false;
    const over = work.finally(() => (isOver = true));
    while (!isOver) {
      const asked = performance.now();
      const answer = await hold.as('op-2').note(neighbour, { by: 'op-2', text: 'still there' });
      assert.equal(answer.accepted, true);
      taken.push(performance.now() - asked);
    }
    await over;
    return taken;
  }

  async function lookUps(id: string): Promise<number> {
    const runs: string[] = [];
    for await (const { runId } of hold.lane.temporal.workflow.list({ query: `WorkflowId = "${id}"` })) runs.push(runId);
    const histories = await Promise.all(runs.map((run) => hold.attacker.history(id, run)));
    return histories
      .flat()
      .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'lookUpSigners').length;
  }

  async function decided(id: string): Promise<void> {
    await eventually(
      'the decision is taken',
      async () => {
        const { review } = await hold.lane.client.caseView(id);
        return review.stage !== 'inReview';
      },
      LONG,
    );
  }

  test('with a worker: a valid decision is taken, and a neighbour is answered as soon as when others are flooded', async (t) => {
    const [victim, neighbour] = await Promise.all([1, 2].map(async () => reviewed(hold, await anIndividual())));
    const kinds = await drops(victim!);
    const during: Record<'decoy' | 'victim', number[]> = { decoy: [], victim: [] };
    // In turns, so that both have the same of what else this machine does.
    for (let round = 0; round < ROUNDS; round += 1) {
      // The same for Temporal, and nothing for our worker: a workflow that nobody runs.
      const decoy = `decoy/${randomUUID()}`;
      await hold.attacker.start('anything', decoy, [], 'nobody');
      during.decoy.push(...(await latenciesDuring(neighbour!, flood(decoy, kinds, WITH_WORKER / ROUNDS))));
      during.victim.push(...(await latenciesDuring(neighbour!, flood(victim!, kinds, WITH_WORKER / ROUNDS))));
    }
    const sent = performance.now();
    await approveAs(hold.as('op-1').patient({ answerSeconds: LONG, questionSeconds: LONG }), victim!, 'op-1');
    await decided(victim!);
    const count = await lookUps(victim!);
    const shown = (of: number[]) => `${median(of).toFixed(0)} ms (${of.length} answers)`;
    t.diagnostic(
      `neighbour: ${shown(during.decoy)} while others are flooded, ${shown(during.victim)} while the case is`,
    );
    t.diagnostic(`decision taken ${since(sent)} s after ${WITH_WORKER} signals, with ${count} look-ups`);
    assert.equal((await hold.lane.closed(victim!)).result, 'active');
    assert.ok(count < WITH_WORKER / PER_LOOK_UP, `${count} look-ups`);
    assert.ok(
      median(during.victim) < 2 * median(during.decoy),
      `${shown(during.victim)} against ${shown(during.decoy)}`,
    );
  });

  test('without a worker: a valid decision among them is taken when one is back', async (t) => {
    const victim = await reviewed(hold, await anIndividual());
    const kinds = await drops(victim);
    const decision = await made(hold, victim, 'decideVerification');
    await hold.withoutWorker();
    await flood(victim, kinds, WITHOUT_WORKER);
    await hold.lane.temporal.workflow.getHandle(victim).signal('decideVerification', decision);
    const back = performance.now();
    await hold.restart();
    await decided(victim);
    const count = await lookUps(victim);
    t.diagnostic(
      `decision taken ${since(back)} s after a worker was back, after ${WITHOUT_WORKER} signals, with ${count} look-ups`,
    );
    assert.equal((await hold.lane.closed(victim)).result, 'active');
    assert.ok(count < WITHOUT_WORKER / PER_LOOK_UP, `${count} look-ups`);
  });
});

function median(of: number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;
}

/** Seconds. */
function since(from: number): string {
  return ((performance.now() - from) / 1000).toFixed(1);
}
