import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULT_KINDS } from '../sandbox/faults.js';
import { runCells } from './matrix/cases.js';
import { againCells, firstCells, OPERATIONS } from './matrix/cells.js';

/** Every so many cells are in the spread; the number shares no factor with that of the kinds, so that each operation meets others. */
const STEP = 11;

const spread = [...firstCells(), ...againCells()].filter((_, index) => index % STEP === 0);

test('the spread has every operation and every kind of fault', () => {
  assert.deepEqual(new Set(spread.map(({ operation }) => operation)), new Set(OPERATIONS));
  assert.deepEqual(new Set(spread.map(({ fault }) => fault)), new Set(FAULT_KINDS));
});

runCells('a spread of operations and faults', spread);
