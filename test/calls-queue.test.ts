import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadEnvironment } from '../src/config/environment.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { callsWorkerOptions, workerOptions } from '../src/worker/options.js';
import { anIndividual } from './helpers/applications.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

describe('a task queue of its own for the calls to FinHub', () => {
  let time: TimeSkipping;
  before(async () => {
    time = await startTimeSkipping();
  });
  after(() => time.stop());

  /** Look-ups of the service's own. */
  const OWN = new Set(['loadPolicy', 'businessTimes', 'fingerprintTransfer', 'lookUpSigners', 'lookUpTransfer']);

  /** The activities that a case asked for, with their task queues. */
  async function scheduled(lane: Lane, id: string): Promise<{ name: string; queue: string; tenant: string }[]> {
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    return events!.flatMap(({ activityTaskScheduledEventAttributes: asked }) =>
      asked
        ? [
            {
              name: asked.activityType!.name!,
              queue: asked.taskQueue!.name!,
              tenant: asked.priority?.fairnessKey ?? '',
            },
          ]
        : [],
    );
  }

  test('takes them all, with a share for each tenant, and a case goes to its end by them', async () => {
    const lane = await time.lane({ env: { FINHUB_TASK_QUEUE: 'finhub-calls' } });
    const application = await anIndividual();
    const id = await lane.start(application);
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    await lane.closed(id);
    const asked = await scheduled(lane, id);
    const [, tenantId] = id.split('/');
    const calls = asked.filter(({ name }) => !OWN.has(name));
    assert.ok(calls.length >= 10, `only ${calls.length} calls`);
    assert.ok(
      calls.some(({ name }) => name === 'closeSession'),
      'the log-out went past the queue',
    );
    assert.deepEqual([...new Set(calls.map(({ queue }) => queue))], ['finhub-calls']);
    assert.deepEqual([...new Set(calls.map(({ tenant }) => tenant))], [tenantId]);
  });

  test('is not there unless it is asked for', async () => {
    const lane = await time.lane();
    const id = await lane.toReview(await anIndividual());
    const asked = await scheduled(lane, id);
    assert.deepEqual([...new Set(asked.map(({ queue, tenant }) => `${queue} ${tenant}`))], ['finhub-lifecycle ']);
  });
});

test('the rate of calls holds for their own queue alone', () => {
  const worker = (env: NodeJS.ProcessEnv) =>
    loadEnvironment('worker', {
      ...sandboxEnvironment('http://127.0.0.1:1'),
      ...{ ONBOARDING_KEYS: newKeyRingText(), QUEUE_ACTIVITIES_PER_SECOND: '100' },
      ...env,
    });
  assert.equal(callsWorkerOptions(worker({})), undefined);
  const limited = worker({ FINHUB_TASK_QUEUE: 'finhub-calls', FINHUB_CALLS_PER_SECOND: '7' });
  const { taskQueue, maxTaskQueueActivitiesPerSecond } = callsWorkerOptions(limited)!;
  assert.deepEqual([taskQueue, maxTaskQueueActivitiesPerSecond], ['finhub-calls', 7]);
  assert.equal(workerOptions(limited).maxTaskQueueActivitiesPerSecond, 100);
  const unlimited = callsWorkerOptions(worker({ FINHUB_TASK_QUEUE: 'finhub-calls' }))!;
  assert.equal(unlimited.maxTaskQueueActivitiesPerSecond, undefined);
  assert.throws(() => worker({ FINHUB_CALLS_PER_SECOND: '7' }), /FINHUB_TASK_QUEUE/);
});
