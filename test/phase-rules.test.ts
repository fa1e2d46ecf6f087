import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { faultsOf } from '../src/intake/faults.js';
import { roleFaults } from '../src/lifecycle/personnel-rules.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import { PHASES, type LifecycleKind } from '../src/lifecycle/phases.js';
import { statusOf } from '../src/lifecycle/status.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a phase takes longer than expected', () => {
  /** The flow overview's "Flow Timeline Comparison" (S0): the longest that it names for each phase. */
  const TIMELINE: [LifecycleKind, string, number][] = [
    ['individual', 'registration', 5 * MINUTE],
    ['individual', 'verification', 3 * DAY],
    ['individual', 'consents', 5 * MINUTE],
    ['organization', 'registration', 10 * MINUTE],
    ['organization', 'personnel', 20 * MINUTE],
    ['organization', 'verification', 5 * DAY],
    ['organization', 'consents', 10 * MINUTE],
  ];
  const began = new Date('2028-02-28T23:59:30.000Z');

  async function isLate(kind: LifecycleKind, name: string, took: number): Promise<boolean> {
    const state = newCase(kind, (await applicationOf(kind)) as LifecycleState['application'], began);
    const phases = state.phases.map((phase) =>
      phase.name === name ? { ...phase, state: 'active' as const, startedAt: began.toISOString() } : phase,
    );
    const status = statusOf({ ...state, phases }, new Date(began.getTime() + took));
    return status.phases.find((phase) => phase.name === name)!.longerThanExpected;
  }

  for (const [kind, name, longest] of TIMELINE) {
    test(`after the time that FinHub's timeline names: ${name} of an ${kind}`, async () => {
      assert.equal(await isLate(kind, name, longest), false);
      assert.equal(await isLate(kind, name, longest + 1000), true);
    });
  }

  test('within the hour, where the timeline calls it instant or says nothing', async () => {
    for (const kind of ['individual', 'organization'] as const) {
      const timed = new Set(TIMELINE.filter(([of]) => of === kind).map(([, name]) => name));
      for (const { name } of PHASES[kind]) {
        if (!timed.has(name)) assert.ok(await isLate(kind, name, 60 * MINUTE), `${name} of an ${kind}`);
      }
    }
  });
});

async function applicationOf(kind: LifecycleKind): Promise<unknown> {
  return kind === 'individual' ? exampleIndividual('a-1') : exampleOrganization('a-1');
}

describe("an organization's people, before its activation", () => {
  /** Everybody of the example, registered; `change` takes something away. */
  async function faults(change: (state: LifecycleState) => LifecycleState = (state) => state): Promise<string[]> {
    const application = (await applicationOf('organization')) as LifecycleState['application'];
    const state = newCase('organization', structuredClone(application), new Date());
    assert.ok('shareholders' in state.application);
    const { directors, shareholders, employees } = state.application;
    const of = (role: 'director' | 'shareholder' | 'employee', people: readonly { ref: string }[]) =>
      people.map(({ ref }) => ({ ref, role, recordId: `record-${ref}` }));
    const people = [
      ...of('director', directors),
      ...of('shareholder', shareholders),
      ...of('employee', employees),
    ] as LifecycleState['people'];
    return roleFaults(change({ ...state, people })).map(({ field }) => field!);
  }
  const without = (role: string) => (state: LifecycleState) => ({
    ...state,
    people: state.people.filter((person) => person.role !== role),
  });
  const patched = (patch: object) => (state: LifecycleState) => ({
    ...state,
    application: { ...state.application, ...patch },
  });

  test('lack nothing in the example', async () => {
    assert.deepEqual(await faults(), []);
  });

  const LACKS: Record<string, [(state: LifecycleState) => LifecycleState, string]> = {
    'a director': [without('director'), 'directors'],
    'an employee': [without('employee'), 'employees'],
    'an employee with ADMIN_USER': [patched({ employees: [] }), 'employees'],
    'all shares': [patched({ shareholders: [] }), 'shareholders'],
    'a registered owner of 25 % or more': [without('shareholder'), 'shareholders'],
  };
  for (const [what, [change, field]] of Object.entries(LACKS)) {
    test(`may lack ${what}, which is told`, async () => {
      assert.deepEqual(await faults(change), [field]);
    });
  }
});

describe('a password', () => {
  const PASSWORDS: Record<string, [string, boolean]> = {
    'of all four classes': ['Kitas-Rytas-2025', true],
    'of eight characters': ['aB3-aB3-', true],
    'of seven characters': ['aB3-aB3', false],
    'without a lower-case letter': ['KITAS-RYTAS-2025', false],
    'without an upper-case letter': ['kitas-rytas-2025', false],
    'without a digit': ['Kitas-Rytas-Vakar', false],
    'without a special character': ['KitasRytas2025', false],
    'with a blank as its only special character': ['Kitas Rytas 2025', false],
  };
  for (const [what, [password, taken]] of Object.entries(PASSWORDS)) {
    test(`${what} is ${taken ? 'taken' : 'refused'}`, async () => {
      for (const kind of ['individual', 'organization'] as const) {
        const application = { ...((await applicationOf(kind)) as object), password };
        const paths = faultsOf(applicationSchemas[kind].safeParse(application).error).map(({ path }) => path);
        assert.deepEqual([...new Set(paths)], taken ? [] : ['password']);
      }
    });
  }
});
