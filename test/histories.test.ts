import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { askedBy } from '../src/activities/asked-by.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { WORKFLOW_TYPES } from '../src/lifecycle/ids.js';
import { PHASES } from '../src/lifecycle/phases.js';
import { FAILURE_CONVERTER_PATH } from '../src/temporal/data-converter.js';
import { bundled } from './helpers/time-skipping.js';
import { SCENARIOS } from './histories/scenarios.js';
import { PRESENT, storedHistories } from './histories/stored.js';

describe('recorded histories', async () => {
  const stored = await storedHistories();
  Runtime.install({ logger: new DefaultLogger('ERROR') });

  test('are there for every scenario', () => {
    const lost = ['individual-worker-lost', 'organization-worker-lost'];
    const names = [...Object.keys(SCENARIOS), ...lost].map((name) => `${PRESENT}/${name}`);
    assert.deepEqual(
      names.filter((name) => !stored.some((each) => each.name === name)),
      [],
    );
  });

  test('are all replayed by the workflows as they are now', async () => {
    // Stored in plain text, and still bound to their slots.
    const options = {
      workflowBundle: await bundled(),
      dataConverter: { failureConverterPath: FAILURE_CONVERTER_PATH },
    };
    const histories = stored.map(({ workflowId, history }) => ({ workflowId, history }));
    const [replayed, failed]: [string[], string[]] = [[], []];
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      const { name } = stored[replayed.push(workflowId) - 1]!;
      if (error) failed.push(`${name} (${workflowId}): ${error.message}`);
    }
    assert.deepEqual(failed, []);
    assert.equal(replayed.length, stored.length);
  });

  test('ask for no activity that their workflows may not ask for', () => {
    const asked = new Map<string, Set<string>>();
    for (const { history } of stored) {
      const events = history.events ?? [];
      const type = events[0]!.workflowExecutionStartedEventAttributes!.workflowType!.name!;
      for (const { activityTaskScheduledEventAttributes: scheduled } of events) {
        const name = scheduled?.activityType?.name;
        if (name) asked.set(name, (asked.get(name) ?? new Set()).add(type));
      }
    }
    assert.ok(asked.size > 20);
    for (const [name, types] of asked)
      assert.deepEqual(
        [...types].filter((type) => !askedBy(name).includes(type)),
        [],
        name,
      );
  });

  test('ask FinHub for nothing that the phases do not name, from which status and docs read', () => {
    for (const kind of ['individual', 'organization'] as const) {
      const named = new Set<string>(PHASES[kind].flatMap(({ operations }) => operations));
      const mayAsk = Object.keys(CATALOGUE).filter((name) => askedBy(name).includes(WORKFLOW_TYPES[kind]));
      assert.deepEqual(
        mayAsk.filter((name) => !named.has(name)),
        [],
        kind,
      );
    }
  });
});
