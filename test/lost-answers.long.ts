import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FaultKind } from '../sandbox/faults.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { inventory, madeTwice } from './helpers/finhub.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

/** FinHub does the work, and what it says of it is lost: no answer, a wrong one, or an effect that comes after the connection is gone. */
const KINDS = ['drop', 'effect-500', 'late-effect'] as const satisfies FaultKind[];

/** Less than the HTTP timeout: FinHub is not at work on a request that was given up longer ago. */
const LATE_MS = 150;
const ENVIRONMENT = { FINHUB_TIMEOUT_MS: '500' };
const LANES = 4;

const APPLICATIONS = { individual: anIndividual, organization: anOrganization };

interface Cell {
  kind: keyof typeof APPLICATIONS;
  operation: string;
  fault: FaultKind;
}

describe('an answer of FinHub that is lost', () => {
  let time: TimeSkipping;
  const lanes: Lane[] = [];
  before(async () => {
    time = await startTimeSkipping();
    for (let lane = 0; lane < LANES; lane += 1) lanes.push(await time.lane({ env: ENVIRONMENT }));
  });
  after(() => time.stop());

  test('leaves every object there once, whichever operation it is', { concurrency: LANES }, async (t) => {
    const cells: Cell[] = [];
    const expected: Record<string, Record<string, number>> = {};
    const covered = new Set<string>();
    for (const kind of ['individual', 'organization'] as const) {
      const { operations, objects } = await undisturbed(lanes[0]!, kind);
      expected[kind] = objects;
      const more = operations.filter((operation) => !covered.has(operation));
      for (const operation of more) covered.add(operation);
      cells.push(...more.flatMap((operation) => KINDS.map((fault) => ({ kind, operation, fault }))));
    }
    t.diagnostic(`${cells.length} cells: operations of both lifecycles × kinds of lost answers`);
    assert.ok(cells.length >= 60, `only ${cells.length} cells`);
    await Promise.all(
      lanes.map(async (lane) => {
        for (let cell = cells.shift(); cell; cell = cells.shift()) {
          const { kind, operation, fault } = cell;
          await t.test(`${kind}: ${operation}, ${fault}`, () => disturbed(lane, cell, expected[kind]!));
        }
      }),
    );
  });
});

/** The un-safe operations of a lifecycle that nothing disturbs, and what it leaves at FinHub. */
async function undisturbed(lane: Lane, kind: keyof typeof APPLICATIONS) {
  await lane.finhub.reset();
  await lane.finish(await lane.start(await APPLICATIONS[kind]()));
  const calls = await lane.finhub.requests();
  const operations = new Set(
    calls.map(({ operation }) => operation).filter((operation) => !operation.startsWith('GET')),
  );
  return { operations: [...operations], objects: inventory(await lane.finhub.ledger()) };
}

async function disturbed(
  lane: Lane,
  { kind, operation, fault }: Cell,
  expected: Record<string, number>,
): Promise<void> {
  const [method, path] = operation.split(' ') as [string, string];
  await lane.finhub.reset();
  await lane.finhub.inject({ method, path, kind: fault, ...(fault === 'late-effect' && { delayMs: LATE_MS }) });
  const status = await lane.finish(await lane.start(await APPLICATIONS[kind]()));

  assert.equal(await lane.finhub.faultsAreSpent(), true, 'the fault met no call');
  assert.equal(status.status, 'completed');
  assert.equal(status.transfer?.state, 'completed');
  const ledger = await lane.finhub.ledger();
  assert.deepEqual(madeTwice(ledger), []);
  const { 'prepared-order': prepared, ...objects } = inventory(ledger);
  const { 'prepared-order': preparedUndisturbed, ...expectedObjects } = expected;
  assert.deepEqual(objects, expectedObjects);
  assert.ok(prepared! >= preparedUndisturbed!);
  assert.ok(await lane.finhub.isBalanced());
}
