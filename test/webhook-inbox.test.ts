import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { afterLook, fullAllowance, untilAllowed, WEBHOOK } from '../src/lifecycle/hints.js';
import { TASK_QUEUE, WEBHOOK_INBOX, webhookInboxId } from '../src/lifecycle/ids.js';
import { takeWebhook } from '../src/client/take-webhook.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

describe('the inbox of webhooks', { timeout: 400_000 }, () => {
  let time: TimeSkipping;
  let lane: Lane;
  /** What cases were told of, each time that one was looked for. */
  let asked: string[] = [];
  /** Ids that a case has by now. */
  const known = new Set<string>();
  let made = 0;

  before(async () => {
    time = await startTimeSkipping();
    const tellCases = ({ hints }: { hints: string[][] }): Promise<boolean[]> => {
      asked.push(...hints.flat());
      return Promise.resolve(hints.map((ids) => ids.some((id) => known.has(id))));
    };
    lane = await time.lane({}, { activities: { tellCases } });
  });
  after(() => time.stop());

  const hint = (ids: string[], eventId = `evt-${(made += 1)}`) => ({
    ...{ eventId, type: 'customer.updated', ids },
    at: new Date().toISOString(),
  });
  const times = (id: string): number => asked.filter((one) => one === id).length;

  test('looks for a case again for some minutes, and then no more', async () => {
    await takeWebhook(lane.temporal, 'tenant-1', hint(['nobody']));
    await takeWebhook(lane.temporal, 'tenant-1', hint(['late']));
    await eventually('both are looked for', () => Promise.resolve(times('nobody') === 1 && times('late') === 1));
    known.add('late');
    await time.skip(40_000);
    await eventually('the one is found', () => Promise.resolve(times('late') === 2));
    await eventually('the other is looked for', () => Promise.resolve(times('nobody') === 4));
    await time.skip(24 * 3600_000);
    await eventually('the other is given up', () => Promise.resolve(times('nobody') === 5));
    await time.skip(24 * 3600_000);
    assert.deepEqual([times('nobody'), times('late')], [5, 2]);
  });

  test('takes each event once, also over its own runs, and passes over what it cannot read', async () => {
    asked = [];
    const inbox = lane.temporal.workflow.getHandle(webhookInboxId('tenant-2'));
    const ids = Array.from({ length: 1500 }, (_, index) => `c-${index}`);
    for (const id of ids) known.add(id);
    await takeWebhook(lane.temporal, 'tenant-2', hint([ids[0]!], 'first'));
    const { runId } = await inbox.describe();
    for (let from = 1; from < ids.length; from += 100) {
      const part = ids.slice(from, from + 100);
      await Promise.all(part.map((id) => takeWebhook(lane.temporal, 'tenant-2', hint([id]))));
      await Promise.all([inbox.signal(WEBHOOK, { nonsense: 1 }), inbox.signal(WEBHOOK), inbox.signal('unknown', 1)]);
      await takeWebhook(lane.temporal, 'tenant-2', hint([ids[0]!], 'first'));
    }
    await eventually('all are told', () => Promise.resolve(ids.every((id) => times(id) > 0)));
    assert.deepEqual(
      ids.filter((id) => times(id) !== 1),
      [],
    );
    assert.notEqual((await inbox.describe()).runId, runId, 'it has moved to a new run');
  });

  test('moves to a new run although all that comes is unreadable, so that Temporal goes on taking signals', async () => {
    // Its case is there: nothing is left to do.
    known.add('c-there');
    await takeWebhook(lane.temporal, 'tenant-5', hint(['c-there']));
    await eventually('it is told', () => Promise.resolve(times('c-there') === 1));
    const inbox = lane.temporal.workflow.getHandle(webhookInboxId('tenant-5'));
    const { runId } = await inbox.describe();
    for (let sent = 0; sent < 1100; sent += 100)
      await Promise.all(Array.from({ length: 100 }, () => inbox.signal(WEBHOOK, { nonsense: 1 })));
    await eventually('another run', async () => (await inbox.describe()).runId !== runId);
  });

  test('belongs to the tenant that it names', async () => {
    const start = { workflowId: webhookInboxId('tenant-3'), taskQueue: TASK_QUEUE, args: [{ tenantId: 'tenant-4' }] };
    await assert.rejects(lane.temporal.workflow.execute(WEBHOOK_INBOX, start));
  });
});

test('hints cost a case no more looks than its allowance', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 60 }), (pauses) => {
      let now = 1_700_000_000_000;
      let allowance = fullAllowance(now);
      const looks: number[] = [];
      for (const pause of pauses) {
        now += pause;
        if (untilAllowed(allowance, now) > 0) continue;
        allowance = afterLook(allowance, now);
        looks.push(now);
      }
      // Five at once, and one more a minute.
      for (const [index, from] of looks.entries()) {
        const within = looks.slice(index).filter((at) => at - from < 600_000).length;
        assert.ok(within <= 5 + 10, `${within} looks in ten minutes`);
      }
      const pause = untilAllowed(allowance, now);
      assert.ok(pause <= 60_000 && untilAllowed(allowance, now + pause) === 0, 'none waits longer than a minute');
    }),
  );
});
