import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { planOf } from './portal/plan.js';
import { runPortal, type PortalReport } from './portal/run.js';

/*
 * WEBHOOKS_CHAOS_INDIVIDUALS, …_ORGANIZATIONS and …_SEED change the crowd. Polling runs 180 times as fast as by default: a case polls every 5 s
 * instead of 900, and every 20 s instead of 3600 where webhooks come; people take minutes instead of hours.
 */

const given = (name: string, otherwise: number): number => Number(process.env[`WEBHOOKS_CHAOS_${name}`] ?? otherwise);
const seed = given('SEED', randomInt(2 ** 31));
const crowd = { individuals: given('INDIVIDUALS', 40), organizations: given('ORGANIZATIONS', 20), seed };

const POLL_SECONDS = { alone: 5, hinted: 20 };
const MISCHIEF = { lost: 0.1, doubled: 0.1, forged: 0.1, garbled: 0.1, delayMs: 2000 };

describe('a crowd that is decided on in FinHub’s portal', { timeout: 3_600_000 }, () => {
  let alone: PortalReport;
  let hinted: PortalReport;
  before(async () => {
    const plan = planOf(crowd);
    alone = await runPortal({ plan, pollSeconds: POLL_SECONDS.alone, webhooks: undefined, seed });
    hinted = await runPortal({ plan, pollSeconds: POLL_SECONDS.hinted, webhooks: MISCHIEF, seed });
  });
  test('comes to the same ends with webhooks that are lost, doubled, late, out of order, forged and garbled', (t) => {
    for (const line of lines()) t.diagnostic(line);
    assert.deepEqual(hinted.ends, alone.ends);
    assert.deepEqual(hinted.books, alone.books);
    assert.deepEqual([alone.books.madeTwice, alone.books.balanced], [0, true]);
    for (const end of ['active', 'rejected'])
      assert.ok(
        alone.ends.some((one) => one.startsWith(end)),
        end,
      );
  });

  test('all of that did go wrong', () => {
    const { lost, doubled, garbled, taken } = hinted.sent;
    for (const [what, count] of Object.entries({ lost, doubled, garbled, taken })) assert.ok(count > 0, what);
    assert.ok((hinted.outcomes['unsigned'] ?? 0) > 0, 'forged');
    assert.equal(hinted.outcomes['notTaken'] ?? 0, 0);
  });

  test('asks FinHub less than polling alone', () => {
    assert.ok(hinted.reads.all < alone.reads.all, JSON.stringify([hinted.reads, alone.reads]));
    assert.ok(hinted.reads.looks < alone.reads.looks / 1.5, JSON.stringify([hinted.reads, alone.reads]));
  });

  test('sees what happened sooner than polling alone, and most of it by a webhook', () => {
    assert.ok(median(hinted.sinceDeed) < median(alone.sinceDeed));
    const { decision, activation } = hinted.sinceWebhook;
    assert.ok(decision.length + activation.length > hinted.foundByPolling, JSON.stringify(hinted.foundByPolling));
    assert.deepEqual(alone.sinceWebhook, { decision: [], activation: [] });
  });

  function lines(): string[] {
    const row = (what: string, { reads, sinceDeed, foundByPolling }: PortalReport): string =>
      `${what.padEnd(16)} ${reads.all} reads, ${reads.looks} of them looks; known ${spread(sinceDeed)} after the deed; ${foundByPolling} by polling`;
    const { events, lost, doubled, garbled, taken } = hinted.sent;
    const forged = hinted.outcomes['unsigned'] ?? 0;
    return [
      `${crowd.individuals} individuals, ${crowd.organizations} organizations, seed ${seed}`,
      row('polling alone', alone),
      row('with webhooks', hinted),
      `${events} events: ${lost} lost, ${doubled} doubled, ${garbled} garbled, ${forged} forged; ${taken} deliveries taken`,
      ...(['decision', 'activation'] as const).map((what) => {
        const times = hinted.sinceWebhook[what];
        return `${what}: known ${spread(times)} after its webhook, of ${times.length}`;
      }),
    ];
  }
});

function spread(ms: readonly number[]): string {
  return `${seconds(median(ms))} at the median, ${seconds(Math.max(...ms))} at worst`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
